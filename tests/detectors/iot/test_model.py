"""The candidates of iot."""

from __future__ import annotations

import pytest

from detectory.detectors.iot.features import NAMES
from detectory.detectors.iot.model import candidates
from detectory.models import load
from detectory.models.candidate import Candidate, Categorical, settings

EVERY = pytest.mark.parametrize("candidate", candidates(), ids=lambda each: f"{each.head}-{each.name}")


@EVERY
def test_a_candidate_reads_tensors_that_the_features_give(candidate: Candidate) -> None:
    assert set(candidate.inputs) <= set(NAMES)


@EVERY
def test_the_search_covers_what_is_fitted_without_one(candidate: Candidate) -> None:
    fitted = settings(load(candidate.kind).Params, candidate)
    for name, choice in candidate.space.items():
        value = getattr(fitted, name)
        inside = (
            value in choice.values if isinstance(choice, Categorical) else choice.low <= value <= choice.high
        )
        assert inside, f"{name} = {value} is outside {choice}"
