"""A slip in ``model.py`` is told with the candidate, before anything is fitted."""

from dataclasses import replace
from typing import Any

import pytest

from detectory.models.candidate import Candidate, Integer
from detectory.models.declared import wrong_with

TREE = Candidate(
    "tree", "score", "trees", ("dense", "suffix_id"), {"n_estimators": 1}, {"max_depth": Integer(1, 9)}
)
TENSORS = {"dense": (), "suffix_id": (), "ids": ()}


def told(given: object) -> str:
    return wrong_with(given, binary=True, tensors=TENSORS)


def test_nothing_is_wrong_with_candidates() -> None:
    assert told([TREE, replace(TREE, name="forest"), replace(TREE, head="family")]) == ""


@pytest.mark.parametrize(
    ("given", "why"),
    [
        (5, "candidates() gives int, and no list"),
        ([TREE, ("tree",)], "candidates() lists ('tree',), which is no Candidate"),
        ([TREE, TREE], "two candidates are called score.tree"),
    ],
)
def test_what_is_no_list_of_candidates_is_told(given: object, why: str) -> None:
    assert told(given) == why


@pytest.mark.parametrize(
    ("slip", "why"),
    [
        ({"name": "../tree"}, "'../tree' is no name of a candidate"),
        ({"head": "scoree"}, "the head 'scoree' of 'tree' is none of this task: family, score"),
        ({"head": "value"}, "the head 'value' of 'tree' is none of this task"),
        ({"head": ["score"]}, "the head ['score'] of 'tree' is none of this task"),
        ({"kind": None}, "the kind of 'tree' is None, and no name of one"),
        ({"inputs": (["dense"],)}, "'tree' reads '['dense']', which NAMES of features.py has not"),
        ({"inputs": "dense"}, "the inputs of 'tree' are 'dense', and no tuple of tensors"),
        ({"inputs": ()}, "the inputs of 'tree' are (), and no tuple of tensors"),
        (
            {"inputs": ("dens",)},
            "'tree' reads 'dens', which NAMES of features.py has not: did you mean 'dense'?",
        ),
        ({"params": 5}, "the params of 'tree' are int, and no dict"),
        (
            {"space": {"max_depth": (1, 9)}},
            "'max_depth' of 'tree' is (1, 9), and no Integer, Float or Categorical",
        ),
    ],
)
def test_a_slip_is_told_with_the_candidate(slip: dict[str, Any], why: str) -> None:
    assert why in told([replace(TREE, **slip)])
