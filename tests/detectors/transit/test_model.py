"""The candidates of transit read tensors that are there, and fit what their heads ask."""

from __future__ import annotations

from detectory.detectors.transit.features import NAMES
from detectory.detectors.transit.model import candidates
from detectory.models import fitting
from detectory.models.candidate import settings


def test_every_candidate_is_of_a_kind_that_can_be_its_head() -> None:
    for candidate in candidates():
        kind = fitting(candidate)
        settings(kind.Params, candidate)
        assert set(candidate.inputs) <= set(NAMES)


def test_an_interval_has_both_ends() -> None:
    assert {candidate.head for candidate in candidates()} == {"value", "low", "high"}


def test_what_a_search_may_try_are_parameters() -> None:
    for candidate in candidates():
        known = fitting(candidate).Params.__dataclass_fields__
        assert set(candidate.space) <= set(known)
