"""The candidates of dga."""

from __future__ import annotations

from collections import Counter

import pytest

from detectory.detectors.dga.features import NAMES
from detectory.detectors.dga.model import candidates
from detectory.models import load
from detectory.models.candidate import Candidate, Categorical, settings

EVERY = pytest.mark.parametrize("candidate", candidates(), ids=lambda each: f"{each.head}-{each.name}")


def test_both_heads_have_the_same_candidates_and_no_name_twice() -> None:
    found = Counter((each.head, each.name) for each in candidates())
    assert set(found.values()) == {1}
    score, family = ({name for head, name in found if head == wanted} for wanted in ("score", "family"))
    assert score == family == {"bayes", "tree", "forest", "linear", "boosted", "stacked", "charcnn"}


@EVERY
def test_a_candidate_reads_tensors_that_the_features_give(candidate: Candidate) -> None:
    assert set(candidate.inputs) <= set(NAMES)


@EVERY
def test_every_parameter_is_one_of_the_kind(candidate: Candidate) -> None:
    settings(load(candidate.kind).Params, candidate)


@EVERY
def test_the_search_covers_what_is_fitted_without_one(candidate: Candidate) -> None:
    fitted = settings(load(candidate.kind).Params, candidate)
    for name, choice in candidate.space.items():
        value = getattr(fitted, name)
        inside = (
            value in choice.values if isinstance(choice, Categorical) else choice.low <= value <= choice.high
        )
        assert inside, f"{name} = {value} is outside {choice}"
