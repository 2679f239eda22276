"""The plain twin of ``tree_shap``: Shapley values as they are defined, over all sets of columns."""

from __future__ import annotations

from itertools import combinations
from math import comb, isnan
from typing import NamedTuple


class Node(NamedTuple):
    """A node: its column (−1 at a leaf), its children, its threshold or number, its cover, NaN's way."""

    column: int
    left: int
    right: int
    number: float
    cover: float
    missing_left: bool


Nodes = list[Node]


def goes_left(node: Node, value: float, *, less: bool) -> bool:
    """Which way a row goes."""
    if isnan(value):
        return node.missing_left
    return value < node.number if less else value <= node.number


def said(tree: Nodes, row: list[float], known: frozenset[int], *, less: bool, at: int = 0) -> float:
    """What a tree says of a row of which some columns are known: unknown ones go both ways, by cover."""
    node = tree[at]
    if node.column < 0:
        return node.number
    if node.column in known:
        child = node.left if goes_left(node, row[node.column], less=less) else node.right
        return said(tree, row, known, less=less, at=child)
    left, right = (said(tree, row, known, less=less, at=child) for child in (node.left, node.right))
    return (left * tree[node.left].cover + right * tree[node.right].cover) / node.cover


def shapley(trees: list[Nodes], row: list[float], *, less: bool) -> list[float]:
    """The mean worth of each column over all orders in which columns become known."""
    columns = range(len(row))

    def worth(known: frozenset[int]) -> float:
        return sum(said(tree, row, known, less=less) for tree in trees)

    found = []
    for column in columns:
        others = [other for other in columns if other != column]
        total = 0.0
        for size in range(len(row)):
            weight = 1 / (len(row) * comb(len(row) - 1, size))
            for some in map(frozenset, combinations(others, size)):
                total += weight * (worth(some | {column}) - worth(some))
        found.append(total)
    return found
