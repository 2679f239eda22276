"""Parsing: three doors to the same blocks, nothing lost, nothing raised."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np
import pytest
from hypothesis import given, strategies as st

from detectory.blocks.hdfs import COUNTED
from detectory.detectors.hdfs.features import features
from detectory.detectors.hdfs.parse import MOST_EVENTS, REASONS, parse
from detectory.schema import Parsed, Rows
from tests.detectors.hdfs.made import blocks, line_of, lines

NAMES = [f"E{number}" for number in range(1, COUNTED + 1)]


def of_sequences(sequences: list[Any], **more: list[Any]) -> Parsed:
    nothing = [None] * len(sequences)
    return parse({"sequence": sequences, "block": nothing, "latency_s": nothing, **more})


def of_counts(counts: list[Counter[Any]], **more: list[Any]) -> Parsed:
    columns: Rows = {name: [one[name] for one in counts] for name in NAMES}
    nothing = [None] * len(counts)
    return parse({**columns, "block": nothing, "latency_s": nothing, **more}, door="counts")


def of_lines(*written: Any) -> Parsed:
    return parse({"log_line": list(written)}, door="lines")


def reasons(parsed: Parsed) -> list[tuple[int, str, str]]:
    return [tuple(item) for item in parsed.rejected]


def test_the_three_doors_give_a_block_the_same_counts() -> None:
    found = list(blocks(40, seed=3))
    logged = of_lines(*lines(found))
    by_name = dict(zip(logged.rows["block"], features(logged.rows)["dense"], strict=True))
    told = features(of_sequences([" ".join(map(str, one.events)) for one in found]).rows)["dense"]
    counts = [Counter({f"E{event}": count for event, count in Counter(one.events).items()}) for one in found]
    counted = features(of_counts(counts).rows)["dense"]
    assert np.array_equal(told, counted)
    assert np.array_equal(told, np.array([by_name[one.name] for one in found]))


def test_lines_tell_the_sequence_and_the_latency_of_a_block() -> None:
    [block] = blocks(1, seed=4)
    parsed = of_lines(*lines([block]))
    written = sorted(zip(block.seconds, range(len(block.events)), strict=True))
    assert parsed.rows["sequence"] == [" ".join(str(block.events[at]) for _, at in written)]
    assert parsed.rows["latency_s"] == [block.seconds[-1] - block.seconds[0]]


def test_a_line_of_several_blocks_belongs_to_each_once() -> None:
    parsed = of_lines(
        line_of(5, "blk_1"), "081109 203518 1 INFO x: BLOCK* ask /a to delete blk_2 blk_1 blk_2"
    )
    assert parsed.rows["block"] == ["blk_1", "blk_2"]
    assert parsed.rows["sequence"] == ["5 30", "30"]
    assert list(zip(parsed.entity.tolist(), parsed.source.tolist(), strict=True)) == [(0, 0), (0, 1), (1, 1)]


def test_lines_of_no_known_statement_are_new_events() -> None:
    parsed = of_lines("081109 203518 1 INFO dfs.X: Polishing blk_1", "blk_1 is shiny", line_of(2, "blk_1"))
    assert (parsed.rows["sequence"], parsed.rows["new_lines"]) == (["0 0 2"], [2])


def test_events_that_are_not_in_the_table_are_new_ones() -> None:
    assert of_sequences(["E5 34 E999999999999999999999"]).rows["sequence"] == ["5 0 0"]


@pytest.mark.parametrize("text", ["5 22 5", "E5 E22 E5", "[E5,E22,E5]", "['5', '22', '5']", " 5\t22\n5 "])
def test_a_sequence_may_be_written_in_several_ways(text: str) -> None:
    assert of_sequences([text]).rows["sequence"] == ["5 22 5"]


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        *((None, "not_text"), (5, "not_text"), ("\ud800", "not_text"), ("", "empty"), ("[]", "empty")),
        *(
            ("5 x", "bad_event"),
            ("-5", "bad_event"),
            ("5.0", "bad_event"),
            ("5 " * 70_000, "too_many_events"),
        ),
    ],
)
def test_what_is_no_sequence_is_rejected_with_a_reason(value: Any, reason: str) -> None:
    parsed = of_sequences(["5", value])
    assert reasons(parsed) == [(1, "sequence", reason)]
    assert parsed.rows["sequence"] == ["5"]


@pytest.mark.parametrize(
    ("value", "field", "reason"),
    [
        *((None, "E7", "bad_count"), (-1, "E7", "bad_count"), (0.5, "E7", "bad_count")),
        *(("x", "E7", "bad_count"), (0, "E1", "empty")),
        *((MOST_EVENTS + 1, "E1", "too_many_events"), (1e250, "E1", "too_many_events")),
    ],
)
def test_what_are_no_counts_is_rejected_with_a_reason(value: Any, field: str, reason: str) -> None:
    counts = Counter({"E7": value})
    assert reasons(of_counts([counts])) == [(0, field, reason)]


def test_counts_may_be_text_or_numbers() -> None:
    assert of_counts([Counter(E5="2", E7=1.0)]).rows["sequence"] == ["5 5 7"]  # type: ignore[arg-type]  # as CSV has them


@pytest.mark.parametrize("value", [-1, "soon", float("inf"), True])
def test_a_latency_that_is_none_is_rejected(value: Any) -> None:
    assert reasons(of_sequences(["5"], latency_s=[value])) == [(0, "latency_s", "bad_latency")]


def test_a_line_without_a_block_is_rejected() -> None:
    parsed = of_lines("java.io.IOException: blk_", None, line_of(2, "blk_1"), "blk_9223372036854775808")
    assert reasons(parsed) == [
        (0, "log_line", "no_block"),
        (1, "log_line", "not_text"),
        (3, "log_line", "no_block"),
    ]


def test_a_nameless_block_is_known_by_its_sequence() -> None:
    assert of_sequences(["5", "9"], block=["blk_1", None]).rows["key"] == ["blk_1", "9"]


@given(st.lists(st.one_of(st.text(), st.text("E0123456789 ,", max_size=20), st.integers()), max_size=9))
def test_every_reason_is_explained(values: list[Any]) -> None:
    assert {reason for _, _, reason in reasons(of_sequences(values))} <= set(REASONS)
    assert {reason for _, _, reason in reasons(of_lines(*values))} <= set(REASONS)


def test_a_line_that_names_thousands_of_blocks_is_rejected_and_the_others_are_not() -> None:
    crowd = "081109 203521 35 INFO dfs.FSNamesystem: BLOCK* ask to delete " + " ".join(
        f"blk_{number}" for number in range(1_001)
    )
    one = "081109 203521 35 INFO dfs.FSNamesystem: BLOCK* NameSystem.allocateBlock: /c. blk_-7"
    parsed = parse({"log_line": [crowd, one]}, door="lines")
    assert list(parsed.rows["block"]) == ["blk_-7"]
    assert [(item.row, item.reason) for item in parsed.rejected] == [(0, "too_many_blocks")]
