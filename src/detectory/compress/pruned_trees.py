"""Fewer trees, or trees with fewer leaves, in a graph that sums them; and the tables that explain them.

In: the trees that a graph has grown, and training rows. Out: fewer of them, and the bytes of both graphs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import onnx
import polars as pl

from detectory.compress.subject import Subject
from detectory.models import leaves
from detectory.models.ensemble import Tree
from detectory.models.graph import to_bytes
from detectory.models.grown import Grown
from detectory.models.tree_tables import with_trees
from detectory.runtime import Head
from detectory.schema import Array

#: rows that say how many come to a node: more of them move no leaf's mean by what matters
ROWS = 20_000


def by_leaves(found: Grown, share: float, subject: Subject) -> list[Tree]:
    """The trees without a share of their leaves, those first that training rows miss least."""
    columns = _columns(found, subject)
    rows = [leaves.rows_of(tree, columns, branch=found.branch) for tree in found.trees]
    return leaves.fewer(found.trees, rows, share=share, outputs=found.outputs)


def by_rounds(found: Grown, share: float, subject: Subject) -> list[Tree]:
    """The first trees, one round at least; each of a forest then counts for more.

    Of boosted trees the first say the most: what is left is what boosting had been after so many rounds.
    """
    size = found.trees_a_round
    rounds = len(found.trees) // size
    kept = found.trees[: max(rounds - int(share * rounds), 1) * size]
    if not found.is_mean:
        return kept
    weight = np.float32(len(found.trees) / len(kept))
    return [replace(tree, values=tree.values * weight) for tree in kept]


def written(found: Grown, trees: Sequence[Tree], subject: Subject) -> tuple[bytes, bytes]:
    """The graph and the tables of other trees; the very bytes where all of them are the old ones."""
    if len(trees) == len(found.trees) and all(map(_is, trees, found.trees)):
        return subject.graph, subject.trees
    tables = onnx.load_model_from_string(subject.trees) if subject.trees else None
    told = to_bytes(with_trees(tables, trees)) if tables else b""
    return to_bytes(found.with_trees(trees)), told


def counted(trees: Sequence[Tree]) -> str:
    """How many trees and leaves there are, in words."""
    return f"{len(trees):,} trees with {sum(int((tree.left < 0).sum()) for tree in trees):,} leaves"


def _is(one: Tree, other: Tree) -> bool:
    return one is other


def _columns(found: Grown, subject: Subject) -> Array:
    """What the trees read of training rows, evenly taken from all of them."""
    step = -(-len(subject.train.at) // ROWS)
    few = subject.train.where(pl.int_range(pl.len()) % step == 0).features(subject.candidate.inputs)
    return Head(to_bytes(found.columns()), name="columns").answer(few)
