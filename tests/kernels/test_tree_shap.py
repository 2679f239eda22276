"""Exact Shapley values: those of the definition, those of XGBoost, and no table that points anywhere else."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
import xgboost
from hypothesis import given, settings, strategies as st

from detectory.kernels.tree_shap import TreeTables
from tests.kernels.twin_tree_shap import Node, Nodes, shapley

COLUMNS = 5
#: few numbers, so that rows meet thresholds exactly; the last is what 0.1 is in float32
NUMBERS = st.sampled_from([-1.5, 0.0, 0.5, 1.0, float(np.float32(0.1))])
VALUES = st.one_of(NUMBERS, st.just(float("nan")), st.sampled_from([float("inf"), float("-inf")]))


@st.composite
def trees(draw: st.DrawFn) -> Nodes:
    """A tree in preorder, at most 4 edges deep, that meets columns again."""
    nodes: list[Node] = []

    def grow(cover: float, depth: int) -> int:
        at = len(nodes)
        nodes.append(Node(-1, 0, 0, draw(NUMBERS), cover, False))
        if depth < 4 and draw(st.booleans()):
            share = draw(st.sampled_from([0.125, 0.5, 0.75]))
            column, number = draw(st.integers(0, COLUMNS - 1)), draw(NUMBERS)
            left = grow(cover * share, depth + 1)
            right = grow(cover * (1 - share), depth + 1)
            nodes[at] = Node(column, left, right, number, cover, draw(st.booleans()))
        return at

    grow(64.0, 0)
    return nodes


def arrays_of(forest: list[Nodes]) -> dict[str, Any]:
    starts = np.cumsum([0, *map(len, forest)])
    flat = [(node, start) for tree, start in zip(forest, starts, strict=False) for node in tree]
    return {
        "roots": starts[:-1].astype(np.int32),
        "feature": np.array([node.column for node, _ in flat], np.int32),
        "right": np.array([node.right + start if node.column >= 0 else 0 for node, start in flat], np.int32),
        "number": np.array([node.number for node, _ in flat], np.float32),
        "cover": np.array([node.cover for node, _ in flat], np.float32),
        "missing_left": np.array([node.missing_left for node, _ in flat], np.uint8),
        "columns": COLUMNS,
    }


@settings(max_examples=120, deadline=None)
@given(st.lists(trees(), min_size=1, max_size=3), st.lists(VALUES, min_size=5, max_size=5), st.booleans())
def test_they_are_what_the_definition_says(forest: list[Nodes], row: list[float], less: bool) -> None:
    tables = TreeTables(**arrays_of(forest), less=less)
    found = tables.contributions(np.array([row], np.float32))[0]
    np.testing.assert_allclose(found, shapley(forest, row, less=less), rtol=0, atol=1e-12)


@settings(max_examples=120, deadline=None)
@given(st.lists(trees(), min_size=1, max_size=3), st.lists(VALUES, min_size=5, max_size=5), st.booleans())
def test_they_add_up_to_what_the_trees_say(forest: list[Nodes], row: list[float], less: bool) -> None:
    tables = TreeTables(**arrays_of(forest), less=less)
    rows = np.array([row], np.float32)
    total = tables.contributions(rows).sum() + tables.expectation
    assert total == pytest.approx(tables.sums(rows)[0], abs=1e-12)


def test_a_row_is_explained_as_in_a_batch() -> None:
    random = np.random.default_rng(0)
    tables = TreeTables(**arrays_of([deep(random, 6)]), less=True)
    rows = random.normal(size=(20, COLUMNS)).astype(np.float32)
    single = np.concatenate([tables.contributions(rows[at : at + 1]) for at in range(20)])
    np.testing.assert_array_equal(single, tables.contributions(rows))


@pytest.mark.parametrize("depth", [1, 2, 7, 15])
def test_a_path_is_exact_however_deep(depth: int) -> None:
    """A path that meets every column once needs half as many points as it has edges, and no more."""
    nodes: Nodes = []
    for column in range(depth):
        nodes.append(Node(column, len(nodes) + 1, 2 * depth - column, 0.5, 2.0 ** (depth - column), False))
    nodes.append(Node(-1, 0, 0, 1.0, 1.0, False))
    nodes += [Node(-1, 0, 0, 0.0, 2.0**power, False) for power in range(depth)]
    tables = TreeTables(**{**arrays_of([nodes]), "columns": depth}, less=True)
    found = tables.contributions(np.zeros((1, depth), np.float32))[0]
    np.testing.assert_allclose(found, (1 - 0.5**depth) / depth, rtol=1e-12)  # all columns are alike


def test_they_are_those_of_xgboost() -> None:
    random = np.random.default_rng(1)
    rows = random.normal(size=(3_000, 12)).astype(np.float32).round(1)
    rows[random.random(rows.shape) < 0.05] = np.nan
    truth = np.nan_to_num(rows[:, 0]) * np.nan_to_num(rows[:, 1]) + np.nan_to_num(rows[:, 2]) > 0.2
    options = {"objective": "binary:logistic", "base_score": 0.5, "max_depth": 6, "nthread": 1}
    booster = xgboost.train(options, xgboost.QuantileDMatrix(rows, truth), num_boost_round=30)
    tables = of_booster(booster, columns=12)
    theirs = booster.predict(xgboost.DMatrix(rows[:500]), pred_contribs=True)
    np.testing.assert_allclose(tables.contributions(rows[:500]), theirs[:, :-1], rtol=0, atol=1e-4)
    np.testing.assert_allclose(tables.expectation, theirs[:, -1], rtol=0, atol=1e-5)


WRONG: dict[str, tuple[str, Any]] = {
    "a column that is not there": ("feature", 5),
    "a column of another leaf": ("feature", -1),
    "a right child before the node": ("right", 0),
    "a right child in the left subtree": ("right", 1),
    "a right child behind the end": ("right", 3),
    "a child far away": ("right", 2**31 - 1),
    "a root in the midst": ("roots", 1),
    "a negative root": ("roots", -1),
    "a cover of nothing": ("cover", 0.0),
    "a cover below nothing": ("cover", -1.0),
    "a cover that is no number": ("cover", np.nan),
    "a threshold without end": ("number", np.inf),
}


@pytest.mark.parametrize("what", WRONG)
def test_a_table_that_is_no_tree_is_refused(what: str) -> None:
    stump = [Node(0, 1, 2, 0.5, 4, False), Node(-1, 0, 0, 1, 3, False), Node(-1, 0, 0, 2, 1, False)]
    arrays = arrays_of([stump])
    name, value = WRONG[what]
    arrays[name][0] = value
    with pytest.raises(ValueError, match=r"no tree in preorder|do not part the nodes"):
        TreeTables(**arrays, less=True)


@pytest.mark.parametrize(
    ("name", "array", "why"),
    [
        ("right", np.zeros(2, np.int32), "not equally long"),
        ("right", np.zeros(3, np.int64), "no array of int32"),
        ("number", np.zeros((3, 1), np.float32), "no array of float32"),
        ("cover", [1.0, 1.0, 1.0], "no array of float32"),
        ("columns", 0, "no columns"),
    ],
)
def test_an_array_of_another_form_is_refused(name: str, array: Any, why: str) -> None:
    stump = [Node(0, 1, 2, 0.5, 4, False), Node(-1, 0, 0, 1, 3, False), Node(-1, 0, 0, 2, 1, False)]
    with pytest.raises(ValueError, match=why):
        TreeTables(**{**arrays_of([stump]), name: array}, less=True)


def test_a_tree_deeper_than_64_edges_is_refused() -> None:
    spine = [Node(0, at + 1, 130 - at, 0.5, 1, False) for at in range(65)]
    leaves = [Node(-1, 0, 0, 1, 1, False) for _ in range(66)]
    with pytest.raises(ValueError, match="no tree in preorder"):
        TreeTables(**arrays_of([spine + leaves]), less=True)


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_whatever_the_arrays_hold_it_is_refused_or_it_is_a_tree(data: st.DataObject) -> None:
    """Fuzz: no index of a file is followed before it is known to be one."""
    count = data.draw(st.integers(0, 8))
    whole = st.integers(-3, count + 2)
    real = st.one_of(st.floats(width=32), st.just(1.0))
    drawn = {
        name: data.draw(st.lists(whole, min_size=count, max_size=count)) for name in ("feature", "right")
    }
    floats = {name: data.draw(st.lists(real, min_size=count, max_size=count)) for name in ("number", "cover")}
    roots = data.draw(st.lists(whole, max_size=3))
    try:
        tables = TreeTables(
            roots=np.array(roots, np.int32),
            **{name: np.array(values, np.int32) for name, values in drawn.items()},
            **{name: np.array(values, np.float32) for name, values in floats.items()},
            missing_left=np.zeros(count, np.uint8),
            columns=COLUMNS,
            less=True,
        )
    except ValueError:
        return
    rows = np.zeros((2, COLUMNS), np.float32)
    assert tables.contributions(rows).shape == rows.shape


def test_rows_of_another_width_are_refused() -> None:
    tables = TreeTables(**arrays_of([[Node(-1, 0, 0, 1, 1, False)]]), less=True)
    with pytest.raises(ValueError, match="rows have 5 columns"):
        tables.contributions(np.zeros((1, 4), np.float32))


def deep(random: np.random.Generator, depth: int) -> Nodes:
    nodes: Nodes = []

    def grow(cover: float, left: int) -> int:
        at = len(nodes)
        nodes.append(Node(-1, 0, 0, random.normal(), cover, False))
        if left:
            children = grow(cover * 0.4, left - 1), grow(cover * 0.6, left - 1)
            nodes[at] = Node(int(random.integers(COLUMNS)), *children, random.normal(), cover, False)
        return at

    grow(1000.0, depth)
    return nodes


def of_booster(booster: xgboost.Booster, *, columns: int) -> TreeTables:
    learner = json.loads(bytes(booster.save_raw("json")))["learner"]
    forest = [preorder(tree) for tree in learner["gradient_booster"]["model"]["trees"]]
    return TreeTables(**{**arrays_of(forest), "columns": columns}, less=True)


def preorder(tree: dict[str, Any]) -> Nodes:
    nodes: Nodes = []

    def put(at: int) -> int:
        here = len(nodes)
        number, cover = tree["split_conditions"][at], tree["sum_hessian"][at]
        nodes.append(Node(-1, 0, 0, number, cover, False))
        if tree["left_children"][at] >= 0:
            children = put(tree["left_children"][at]), put(tree["right_children"][at])
            column, missing_left = tree["split_indices"][at], bool(tree["default_left"][at])
            nodes[here] = Node(column, *children, number, cover, missing_left)
        return here

    put(0)
    return nodes
