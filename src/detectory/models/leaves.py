"""Trees with fewer leaves: two leaves that say nearly the same become one, the cheapest pair first.

A pair costs the squared change of the sum over the rows that came there, n₁n₂ / (n₁ + n₂) · |v₁ − v₂|²,
by which Ward (1963) joins clusters; the new leaf says the rows' mean. It takes the trees of whatever library,
and looks at no label. That trees may make up for one another it does not see: a pair is priced as if it
alone changed.
"""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from detectory.models.ensemble import Branch, Ints, Tree

Columns = NDArray[np.float32]
Floats = NDArray[np.float64]


def rows_of(tree: Tree, columns: Columns, *, branch: Branch) -> Ints:
    """int64[nodes]: how many of float32[N, C] rows come to each node."""
    counted = np.zeros(len(tree.left), dtype=np.int64)
    waiting = [(0, np.arange(len(columns)))]
    while waiting:
        node, here = waiting.pop()
        counted[node] = len(here)
        if tree.left[node] >= 0 and len(here):
            goes = _goes_left(columns[here, tree.feature[node]], tree, node, branch)
            waiting += [(int(tree.left[node]), here[goes]), (int(tree.right[node]), here[~goes])]
    return counted


def fewer(trees: Sequence[Tree], rows: Sequence[Ints], *, share: float, outputs: int) -> list[Tree]:
    """The trees without about a ``share`` (0 … 1) of all their leaves; 0 gives them back as they are.

    ``rows`` are those that came to each node. A tree of one leaf is as small as it gets.

    >>> from detectory.models.ensemble import Tree
    >>> none, two = np.array([-1, -1, -1]), np.array([1, 2])
    >>> left, right = np.array([1, -1, -1]), np.array([2, -1, -1])
    >>> numbers, at = np.zeros(3, dtype=np.float32), np.zeros(2, dtype=np.int64)
    >>> stump = Tree(left, right, none, numbers, none > 0, numbers, two, at, np.array([1, 4], np.float32))
    >>> fewer([stump], [np.array([3, 2, 1])], share=0.5, outputs=1)[0].values.tolist()
    [2.0]
    """
    pruned = [_Pruned.of(tree, counted, outputs=outputs) for tree, counted in zip(trees, rows, strict=True)]
    to_go = int(share * sum(int((tree.left < 0).sum()) for tree in trees))
    pairs = [(each.price(node), at, node) for at, each in enumerate(pruned) for node in each.pairs()]
    heapq.heapify(pairs)
    touched: set[int] = set()
    while pairs and to_go > 0:
        _, at, node = heapq.heappop(pairs)
        touched.add(at)
        to_go -= 1
        parent = pruned[at].join(node)
        if parent >= 0 and pruned[at].is_pair(parent):
            heapq.heappush(pairs, (pruned[at].price(parent), at, parent))
    return [pruned[at].grown() if at in touched else tree for at, tree in enumerate(trees)]


@dataclass(frozen=True, slots=True)
class _Pruned:
    """A tree whose nodes become leaves: ``leaf`` bool[nodes]; what each ``says``, float64[nodes, outputs];
    and which outputs it ``names``, bool[nodes, outputs]."""

    tree: Tree
    rows: Ints
    parent: Ints
    leaf: NDArray[np.bool_]
    says: Floats
    names: NDArray[np.bool_]

    @classmethod
    def of(cls, tree: Tree, rows: Ints, *, outputs: int) -> _Pruned:
        """Before anything is taken."""
        says, names = np.zeros((len(rows), outputs)), np.zeros((len(rows), outputs), dtype=bool)
        np.add.at(says, (tree.leaves, tree.targets), tree.values)
        names[tree.leaves, tree.targets] = True
        parent = np.full(len(rows), -1)
        inner = np.flatnonzero(tree.left >= 0)
        parent[tree.left[inner]] = parent[tree.right[inner]] = inner
        return cls(tree, rows, parent, tree.left < 0, says, names)

    def pairs(self) -> list[int]:
        """The nodes of whom both children are leaves."""
        return [int(node) for node in np.flatnonzero(~self.leaf) if self.is_pair(int(node))]

    def is_pair(self, node: int) -> bool:
        """Whether both children of a node are leaves."""
        return bool(self.leaf[self.tree.left[node]] and self.leaf[self.tree.right[node]])

    def price(self, node: int) -> float:
        """What it costs to join the two leaves below a node."""
        left, right = self.tree.left[node], self.tree.right[node]
        both = self.rows[left] + self.rows[right]
        apart = float(((self.says[left] - self.says[right]) ** 2).sum())
        return float(self.rows[left] * self.rows[right] / max(both, 1)) * apart

    def join(self, node: int) -> int:
        """Make a leaf of the two below a node; gives its parent, −1 for the root."""
        left, right = self.tree.left[node], self.tree.right[node]
        left_rows, right_rows = self.rows[left], self.rows[right]
        if left_rows + right_rows == 0:  # nobody came here
            left_rows = right_rows = 1
        self.says[node] = (left_rows * self.says[left] + right_rows * self.says[right]) / (
            left_rows + right_rows
        )
        self.names[node] = self.names[left] | self.names[right]
        self.leaf[node] = True
        return int(self.parent[node])

    def grown(self) -> Tree:
        """The tree of the nodes that are left, in their old order."""
        kept = self._kept()
        place = np.full(len(self.rows), -1)
        place[kept] = np.arange(len(kept))
        leaf = self.leaf[kept]
        at, output = np.nonzero(self.names[kept] & leaf[:, None])
        return replace(
            self.tree,
            left=np.where(leaf, -1, place[self.tree.left[kept]]),
            right=np.where(leaf, -1, place[self.tree.right[kept]]),
            feature=self.tree.feature[kept],
            threshold=self.tree.threshold[kept],
            missing_left=self.tree.missing_left[kept],
            cover=self.tree.cover[kept],
            leaves=at,
            targets=output,
            values=self.says[kept][at, output].astype(np.float32),
        )

    def _kept(self) -> Ints:
        """The nodes that a row can still come to."""
        kept, waiting = [], [0]
        while waiting:
            kept.append(node := waiting.pop())
            if not self.leaf[node]:
                waiting += [int(self.tree.left[node]), int(self.tree.right[node])]
        return np.sort(kept)


def _goes_left(values: Columns, tree: Tree, node: int, branch: Branch) -> NDArray[np.bool_]:
    threshold = tree.threshold[node]
    less = values < threshold if branch == "BRANCH_LT" else values <= threshold
    return np.asarray(np.where(np.isnan(values), tree.missing_left[node], less), dtype=bool)
