"""Features of blocks: counts of events, whatever their order; a batch equals its rows."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import given, strategies as st

from detectory.detectors.hdfs.features import DENSE, TIME, features

sequences = st.lists(st.integers(0, 33).map(str), min_size=1, max_size=40).map(" ".join)


def of(sequence: str, latency: Any = None) -> dict[str, float]:
    made = features({"sequence": [sequence], "latency_s": [latency]})
    return dict(zip([*DENSE, *TIME], [*made["dense"][0].tolist(), *made["time"][0].tolist()], strict=True))


def test_counts_are_logarithms() -> None:
    found = of("5 5 22 0")
    assert np.allclose([found["E5"], found["E22"], found["new"]], np.log([3, 2, 2]))
    assert np.isclose(found["events"], np.log(5))
    assert found["distinct"] == 3


def test_events_that_the_published_sets_do_not_count_change_nothing() -> None:
    assert of("5 30 31 22 32 33") == of("5 22")


def test_a_latency_that_is_not_known_is_told_from_one_of_none() -> None:
    assert (of("5")["latency_known"], of("5")["latency"]) == (0.0, 0.0)
    assert (of("5", 0.0)["latency_known"], of("5", 0.0)["latency"]) == (1.0, 0.0)
    assert np.isclose(of("5", 3802.0)["latency"], np.log(3803))


@given(st.lists(sequences, min_size=1, max_size=8), st.randoms())
def test_a_batch_equals_its_rows_and_order_does_not_matter(texts: list[str], random: Any) -> None:
    whole = features({"sequence": texts, "latency_s": [None] * len(texts)})["dense"]
    for row, text in zip(whole, texts, strict=True):
        events = text.split()
        random.shuffle(events)
        assert np.array_equal(
            row, features({"sequence": [" ".join(events)], "latency_s": [None]})["dense"][0]
        )
    assert np.isfinite(whole).all()
