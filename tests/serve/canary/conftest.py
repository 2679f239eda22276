"""Versions 1 and 2 of ``flow`` beside one another: of 400 bytes 1 says that it is odd, 2 that it is not."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from detectory.registry import promote, trials
from detectory.registry.trial import Trial
from detectory.runtime import AlertScorer, Scorer, Scores
from detectory.schema import Parsed
from detectory.settings import Canary
from tests.serve.shelf import Shelf

NOW = datetime(2026, 11, 21, tzinfo=UTC)


def trial_of(share: int = 0, **facts: Any) -> Trial:
    """A trial of version 2 beside version 1."""
    known = {"rules": Canary(), "began": NOW, "since": NOW, "heard": NOW, "override": "a test", "digest": ""}
    return Trial(id="trial", champion=1, challenger=2, share=share, budget=0.5, **(known | facts))


def begin(shelf: Shelf, trial: Trial) -> Trial:
    """Begin a trial in the store, past what would refuse a version that was never judged."""
    trials.start(shelf.store, "flow", trial, now=NOW)
    return trial


def actions(shelf: Shelf) -> list[str]:
    """What the audit trail says was done."""
    return [entry["action"] for entry in promote.trail(shelf.store, "flow")]


class Other(AlertScorer):
    """A challenger that does something else than answer."""

    def __init__(self, whole: Scorer, does: Callable[[Scores], Scores]) -> None:
        self.__dict__.update(whole.__dict__)
        self.does = does

    def score_parsed(self, parsed: Parsed) -> Scores:
        return self.does(super().score_parsed(parsed))
