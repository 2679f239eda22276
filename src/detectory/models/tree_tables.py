"""What explains a head that is made of trees: the trees' tables, and the graph up to their inputs.

Goes in: trees, and the part of a graph that makes their columns. Comes out: a graph of the same inputs whose
first output is the columns, float32[N, C]; its other outputs are constants, the trees node by node as
`detectory.kernels.tree_shap` reads them. Serving needs a runtime of ONNX and no other library, and the tables
are as compact as the head's own graph. What is not told is said in the graph's metadata: ``widths``, how many
columns each tensor became, in order; ``unit``, of what the leaves add up to; ``branch``; ``offset``, what is
added to the leaves' sum; and ``outputs``, how much each number that a leaf names counts in it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Literal

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import helper, numpy_helper

from detectory.models import graph
from detectory.models.ensemble import Branch, Tree
from detectory.models.graph import Part
from detectory.schema import Array

Unit = Literal["log-odds", "probability", "value"]


def tables_of(
    trees: Sequence[Tree],
    columns: Part,
    *,
    inputs: Sequence[graph.Input],
    widths: Mapping[str, int],
    branch: Branch,
    unit: Unit,
    outputs: Sequence[float] = (1.0,),
    offset: float = 0.0,
) -> onnx.ModelProto:
    """The checked graph of trees over a part of ``sum(widths.values())`` columns.

    ``outputs`` is how much each output of the trees counts in what is explained.
    """
    flat = [numpy_helper.from_array(array, name) for name, array in _flat(trees, outputs).items()]
    last = columns.then("Identity", "explained_columns")
    model = graph.model_of(
        last,
        inputs=inputs,
        outputs=[
            helper.make_tensor_value_info(last.output, onnx.TensorProto.FLOAT, ["N", sum(widths.values())]),
            *(helper.make_tensor_value_info(each.name, each.data_type, list(each.dims)) for each in flat),
        ],
        constants=flat,
    )
    said = {"widths": widths, "unit": unit, "branch": branch, "offset": offset, "outputs": list(outputs)}
    helper.set_model_props(model, {name: json.dumps(value) for name, value in said.items()})
    return model


def said_of(tables: onnx.ModelProto) -> dict[str, Any]:
    """What the metadata of tables say, by name."""
    return {each.key: json.loads(each.value) for each in tables.metadata_props}


def covers_of(tables: onnx.ModelProto, trees: Sequence[Tree]) -> list[Tree]:
    """The trees, with the covers that the tables of these very trees tell."""
    told = numpy_helper.to_array({each.name: each for each in tables.graph.initializer}["cover"])
    ends = np.cumsum([len(tree.left) for tree in trees])
    return [
        replace(tree, cover=own[np.argsort(_preorder(tree))])
        for tree, own in zip(trees, np.split(told, ends[:-1]), strict=True)
    ]


def with_trees(tables: onnx.ModelProto, trees: Sequence[Tree]) -> onnx.ModelProto:
    """The tables of other trees of the same columns."""
    model = onnx.ModelProto()
    model.CopyFrom(tables)
    flat = {
        name: numpy_helper.from_array(array, name)
        for name, array in _flat(trees, said_of(tables)["outputs"]).items()
    }
    for old in (each for each in model.graph.initializer if each.name in flat):
        old.CopyFrom(flat[old.name])
    for output in (each for each in model.graph.output if each.name in flat):
        output.type.tensor_type.shape.dim[0].dim_value = flat[output.name].dims[0]
    onnx.checker.check_model(model, full_check=True)
    return model


def _flat(trees: Sequence[Tree], outputs: Sequence[float]) -> dict[str, Array]:
    """All trees in one table, each in preorder, so that a left child needs no index."""
    ordered = [_preorder(tree) for tree in trees]
    starts = np.cumsum([0, *(len(order) for order in ordered)])
    parts = [_table(*pair, outputs) for pair in zip(trees, ordered, strict=True)]
    for part, start in zip(parts, starts, strict=False):
        part["right"][part["feature"] >= 0] += start
    joined = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
    return {"roots": starts[:-1].astype(np.int32), **joined}


def _table(tree: Tree, order: NDArray[np.int64], outputs: Sequence[float]) -> dict[str, Array]:
    """The nodes of one tree in an order; right children are counted within it."""
    inner = tree.left >= 0
    added = np.zeros(len(tree.left))
    np.add.at(added, tree.leaves, tree.values * np.asarray(outputs)[tree.targets])
    place = np.zeros(len(tree.left), dtype=np.int32)
    place[order] = np.arange(len(order))
    told: dict[str, Array] = {
        "feature": np.where(inner, tree.feature, -1).astype(np.int32),
        "right": np.where(inner, place[tree.right], 0).astype(np.int32),
        "number": np.where(inner, tree.threshold, added).astype(np.float32),
        "cover": tree.cover.astype(np.float32),
        "missing_left": (inner & tree.missing_left).astype(np.uint8),
    }
    return {name: array[order] for name, array in told.items()}


def _preorder(tree: Tree) -> NDArray[np.int64]:
    """The nodes from the root on: a node, what is left of it, what is right of it."""
    order, waiting = [], [0]
    while waiting:
        order.append(node := waiting.pop())
        if tree.left[node] >= 0:
            waiting += [int(tree.right[node]), int(tree.left[node])]
    return np.array(order, dtype=np.int64)
