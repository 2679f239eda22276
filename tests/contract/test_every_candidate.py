"""Every candidate of every detector is of a kind that can be its head, and sets what that kind knows."""

from __future__ import annotations

import pytest

from detectory import detectors
from detectory.engine.search import holds
from detectory.models import fitting
from detectory.models.candidate import Candidate, settings
from detectory.train import tune

CANDIDATES = [
    (name, one) for name in detectors.names() for one in detectors.load(name, None).part("model").candidates()
]
EVERY = pytest.mark.parametrize(
    ("name", "candidate"), CANDIDATES, ids=[f"{name}-{one.head}-{one.name}" for name, one in CANDIDATES]
)


@EVERY
def test_a_candidate_can_be_fitted(name: str, candidate: Candidate) -> None:
    kind = fitting(candidate)
    settings(kind.Params, candidate)
    assert set(candidate.inputs) <= set(detectors.load(name, None).part("features").NAMES)


@EVERY
def test_a_search_covers_what_is_fitted_without_one(name: str, candidate: Candidate) -> None:
    outside = [key for key, value in tune.own(candidate).items() if not holds(candidate.space[key], value)]
    assert outside == []
