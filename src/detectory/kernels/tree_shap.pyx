# cython: boundscheck=False, wraparound=False, cdivision=True
"""Exact TreeSHAP: how much each column adds to what trees say of a row, by the rows that met each node.

The Shapley value of a column is its mean worth over all orders in which columns become known, where a split
on a column that is not known yet is taken both ways, each by its share of the training rows (Lundberg et al.,
"From local explanations to global understanding with explainable AI for trees", 2020: path-dependent). A mean
over orders is an integral over the chance t that a column is known (Owen, "Multilinear Extensions of Games",
1972), and on one path from root to leaf a polynomial in t is integrated, of less than the path's columns in
degree: half as many Gauss-Legendre points give it exactly. So a row costs nodes times points, where the
published recursion costs leaves times depth squared (compare Yu et al., "Linear TreeShap", 2022).

The tables come from a file: every index in them is checked once, before the first walk.
"""

import numpy as np

cimport numpy as cnp
from libc.math cimport isfinite
from libc.stdint cimport int32_t, int64_t, uint8_t

cnp.import_array()

DEF MOST_DEPTH = 64
DEF MOST_POINTS = 32  # half of it: exact for as many columns on a path as it can have edges


cdef class TreeTables:
    """Trees node by node, each tree in preorder: the left child of a node is the next one.

    ``roots`` int32[T] rise from 0. For each of M nodes ``feature`` int32[M] is the column that it looks at, −1
    at a leaf; ``right`` int32[M] the right child, 0 at a leaf; ``number`` float32[M] the threshold, or what
    the leaf adds; ``cover`` float32[M] how much of the training rows came there; ``missing_left`` uint8[M]
    whether NaN goes left. A row goes left where its column is less than the threshold (``less``), or at most
    the threshold, both in float32. Raises `ValueError` where an array does not say that of trees at most 64
    edges deep.

    >>> import numpy as np
    >>> tables = TreeTables(
    ...     roots=np.array([0], np.int32), feature=np.array([1, -1, -1], np.int32),
    ...     right=np.array([2, 0, 0], np.int32), number=np.array([0.5, -1, 3], np.float32),
    ...     cover=np.array([4, 3, 1], np.float32), missing_left=np.array([1, 0, 0], np.uint8),
    ...     columns=2, less=True,
    ... )
    >>> rows = np.array([[9, 0.7], [9, np.nan]], np.float32)
    >>> tables.expectation, tables.sums(rows).tolist()
    (0.0, [3.0, -1.0])
    >>> tables.contributions(rows).tolist()
    [[0.0, 3.0], [0.0, -1.0]]
    """

    cdef readonly int64_t columns
    cdef readonly double expectation
    cdef tuple _kept
    cdef const int32_t* roots
    cdef const int32_t* feature
    cdef const int32_t* right
    cdef const float* number
    cdef const float* cover
    cdef const uint8_t* missing_left
    cdef int64_t trees
    cdef int64_t nodes
    cdef int points
    cdef bint less
    cdef double known[MOST_POINTS]    # t: the chance that a column is known
    cdef double unknown[MOST_POINTS]  # 1 - t
    cdef double weight[MOST_POINTS]

    def __init__(
        self, *, roots not None, feature not None, right not None, number not None, cover not None,
        missing_left not None, int64_t columns, bint less,
    ):
        self._kept = (
            checked(roots, np.int32, "roots"), checked(feature, np.int32, "feature"),
            checked(right, np.int32, "right"), checked(number, np.float32, "number"),
            checked(cover, np.float32, "cover"), checked(missing_left, np.uint8, "missing_left"),
        )
        if len({len(each) for each in self._kept[1:]}) != 1:
            raise ValueError("its arrays are not equally long")
        self.roots = <const int32_t*>cnp.PyArray_DATA(self._kept[0])
        self.feature = <const int32_t*>cnp.PyArray_DATA(self._kept[1])
        self.right = <const int32_t*>cnp.PyArray_DATA(self._kept[2])
        self.number = <const float*>cnp.PyArray_DATA(self._kept[3])
        self.cover = <const float*>cnp.PyArray_DATA(self._kept[4])
        self.missing_left = <const uint8_t*>cnp.PyArray_DATA(self._kept[5])
        self.trees, self.nodes = len(self._kept[0]), len(self._kept[1])
        self.columns, self.less = columns, less
        if columns < 1 or self.nodes > (1 << 30):
            raise ValueError("it has no columns, or more nodes than trees can have")
        self._use(self._checked_depth())
        self.expectation = self._expected()

    cdef int _checked_depth(self) except -1:
        """The most edges of a path, once every index is known to be one."""
        cdef int64_t tree, end, first = 0
        cdef int depth, most = 0
        for tree in range(self.trees):
            end = self.roots[tree + 1] if tree + 1 < self.trees else self.nodes
            if self.roots[tree] != first or end <= first or end > self.nodes:
                raise ValueError("its roots do not part the nodes")
            depth = 0
            if self._end(first, end, 0, &depth) != end:
                raise ValueError(f"the nodes from {first} to {end} are no tree in preorder")
            most = max(most, depth)
            first = end
        if first != self.nodes:
            raise ValueError("its roots do not part the nodes")
        return most

    cdef int64_t _end(self, int64_t node, int64_t end, int depth, int* most) noexcept:
        """The node behind the subtree of this one; -1 where it is none."""
        cdef int64_t right
        if node < 0 or node >= end or depth > MOST_DEPTH:
            return -1
        if not (isfinite(self.number[node]) and isfinite(self.cover[node]) and self.cover[node] > 0):
            return -1
        most[0] = max(most[0], depth)
        if self.feature[node] < 0:
            return node + 1
        right = self.right[node]
        if self.feature[node] >= self.columns or self._end(node + 1, end, depth + 1, most) != right:
            return -1
        return self._end(right, end, depth + 1, most)

    cdef void _use(self, int depth):
        """The points for paths of so many edges, on 0 to 1."""
        self.points = max(1, (depth + 1) // 2)
        at, weight = np.polynomial.legendre.leggauss(self.points)
        for point in range(self.points):
            self.known[point] = (at[point] + 1) / 2
            self.unknown[point] = 1 - self.known[point]
            self.weight[point] = weight[point] / 2

    cdef double _expected(self) noexcept:
        cdef double total = 0
        cdef int64_t tree
        for tree in range(self.trees):
            total += self._mean(self.roots[tree])
        return total

    cdef double _mean(self, int64_t node) noexcept nogil:
        """What the leaves under a node say, each by its share."""
        if self.feature[node] < 0:
            return self.number[node]
        cdef int64_t left = node + 1, right = self.right[node]
        cdef double together = self.cover[node]
        return (
            self._mean(left) * (self.cover[left] / together)
            + self._mean(right) * (self.cover[right] / together)
        )

    def sums(self, rows not None):
        """float64[N]: what the leaves add up to for float32[N, columns]."""
        matrix = self._matrix(rows)
        found = np.zeros(len(matrix))
        cdef const float* values = <const float*>cnp.PyArray_DATA(matrix)
        cdef double* into = <double*>cnp.PyArray_DATA(found)
        cdef int64_t row, tree, node, count = len(matrix)
        with nogil:
            for row in range(count):
                for tree in range(self.trees):
                    node = self.roots[tree]
                    while self.feature[node] >= 0:
                        left = self._goes_left(node, values[row * self.columns + self.feature[node]])
                        node = node + 1 if left else self.right[node]
                    into[row] += self.number[node]
        return found

    def contributions(self, rows not None):
        """float64[N, columns]: what each column adds; with ``expectation`` they add up to ``sums``."""
        matrix = self._matrix(rows)
        found = np.zeros((len(matrix), self.columns))
        edges = np.ones((2, self.columns))  # of the last edge on each column: its share, and whether it is taken
        cdef const float* values = <const float*>cnp.PyArray_DATA(matrix)
        cdef double* into = <double*>cnp.PyArray_DATA(found)
        cdef double* edge = <double*>cnp.PyArray_DATA(edges)
        cdef double start[MOST_POINTS]
        cdef double ignored[MOST_POINTS]
        cdef int64_t row, tree, at, count = len(matrix)
        cdef int point
        with nogil:
            for point in range(self.points):
                start[point] = self.weight[point]
            for row in range(count):
                at = row * self.columns
                for tree in range(self.trees):
                    self._walk(self.roots[tree], values + at, start, ignored, edge, into + at)
        return found

    def _matrix(self, rows):
        matrix = np.ascontiguousarray(rows, dtype=np.float32)
        if matrix.ndim != 2 or matrix.shape[1] != self.columns:
            raise ValueError(f"rows have {self.columns} columns")
        return matrix

    cdef inline bint _goes_left(self, int64_t node, float value) noexcept nogil:
        if value != value:
            return self.missing_left[node]
        return value < self.number[node] if self.less else value <= self.number[node]

    cdef void _walk(
        self, int64_t node, const float* row, const double* above, double* said, double* edge, double* into
    ) noexcept nogil:
        """Add what the edges under a node are worth.

        ``above`` is at each point the chance that a path comes to this node, times the point's weight; ``said``
        becomes what the leaves under the node say, each times its chance. A column that a path meets again
        has one edge with the shares of both multiplied: what the former was worth below here is taken back.
        """
        cdef int point
        cdef int64_t column = self.feature[node]
        if column < 0:
            for point in range(self.points):
                said[point] = above[point] * self.number[node]
            return
        cdef double* share = edge + column
        cdef double* taken = edge + self.columns + column
        cdef double old_share = share[0], old_taken = taken[0], worth = 0, new
        cdef double below[MOST_POINTS]
        cdef double told[MOST_POINTS]
        cdef double factor[MOST_POINTS]
        cdef double old[MOST_POINTS]
        cdef bint goes_left = self._goes_left(node, row[column]), right
        cdef int64_t child
        for point in range(self.points):
            said[point] = 0
            old[point] = 1 / (old_share * self.unknown[point] + old_taken * self.known[point])
        for right in range(2):
            child = self.right[node] if right else node + 1
            share[0] = old_share * (self.cover[child] / <double>self.cover[node])
            taken[0] = old_taken if goes_left != right else 0.0
            for point in range(self.points):
                new = share[0] * self.unknown[point] + taken[0] * self.known[point]
                below[point] = above[point] * new * old[point]
                factor[point] = (taken[0] - share[0]) / new - (old_taken - old_share) * old[point]
            self._walk(child, row, below, told, edge, into)
            for point in range(self.points):
                said[point] += told[point]
                worth += told[point] * factor[point]
        share[0], taken[0] = old_share, old_taken
        into[column] += worth


def checked(array, kind, str name):
    """A flat array of a dtype in one piece."""
    if not isinstance(array, np.ndarray) or array.dtype != kind or array.ndim != 1:
        raise ValueError(f"{name} is no array of {np.dtype(kind).name}")
    return np.ascontiguousarray(array)
