"""The trees inside a finished graph, whoever made it: read, and put back fewer or smaller.

Comes in: a graph of which one node sums trees (TreeEnsembleRegressor), and the tables that explain it, where
there are some. Goes out: the trees as arrays, and the graph again with others, which read the same columns.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import helper

from detectory.models.ensemble import Branch, Ints, Tree, sum_of
from detectory.models.graph import Part
from detectory.models.tree_tables import covers_of
from detectory.schema import Array

_OP, _BRANCHES = "TreeEnsembleRegressor", ("BRANCH_LT", "BRANCH_LEQ")


@dataclass(frozen=True, slots=True)
class Grown:
    """What a graph sums: its trees, how their nodes compare, and how many numbers they add up to."""

    model: onnx.ModelProto
    trees: list[Tree]
    branch: Branch
    outputs: int

    @property
    def is_mean(self) -> bool:
        """Whether leaves are shares of a chance, whose logarithm the graph takes: a forest, no boosting."""
        return any(node.op_type == "Log" for node in self.model.graph.node)

    @property
    def trees_a_round(self) -> int:
        """How many trees make one round: of boosted classes each has a tree of its own."""
        return self.outputs if all(len(np.unique(tree.targets)) == 1 for tree in self.trees) else 1

    @property
    def leaves(self) -> int:
        """How many leaves all trees have."""
        return sum(int((tree.left < 0).sum()) for tree in self.trees)

    def columns(self) -> onnx.ModelProto:
        """The graph up to what the trees read: one output, float32[N, C]."""
        at = _place(self.model)
        source = self.model.graph.node[at].input[0]
        info = helper.make_tensor_value_info(source, onnx.TensorProto.FLOAT, ["N", None])
        model = onnx.ModelProto()
        model.CopyFrom(self.model)
        del model.graph.node[at:]
        del model.graph.output[:]
        model.graph.output.append(info)
        return model

    def with_trees(self, trees: Sequence[Tree]) -> onnx.ModelProto:
        """The checked graph with other trees."""
        model = onnx.ModelProto()
        model.CopyFrom(self.model)
        old = model.graph.node[_place(model)]
        part = sum_of(trees, Part(old.input[0]), branch=self.branch, outputs=self.outputs, name=old.name)
        base = [each for each in old.attribute if each.name == "base_values"]
        new = part.nodes[-1]
        new.output[:] = old.output
        old.CopyFrom(new)
        old.attribute.extend(base)
        onnx.checker.check_model(model, full_check=True)
        return model


def why_not(model: onnx.ModelProto) -> str:
    """Why the trees of a graph cannot be taken out of it; empty when they can."""
    nodes = [node for node in model.graph.node if node.op_type == _OP]
    if len(nodes) != 1:
        return f"{len(nodes)} nodes of its graph sum trees ({_OP}), and it takes one"
    said = _attributes(nodes[0])
    modes = set(said["nodes_modes"]) - {b"LEAF"}
    if not modes <= {each.encode() for each in _BRANCHES} or len(modes) > 1:
        return "its trees compare in more than one way"
    if said.get("aggregate_function", b"SUM") != b"SUM":
        return "its trees are not added up"
    return ""


def grown(model: onnx.ModelProto, tables: onnx.ModelProto | None = None) -> Grown:
    """The trees of a graph that `why_not` has nothing against.

    Without tables nobody knows how many rows came to a node: ``cover`` is 0.
    """
    said = _attributes(model.graph.node[_place(model)])
    arrays = {name: np.asarray(value) for name, value in said.items() if isinstance(value, list)}
    trees = [_tree(arrays, number) for number in np.unique(arrays["nodes_treeids"])]
    if tables is not None:
        trees = covers_of(tables, trees)
    modes = [mode.decode() for mode in said["nodes_modes"] if mode != b"LEAF"]
    branch: Branch = "BRANCH_LEQ" if "BRANCH_LEQ" in modes else "BRANCH_LT"
    return Grown(model, trees, branch, int(said["n_targets"]))


def _place(model: onnx.ModelProto) -> int:
    return next(at for at, node in enumerate(model.graph.node) if node.op_type == _OP)


def _attributes(node: onnx.NodeProto) -> dict[str, Any]:
    return {each.name: helper.get_attribute_value(each) for each in node.attribute}


def _tree(said: Mapping[str, Array], number: int) -> Tree:
    """One of the trees, its nodes numbered from 0 in their own order; the root is the first."""
    mine = np.flatnonzero(said["nodes_treeids"] == number)
    ids, inner = said["nodes_nodeids"][mine], said["nodes_modes"][mine] != b"LEAF"
    place, own = np.argsort(ids), np.flatnonzero(said["target_treeids"] == number)

    def child(name: str) -> Ints:
        found = np.searchsorted(ids, said[name][mine], sorter=place)
        return np.where(inner, place[np.minimum(found, len(ids) - 1)], -1)

    return Tree(
        left=child("nodes_truenodeids"),
        right=child("nodes_falsenodeids"),
        feature=said["nodes_featureids"][mine],
        threshold=said["nodes_values"][mine].astype(np.float32),
        missing_left=_missing(said, mine),
        cover=np.zeros(len(mine), dtype=np.float32),
        leaves=place[np.searchsorted(ids, said["target_nodeids"][own], sorter=place)],
        targets=said["target_ids"][own],
        values=said["target_weights"][own].astype(np.float32),
    )


def _missing(said: Mapping[str, Array], mine: Ints) -> NDArray[np.bool_]:
    """Where a missing value goes; to the right in graphs that do not say."""
    if "nodes_missing_value_tracks_true" not in said:
        return np.zeros(len(mine), dtype=bool)
    return said["nodes_missing_value_tracks_true"][mine].astype(bool)
