"""Long work is heard of while it goes on, and short work is not."""

from __future__ import annotations

import pytest

from detectory.cli import progress
from detectory.cli.session import Session
from detectory.pipeline import Event


def heard(capsys: pytest.CaptureFixture[str], session: Session, *, every: float) -> list[str]:
    """What a person sees of a fit of six epochs, each of which takes so many seconds."""
    now = 0.0
    watch = progress.watching(session, progress.Far(session, clock=lambda: now))
    watch(Event("fit", "started"))
    for epoch in range(1, 7):
        now += every
        watch(Event("fit", "said", "score.charcnn", done=epoch, of=6, note=f"loss {1 / epoch:.2f}"))
    watch(Event("fit", "made", seconds=now))
    return [line.strip() for line in capsys.readouterr().err.splitlines()]


def test_a_long_fit_says_every_ten_seconds_how_far_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    assert heard(capsys, Session(), every=5) == [
        "score.charcnn: 2 of 6, loss 0.50",
        "score.charcnn: 4 of 6, loss 0.25",
        "score.charcnn: 6 of 6, loss 0.17",
        "fit       made in 30.0 s: score.charcnn: 6 of 6, loss 0.17",
    ]


def test_a_short_one_says_only_that_it_is_over(capsys: pytest.CaptureFixture[str]) -> None:
    assert len(heard(capsys, Session(), every=1)) == 1


def test_who_asks_for_more_hears_of_every_second(capsys: pytest.CaptureFixture[str]) -> None:
    assert len(heard(capsys, Session(verbose=True), every=1)) == 7
    assert len(heard(capsys, Session(verbose=True), every=0.5)) == 4


def test_who_wants_silence_has_it(capsys: pytest.CaptureFixture[str]) -> None:
    assert heard(capsys, Session(quiet=True), every=60) == []


def test_rows_are_counted_with_how_many_a_second(capsys: pytest.CaptureFixture[str]) -> None:
    now = 0.0
    shown = progress.Far(Session(), clock=lambda: now)
    advance = progress.counting(shown, "score dga", clock=lambda: now)
    for _ in range(25):
        now += 1
        advance(100)
    assert [line.strip() for line in capsys.readouterr().err.splitlines()] == [
        "score dga: 1,000 rows, 100/s",
        "score dga: 2,000 rows, 100/s",
    ]
