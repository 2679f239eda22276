"""Trees as arrays, and the node that sums their leaves."""

from __future__ import annotations

import numpy as np
import pytest

from detectory.models import graph
from detectory.models.ensemble import Branch, Tree, sum_of
from detectory.models.graph import Part
from tests.models.conftest import Ask

ROWS = {"dense": np.array([[0.0], [1.0], [2.0], [np.nan]], dtype=np.float32)}


def stump(*, missing_left: bool) -> Tree:
    """Left below 1, with what a pruned split left behind as nodes 3 and 4."""
    return Tree(
        left=np.array([1, -1, -1, -1, -1]),
        right=np.array([2, -1, -1, -1, -1]),
        feature=np.zeros(5, dtype=np.int64),
        threshold=np.ones(5, dtype=np.float32),
        missing_left=np.full(5, missing_left),
        cover=np.ones(5, dtype=np.float32),
        leaves=np.array([1, 2, 2]),
        targets=np.array([0, 0, 1]),
        values=np.array([10, 20, 5], dtype=np.float32),
    )


def lone_leaf() -> Tree:
    """A tree that found nothing to split."""
    none = np.array([-1])
    value = np.array([100], dtype=np.float32)
    return Tree(none, none, none, value, np.array([True]), value, np.array([0]), np.array([1]), value)


def answer(ask: Ask, trees: list[Tree], branch: Branch) -> list[list[float]]:
    part = sum_of(trees, Part("dense"), branch=branch, outputs=2, name=graph.OUTPUT)
    model = graph.build(part, inputs=graph.inputs_of(ROWS), head="family", classes=2)
    return ask(model, ROWS).tolist()


@pytest.mark.parametrize(("branch", "at_the_threshold"), [("BRANCH_LT", [20, 5]), ("BRANCH_LEQ", [10, 0])])
def test_a_value_at_the_threshold_goes_where_the_branch_says(
    branch: Branch, at_the_threshold: list[float], ask: Ask
) -> None:
    assert answer(ask, [stump(missing_left=True)], branch)[:3] == [[10, 0], at_the_threshold, [20, 5]]


@pytest.mark.parametrize(("missing_left", "expected"), [(True, [10, 0]), (False, [20, 5])])
def test_what_is_missing_goes_where_the_tree_says(
    missing_left: bool, expected: list[float], ask: Ask
) -> None:
    assert answer(ask, [stump(missing_left=missing_left)], "BRANCH_LT")[3] == expected


def test_trees_add_up_and_a_lone_leaf_counts_for_every_row(ask: Ask) -> None:
    assert answer(ask, [stump(missing_left=True), lone_leaf()], "BRANCH_LT")[0] == [10, 100]
