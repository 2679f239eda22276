"""Decision trees of any library as flat arrays, and the one ONNX node that evaluates them.

The node is written from the trees' own arrays and not by skl2onnx or onnxmltools: a converter would
close the graph with a classifier (labels, probabilities, a sigmoid in float32) where the raw sum is
wanted, writes a weight for every leaf and class although a leaf has met few classes, and names nodes
as its own version likes. (25 trees of 1,024 leaves on 25 families are 2 MiB written so.)
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from detectory.models.graph import ML, Part

Branch = Literal["BRANCH_LT", "BRANCH_LEQ"]
Ints = NDArray[np.int64]
Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Tree:
    """One tree, an entry a node; the root is node 0; ``left`` and ``right`` are −1 at a leaf.

    ``leaves``, ``targets`` and ``values`` are a list of triples: reaching leaf node ``leaves[i]`` adds
    ``values[i]`` to output ``targets[i]``. A leaf may name several outputs. ``cover`` is how much of the
    training rows came to each node, by their weight: what explains a row by them reads it.
    """

    left: Ints
    right: Ints
    feature: Ints
    threshold: Floats
    missing_left: NDArray[np.bool_]
    cover: Floats
    leaves: Ints
    targets: Ints
    values: Floats


def sum_of(
    trees: Sequence[Tree],
    source: Part,
    *,
    branch: Branch,
    outputs: int,
    name: str,
    base: Sequence[float] | None = None,
) -> Part:
    """float32[N, outputs]: what the leaves add up to for the columns that ``source`` gives, and ``base``.

    ``branch`` is how a node compares: left if the feature is less than (``BRANCH_LT``) or at most
    (``BRANCH_LEQ``) the threshold, both in float32.
    """
    kept = [_reachable(tree) for tree in trees]
    leaf = [tree.left[nodes] < 0 for tree, nodes in zip(trees, kept, strict=True)]
    inner = np.concatenate([~each for each in leaf])

    def flat(array: str) -> Ints:
        return np.concatenate([getattr(tree, array)[nodes] for tree, nodes in zip(trees, kept, strict=True)])

    return source.then(
        "TreeEnsembleRegressor",
        name,
        domain=ML,
        n_targets=outputs,
        aggregate_function="SUM",
        post_transform="NONE",
        nodes_treeids=_tree_ids([len(nodes) for nodes in kept]),
        nodes_nodeids=np.concatenate(kept).tolist(),
        nodes_modes=[branch if each else "LEAF" for each in inner],
        nodes_featureids=np.where(inner, flat("feature"), 0).tolist(),
        nodes_values=np.where(inner, flat("threshold"), 0).astype(np.float32).tolist(),
        nodes_truenodeids=np.where(inner, flat("left"), 0).tolist(),
        nodes_falsenodeids=np.where(inner, flat("right"), 0).tolist(),
        nodes_missing_value_tracks_true=(inner & flat("missing_left")).astype(np.int64).tolist(),
        target_treeids=_tree_ids([len(tree.leaves) for tree in trees]),
        target_nodeids=np.concatenate([tree.leaves for tree in trees]).tolist(),
        target_ids=np.concatenate([tree.targets for tree in trees]).tolist(),
        target_weights=np.concatenate([tree.values for tree in trees]).tolist(),
        **({} if base is None else {"base_values": list(base)}),
    )


def _reachable(tree: Tree) -> Ints:
    """The root and every node that is somebody's child: libraries leave pruned nodes lying about."""
    inner = tree.left >= 0
    children = np.concatenate([tree.left[inner], tree.right[inner]])
    return np.concatenate([[0], np.sort(children)]).astype(np.int64)


def _tree_ids(sizes: Sequence[int]) -> list[int]:
    return np.repeat(np.arange(len(sizes)), sizes).tolist()
