"""Lines grouped by the keys they name: who belongs to whom, in which order, for how long."""

from __future__ import annotations

import numpy as np
from hypothesis import given, strategies as st

from detectory.blocks.logs import Grouped, grouped
from detectory.kernels import statements as kernel

TABLE = kernel.Statements([(1, "Opened %s"), (2, "Closed %s")])
lines = st.lists(
    st.lists(st.integers(-3, 3).map("id{}".format), max_size=4).map(" ".join).map("Closed ".__add__),
    max_size=9,
)


def of(*texts: object) -> Grouped:
    return grouped(list(texts), statements=TABLE, prefix=b"id")


@given(lines)
def test_each_line_belongs_to_each_key_it_names_once(texts: list[str]) -> None:
    found = of(*texts)
    pairs = set(zip(found.key[found.entity].tolist(), found.source.tolist(), strict=True))
    named = {(int(word[2:]), row) for row, text in enumerate(texts) for word in text.split()[1:]}
    assert pairs == named
    assert len(found.entity) == len(named)


@given(lines)
def test_keys_come_as_they_are_first_named_and_lines_in_their_order(texts: list[str]) -> None:
    found = of(*texts)
    first = dict.fromkeys(int(word[2:]) for text in texts for word in text.split()[1:])
    assert found.key.tolist() == list(first)
    for start, end in zip(found.starts[:-1], found.starts[1:], strict=True):
        assert (np.diff(found.source[start:end]) > 0).all()


def test_a_span_is_from_the_first_time_to_the_last_where_any_is_known() -> None:
    stamp = "081109 2035{:02} x: Opened {}".format
    found = of(stamp(50, "id1"), stamp(10, "id1"), "Closed id1", stamp(20, "id2"), "Closed id3")
    assert found.spans().tolist()[:2] == [40.0, 0.0]
    assert np.isnan(found.spans()[2])


def test_nothing_is_grouped_to_nothing() -> None:
    found = of("Good morning", None)
    assert (len(found.key), found.spans().tolist(), found.kind.tolist()) == (0, [], [0, 1])
