"""A small lesson, and nets that are fitted on it in a tenth of a second."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from detectory.models import load
from detectory.models.candidate import Candidate, Lesson, Value
from detectory.models.nets.deep import Deep
from detectory.schema import Array, Features

QUICK: dict[str, Value] = {
    "epochs": 6,
    "batch_size": 64,
    "batch_growth": 1.1,
    "learning_rate": 0.01,
    "hidden": "16-8",
}
LETTERS: dict[str, Value] = {"embedding": 4, "filters": 6, "kernel_sizes": "2-3"}
Fit = Callable[..., Deep]


def candidate(kind: str = "mlp", head: str = "score", **params: Value) -> Candidate:
    inputs = ("chars", "suffix_id") if kind == "charcnn" else ("dense", "suffix_id")
    own = LETTERS if kind == "charcnn" else {}
    return Candidate(kind, head, kind, inputs, QUICK | own | params)


@pytest.fixture(scope="session")
def lesson(features: Features, family: Array) -> Lesson:
    """Which of 600 rows are positive."""
    return Lesson(features, family > 0, seed=3)


@pytest.fixture
def fit(lesson: Lesson) -> Fit:
    """A fitted net: ``fit("charcnn", epochs=2)`` of the lesson, or of one that is otherwise in part."""

    def fitted(kind: str = "mlp", *, otherwise: dict[str, Any] | None = None, **params: Value) -> Deep:
        wanted = candidate(kind, **params)
        return load(kind).fit(wanted, replace(lesson, **(otherwise or {})))

    return fitted
