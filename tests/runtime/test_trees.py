"""Tables of a bundle that are no trees are refused before a row is explained."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import onnx
import pytest
from onnx import numpy_helper

from detectory.errors import BundleRefused
from detectory.models import graph
from detectory.models.ensemble import Tree
from detectory.models.graph import Part
from detectory.models.tree_tables import tables_of
from detectory.runtime.trees import Trees


def stump() -> onnx.ModelProto:
    """1 below 0.5 of the second of two columns, and 3 otherwise; 3 of 4 rows were below."""
    tree = Tree(
        left=np.array([1, -1, -1]),
        right=np.array([2, -1, -1]),
        feature=np.array([1, 0, 0]),
        threshold=np.array([0.5, 0, 0], np.float32),
        missing_left=np.array([False, False, False]),
        cover=np.array([4, 3, 1], np.float32),
        leaves=np.array([1, 2]),
        targets=np.array([0, 0]),
        values=np.array([1, 3], np.float32),
    )
    inputs = [graph.Input("dense", np.dtype(np.float32), 2)]
    return tables_of(
        [tree], Part("dense"), inputs=inputs, widths={"dense": 2}, branch="BRANCH_LT", unit="value", offset=10
    )


def test_a_tree_says_what_each_column_adds() -> None:
    trees = Trees(graph.to_bytes(stump()), name="value.trees.onnx")
    found = trees.explain({"dense": np.array([[7, 0.5], [7, 0]], np.float32)})
    assert trees.expectation == 11.5
    assert found.added.tolist() == [[0, 1.5], [0, -0.5]]
    assert found.columns.tolist() == [[7, 0.5], [7, 0]]


def with_constant(name: str, values: list[float]) -> Callable[[onnx.ModelProto], None]:
    """Write other values over a constant."""

    def change(model: onnx.ModelProto) -> None:
        (old,) = (each for each in model.graph.initializer if each.name == name)
        kind = numpy_helper.to_array(old).dtype
        old.CopyFrom(numpy_helper.from_array(np.array(values, kind), name))

    return change


def with_note(name: str, text: str) -> Callable[[onnx.ModelProto], None]:
    """Write another note into the metadata; none at all for an empty one."""

    def change(model: onnx.ModelProto) -> None:
        notes = {each.key: each.value for each in model.metadata_props} | {name: text}
        onnx.helper.set_model_props(model, {key: value for key, value in notes.items() if value})

    return change


WRONG: dict[str, Callable[[onnx.ModelProto], None]] = {
    "a column that is not there": with_constant("feature", [2, -1, -1]),
    "a child that is not there": with_constant("right", [3, 0, 0]),
    "a child that is its own parent": with_constant("right", [0, 0, 0]),
    "a cover of nothing": with_constant("cover", [4, 0, 1]),
    "a root that is not there": with_constant("roots", [5]),
    "widths of other columns": with_note("widths", '{"dense": 3}'),
    "widths that are no numbers": with_note("widths", '{"dense": "many"}'),
    "widths that are no table": with_note("widths", "[2]"),
    "no widths": with_note("widths", ""),
    "no branch": with_note("branch", ""),
    "an offset that is no number": with_note("offset", '"far"'),
    "notes that are no JSON": with_note("unit", "{"),
}


@pytest.mark.parametrize("what", WRONG)
def test_tables_that_are_no_trees_are_refused(what: str) -> None:
    model = stump()
    WRONG[what](model)
    with pytest.raises(BundleRefused, match="the bundle is refused") as told:
        Trees(model.SerializeToString(), name="value.trees.onnx")
    assert "its tables are no trees" in str(told.value.as_dict())


def test_bytes_that_are_no_graph_are_refused() -> None:
    with pytest.raises(BundleRefused):
        Trees(b"no graph", name="score.trees.onnx")


def test_a_graph_without_tables_is_refused() -> None:
    bare = graph.model_of(
        Part("dense").then("Identity", "explained_columns"),
        inputs=[graph.Input("dense", np.dtype(np.float32), 2)],
        outputs=[onnx.helper.make_tensor_value_info("explained_columns", onnx.TensorProto.FLOAT, ["N", 2])],
    )
    with_note("widths", '{"dense": 2}')(bare)
    with_note("unit", '"value"')(bare)
    with_note("branch", '"BRANCH_LT"')(bare)
    with pytest.raises(BundleRefused):
        Trees(graph.to_bytes(bare), name="score.trees.onnx")
