"""The report says what was tried, what it gains, and what lies on the front."""

from __future__ import annotations

from dataclasses import replace

import pytest

from detectory.judge.compression import CandidateRow, Cost, compression_section, gain, in_words, page_of
from detectory.judge.pareto import Spot, drawn_front, front
from detectory.metrics import UNDEFINED, Interval

FULL = CandidateRow(
    "full", "score", "macro-F1", Interval(0.9, 0.85, 0.95), 100_000, True,
    lost=Interval(0, 0, 0), why="the best", cost=Cost(20.0, 30.0, 10_000, 1.5),
)  # fmt: skip
SMALL = replace(
    FULL, name="int8", size_bytes=25_000, chosen=False, quality=Interval(0.89, 0.84, 0.94),
    way="quantize", of="full", why="loses 0.01", cost=Cost(10.0, 15.0, 40_000),
)  # fmt: skip
NOT_MADE = CandidateRow(
    "none", "score", "macro-F1", UNDEFINED, 0, False, way="prune", of="full", why="no trees"
)


def test_a_gain_is_told_in_times() -> None:
    assert gain(SMALL, FULL) == "4.0 times smaller, 2.0 times faster, 4.0 times the rows a second"


def test_what_gains_nothing_is_said_to() -> None:
    assert gain(replace(SMALL, size_bytes=100_000, cost=FULL.cost), FULL) == "gains nothing"
    assert (
        gain(replace(SMALL, size_bytes=100_000, cost=None), replace(FULL, cost=None))
        == "gains nothing in size"
    )


def test_what_cannot_be_made_has_a_row_with_the_reason() -> None:
    assert in_words([FULL, NOT_MADE])[1] == "score none: cannot be made: no trees"


def test_the_front_is_drawn_over_size_and_over_time_with_words_for_those_who_see_no_drawing() -> None:
    section = compression_section([FULL, SMALL, NOT_MADE])
    size, time = (block for block in section.blocks if block.kind == "figure")
    assert "best of their price: int8, full" in size.svg  # type: ignore[union-attr]
    assert 'role="img"' in time.svg  # type: ignore[union-attr]
    assert len(time.numbers.rows) == 2  # type: ignore[union-attr]


def test_without_a_clock_there_is_no_time_in_the_section() -> None:
    section = compression_section([replace(row, cost=None) for row in (FULL, SMALL)])
    table, words, figure = section.blocks
    assert "memory" not in table.head  # type: ignore[union-attr]
    assert words.rows[1][2].text == "loses 0.01; 4.0 times smaller"  # type: ignore[union-attr]
    assert "detectory compress" in section.lead
    assert figure.title == "score: quality over size"


def test_a_row_is_the_same_after_json() -> None:
    for row in (FULL, SMALL):
        assert CandidateRow.from_dict(row.to_dict()) == row


def test_the_page_stands_alone() -> None:
    page = page_of([FULL, SMALL], detector="dga", title="<b>Names</b>")
    assert "&lt;b&gt;Names" in page
    assert "http" not in page.replace("http-equiv", "")


@pytest.mark.parametrize(
    "worse", [Spot("b", 2.0, Interval(0.5, 0, 1), ""), Spot("b", 1.0, Interval(0.4, 0, 1), "")]
)
def test_what_is_dearer_and_no_better_is_not_on_the_front(worse: Spot) -> None:
    assert [spot.name for spot in front([worse, Spot("a", 1.0, Interval(0.5, 0, 1), "")])] == ["a"]


def test_models_of_one_price_and_one_worth_are_drawn_with_both_names() -> None:
    same = Interval(0.5, 0.5, 0.5)
    svg = drawn_front(
        [Spot("first", 2.0, same, "ships"), Spot("second", 2.0, same, "variant")], x="s", name="s"
    )
    assert ">first<" in svg
    assert ">second<" in svg


def test_what_has_no_quality_has_no_name_in_the_drawing() -> None:
    spots = [Spot("known", 2.0, Interval(0.5, 0.4, 0.6), "ships"), Spot("unknown", 3.0, UNDEFINED, "variant")]
    assert ">unknown<" not in drawn_front(spots, x="s", name="s")


def test_the_same_spots_give_the_same_drawing() -> None:
    spots = [
        Spot("a", 1.0, Interval(0.5, 0.4, 0.6), "ships"),
        Spot("b", 3.0, Interval(0.6, 0.5, 0.7), "variant"),
    ]
    assert drawn_front(spots, x="size", name="s") == drawn_front(spots, x="size", name="s")
