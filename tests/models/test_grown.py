"""Trees are read out of any graph that sums them, and what is put back says what the trees say."""

from __future__ import annotations

import numpy as np
import onnx
import pytest
from hypothesis import given, settings, strategies as st

from detectory.models import graph, load
from detectory.models.candidate import EXPLAINED, Candidate, Head, Lesson, OfTrees
from detectory.models.ensemble import Tree, sum_of
from detectory.models.graph import Part, to_bytes
from detectory.models.grown import Grown, grown, why_not
from detectory.models.leaves import fewer, rows_of
from detectory.models.tree_tables import with_trees
from detectory.runtime import Head as Asked
from detectory.runtime.trees import Trees
from detectory.schema import Array, Features
from tests.models.conftest import CLASSES, Ask

INPUTS = {"stacked": ("dense", "suffix_id", "ids"), "nested": ("dense", "suffix_id", "path")}
SMALL = {"trees": {"max_leaf_nodes": 40, "n_estimators": 3}, "boosted": {"rounds": 6, "gamma": 0.2}}
SMALL |= {"stacked": {"rounds": 6, "folds": 2, "epochs": 2}, "nested": {"rounds": 6, "folds": 2}}
PAIRS = [
    ("trees", "score"), ("trees", "family"), ("boosted", "score"), ("boosted", "family"),
    ("boosted", "value"), ("stacked", "score"), ("nested", "value"),
]  # fmt: skip
EVERY = pytest.mark.parametrize(("kind", "head"), PAIRS)


@pytest.fixture(scope="module")
def rows(features: Features, family: Array) -> Features:
    path = np.stack([family, 10 + family, 100 + np.arange(len(family)) % 50], axis=1).astype(np.int64)
    return {**features, "path": path}


@pytest.fixture(scope="module")
def models(rows: Features, family: Array) -> dict[tuple[str, str], OfTrees]:
    targets = {"score": family > 0, "family": family, "value": 500.0 + family}
    found = {}
    for kind, head in PAIRS:
        wanted = Candidate(kind, head, kind, INPUTS.get(kind, ("dense", "suffix_id")), SMALL[kind])
        classes = CLASSES if head == "family" else ()
        found[kind, head] = load(kind).fit(wanted, Lesson(rows, targets[head], classes=classes, seed=3))
    return found


def opened(model: OfTrees, head: str) -> tuple[Grown, onnx.ModelProto | None]:
    tables = model.tables() if head in EXPLAINED else None
    return grown(model.graph(), tables), tables


def columns_of(found: Grown, rows: Features) -> Array:
    return Asked(to_bytes(found.columns()), name="columns").answer(rows)


@EVERY
def test_trees_that_are_read_and_put_back_say_the_same(
    kind: str,
    head: Head,
    models: dict[tuple[str, str], OfTrees],
    rows: Features,
    extremes: Features,
    ask: Ask,
) -> None:
    found, tables = opened(models[kind, head], head)
    again = found.with_trees(found.trees)
    few = {name: values[:5] for name, values in rows.items()}
    for asked in (rows, {**few, **extremes}):
        assert ask(again, asked).tobytes() == ask(found.model, asked).tobytes()
    if tables is not None:
        assert to_bytes(with_trees(tables, found.trees)) == to_bytes(tables)


@EVERY
def test_pruned_trees_are_smaller_and_their_tables_say_what_they_say(
    kind: str, head: Head, models: dict[tuple[str, str], OfTrees], rows: Features, ask: Ask
) -> None:
    found, tables = opened(models[kind, head], head)
    columns = columns_of(found, rows)
    counted = [rows_of(tree, columns, branch=found.branch) for tree in found.trees]
    pruned = fewer(found.trees, counted, share=0.5, outputs=found.outputs)
    model = found.with_trees(pruned)
    assert len(to_bytes(model)) < len(to_bytes(found.model))
    assert grown(model).leaves == found.leaves - found.leaves // 2
    answer = ask(model, rows)
    assert np.isfinite(answer).all()
    if tables is not None:
        trees = Trees(to_bytes(with_trees(tables, pruned)), name="score.trees.onnx")
        total = trees.explain(rows).added.sum(axis=1) + trees.expectation
        told = np.log(total) - np.log1p(-total) if trees.unit == "probability" else total
        np.testing.assert_allclose(told, answer, rtol=1e-6, atol=1e-4)


@EVERY
def test_nothing_taken_changes_nothing(
    kind: str, head: Head, models: dict[tuple[str, str], OfTrees], rows: Features
) -> None:
    found, _ = opened(models[kind, head], head)
    counted = [rows_of(tree, columns_of(found, rows), branch=found.branch) for tree in found.trees]
    pruned = fewer(found.trees, counted, share=0.0, outputs=found.outputs)
    assert all(one is other for one, other in zip(pruned, found.trees, strict=True))


def test_the_rows_of_a_node_are_those_that_its_leaves_get(
    models: dict[tuple[str, str], OfTrees], rows: Features
) -> None:
    """A tree in which every row counts one: what comes to its leaves is what scikit-learn counted."""
    found, _ = opened(models["trees", "score"], "score")
    columns = columns_of(found, rows)
    for tree in found.trees:
        counted = rows_of(tree, columns, branch=found.branch)
        inner = tree.left >= 0
        assert counted[0] == len(columns)
        assert (counted[inner] == counted[tree.left[inner]] + counted[tree.right[inner]]).all()


@settings(max_examples=30)
@given(st.integers(0, 2**32 - 1), st.floats(0, 1))
def test_the_cheapest_leaves_go_first_and_a_mean_stays(seed: int, share: float) -> None:
    """Of one tree, what is lost grows with what is taken, and the mean of the rows it was pruned on stays."""
    tree, columns = random_tree(seed)
    counted = [rows_of(tree, columns, branch="BRANCH_LT")]
    whole = said([tree], columns)
    less, more = (fewer([tree], counted, share=part, outputs=1) for part in (share / 2, share))
    lost = [((said(pruned, columns) - whole) ** 2).sum() for pruned in (less, more)]
    assert lost[0] <= lost[1] + 1e-6
    np.testing.assert_allclose(said(more, columns).mean(), whole.mean(), atol=1e-5)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda model: model.graph.node.pop(0), "0 nodes of its graph sum trees"),
        (
            lambda model: set_attribute(model, "nodes_modes", ["BRANCH_GT", "LEAF", "LEAF"]),
            "more than one way",
        ),
        (lambda model: set_attribute(model, "aggregate_function", "MAX"), "are not added up"),
    ],
)
def test_what_cannot_be_taken_out_is_said(change, why: str) -> None:
    tree, columns = random_tree(1)
    model = graph_of([tree], columns)
    assert why_not(model) == ""
    change(model)
    assert why in why_not(model)


def random_tree(seed: int) -> tuple[Tree, Array]:
    """Seven leaves on two columns, and 60 rows."""
    random = np.random.default_rng(seed)
    left, right, feature, threshold = [], [], [], []
    waiting, count = [0], 1
    for node in range(13):
        split = node in waiting and count < 13
        left.append(count if split else -1)
        right.append(count + 1 if split else -1)
        waiting += [count, count + 1] if split else []
        count += 2 if split else 0
        feature.append(int(random.integers(2)))
        threshold.append(random.normal())
    leaves = np.flatnonzero(np.array(left) < 0)
    return Tree(
        left=np.array(left),
        right=np.array(right),
        feature=np.array(feature),
        threshold=np.array(threshold, dtype=np.float32),
        missing_left=np.zeros(13, dtype=bool),
        cover=np.ones(13, dtype=np.float32),
        leaves=leaves,
        targets=np.zeros(len(leaves), dtype=np.int64),
        values=random.normal(size=len(leaves)).astype(np.float32),
    ), random.normal(size=(60, 2)).astype(np.float32)


def graph_of(trees: list[Tree], columns: Array) -> onnx.ModelProto:
    part = sum_of(trees, Part("dense"), branch="BRANCH_LT", outputs=1, name="sums")
    flat = part.then("Reshape", graph.VALUE, np.array([-1], dtype=np.int64))
    return graph.build(flat, inputs=graph.inputs_of({"dense": columns}), head="value", classes=1)


def said(trees: list[Tree], columns: Array) -> Array:
    return Asked(to_bytes(graph_of(trees, columns)), name="trees").answer({"dense": columns}).astype(float)


def set_attribute(model: onnx.ModelProto, name: str, value: object) -> None:
    node = next(node for node in model.graph.node if node.op_type == "TreeEnsembleRegressor")
    old = next(each for each in node.attribute if each.name == name)
    old.CopyFrom(onnx.helper.make_attribute(name, value))
