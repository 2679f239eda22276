"""Metrics by step: few points however many there were, written every few seconds, and what is no number."""

from __future__ import annotations

import math
from collections.abc import Callable

from hypothesis import given, strategies

from detectory.journal import Journal, Running
from detectory.journal.series import MOST, Curve
from tests.journal.conftest import Clock

Begun = Callable[..., Running]


@given(strategies.integers(min_value=0, max_value=5_000), strategies.integers(min_value=3, max_value=MOST))
def test_a_series_has_at_most_so_many_points_evenly_spread_with_the_first_and_the_last(
    steps: int, most: int
) -> None:
    curve = Curve(most)
    for step in range(steps):
        curve.add(step, float(step))
    found = curve.series("loss")
    assert found.steps == steps
    assert len(found.at) == len(found.value) <= min(most, max(steps, 0)) or steps < most
    assert found.at == sorted(set(found.at))
    if steps:
        assert (found.at[0], found.at[-1]) == (0, steps - 1)
        gaps = {after - before for before, after in zip(found.at[:-1], found.at[1:-1], strict=False)}
        assert len(gaps) <= 1


def test_what_is_no_number_is_kept_as_such(journal: Journal, begun: Begun) -> None:
    running = begun()
    for step, loss in enumerate([0.7, math.nan, math.inf]):
        running.step("score.net.loss", step, loss)
    running.end("failed")
    assert journal.get("latest").series[0].value == [0.7, None, None]


def test_points_are_written_every_few_seconds(journal: Journal, begun: Begun, clock: Clock) -> None:
    running = begun()
    running.step("score.net.loss", 1, 0.7)
    assert journal.get("latest").series == []
    clock.move(10)
    running.step("score.net.loss", 2, 0.6)
    assert journal.get("latest").series[0].at == [1, 2]
