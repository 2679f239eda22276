"""Entities of a stream are complete in time, at most so many are held, and late rows open them again."""

from __future__ import annotations

from math import nan

import numpy as np
from hypothesis import given, strategies as st

from detectory.doors import Window
from detectory.windows import Row, Windows

Said = tuple[str, list[int], int]


def row(number: int, *keys: str) -> Row:
    return Row(number, (f"row {number}",), keys)


def run(told: list[tuple[str, float]], **limits: float) -> tuple[list[Said], list[Said], Windows]:
    """What is complete while rows come, and at the end; a row is its key and its time."""
    windows = Windows(Window(**{"idle_s": 60, **limits}))  # type: ignore[arg-type]  # whole numbers, all
    during = [
        said(one)
        for number, (key, time) in enumerate(told)
        for one in windows.add(key, row(number, key), time=time)
    ]
    return during, [said(one) for one in windows.end()], windows


def said(complete: tuple[str, list[Row], int]) -> Said:
    key, rows, revision = complete
    return key, [one.number for one in rows], revision


def test_an_entity_is_complete_when_it_was_idle_for_longer_than_declared() -> None:
    during, end, _ = run([("a", 0), ("b", 30), ("b", 60), ("b", 60.1)])
    assert during == [("a", [0], 0)]
    assert end == [("b", [1, 2, 3], 0)]


def test_a_late_row_opens_its_entity_again_with_the_rows_it_had() -> None:
    during, end, windows = run([("a", 0), ("b", 100), ("a", 101), ("b", 200)])
    assert during == [("a", [0], 0), ("b", [1], 0), ("a", [0, 2], 1)]
    assert end == [("b", [1, 3], 1)]
    assert windows.late == 2


def test_the_least_recently_active_of_too_many_is_complete() -> None:
    during, end, _ = run([("a", 0), ("b", 1), ("a", 2), ("c", 3)], max_open=2)
    assert during == [("b", [1], 0)]
    assert end == [("a", [0, 2], 0), ("c", [3], 0)]


def test_one_that_was_forgotten_begins_anew() -> None:
    during, end, windows = run([("a", 0), ("b", 100), ("c", 200), ("a", 201)], max_open=1)
    assert [one[0] for one in during] == ["a", "b", "c"]
    assert end == [("a", [3], 0)]
    assert windows.late == 0


def test_rows_without_a_time_are_taken_as_of_now() -> None:
    during, end, _ = run([("a", nan), ("a", 0), ("b", nan), ("b", 61)])
    assert during == [("a", [0, 1], 0), ("b", [2], 0)]
    assert end == [("b", [2, 3], 1)]


def test_one_wrong_time_does_not_stop_the_clock_for_ever() -> None:
    during, _, _ = run([("a", 0), ("b", 1e12), ("a", 10), ("c", 20), ("d", 100)])
    assert during == [("a", [0], 0), ("b", [1], 0), ("a", [0, 2], 1), ("c", [3], 0)]


def test_one_endless_entity_does_not_fill_the_memory() -> None:
    during, end, _ = run([("a", 0)] * 10, max_rows=3)
    assert [len(rows) for _, rows, _ in during + end] == [4, 4, 2]


@given(
    st.lists(st.tuples(st.sampled_from("abcdef"), st.one_of(st.floats(0, 500), st.just(nan))), max_size=60),
    st.integers(1, 4),
    st.integers(1, 12),
)
def test_no_row_is_lost_and_no_more_is_held_than_may_be(
    told: list[tuple[str, float]], max_open: int, max_rows: int
) -> None:
    during, end, windows = run(told, max_open=max_open, max_rows=max_rows)
    judged = {number for _, rows, _ in during + end for number in rows}
    assert judged == set(range(len(told)))
    assert all(rows == sorted(set(rows)) for _, rows, _ in during + end)
    assert all(told[number][0] == key for key, rows, _ in during + end for number in rows)
    assert windows.held <= max(max_rows, 0)


@given(st.integers(0, 2**32 - 1))
def test_held_rows_never_exceed_the_limit_by_more_than_the_one_that_comes(seed: int) -> None:
    rng, windows = np.random.default_rng(seed), Windows(Window(idle_s=5, max_open=3, max_rows=7))
    for number in range(100):
        key = str(rng.choice(list("abcdef")))
        list(windows.add(key, row(number, key), time=float(number)))
        assert windows.held <= 7
