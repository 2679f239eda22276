"""Boosted trees that also read the means of nested categories: thousands of routes and stops, one tree model.

A tensor int64[N, L] is a path of ids from coarse to fine; ``means`` turns it into L columns, which stand
beside the table's. For training rows the columns come from other groups (out of fold): the trees then learn
how far to trust the mean of an id on days they have not met. The graph holds the means of all rows.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from detectory.models import boosted, graph
from detectory.models.candidate import (
    PREDICTING,
    AtLeastTwo,
    BelowOne,
    Candidate,
    Head,
    Lesson,
    settings,
    tensors,
)
from detectory.models.graph import Part, joined
from detectory.models.means import Columns, Means, unmet
from detectory.models.rounds import Boosted
from detectory.models.table import Table
from detectory.schema import Array

HEADS: frozenset[Head] = PREDICTING
SOFT = "rows"


@dataclass(frozen=True, slots=True)
class Params(boosted.Params):
    """The trees' parameters, and those of the means.

    ``prior_rows`` is how many rows of doubt pull an id towards its parent; ``clipped`` is the share of the
    target at either end that is drawn in before means are taken, so that no single row makes one; ``folds``
    are those that the columns of training rows are made in.
    """

    prior_rows: float = 2.0
    clipped: BelowOne = 0.01
    folds: AtLeastTwo = 5


@dataclass(frozen=True, slots=True)
class View:
    """How a row becomes columns: the table's, then the means of each path."""

    table: Table
    means: Mapping[str, Means]

    def encode(self, features: Mapping[str, Array]) -> Columns:
        """float32[N, C]."""
        return np.hstack([self.table.encode(features), *self._means(features)])

    def _means(self, features: Mapping[str, Array]) -> list[Columns]:
        return [means.encode(features[name]) for name, means in self.means.items()]

    def widths(self, inputs: Sequence[graph.Input]) -> dict[str, int]:
        """The table's, then as many columns as each path has levels."""
        read = {each.name: each.width or 1 for each in inputs}
        return self.table.widths(inputs) | {name: read[name] for name in self.means}

    def part(self) -> Part:
        """The graph's form."""
        means = [each.part(name) for name, each in self.means.items()]
        return joined("Concat", "columns", [*self.table.parts(), *means], axis=1)


def fit(candidate: Candidate, lesson: Lesson) -> Boosted:
    """Fit both; see ``Kind.fit``. ``groups`` keep their rows in one fold; without them every row is one."""
    read, params = tensors(lesson.features, candidate), settings(Params, candidate)
    paths = {name: values for name, values in read.items() if values.ndim == 2 and values.dtype == np.int64}
    offset = boosted.offset_of(lesson.target, params, candidate.head)
    labels = boosted.labels_of(lesson.target, candidate.head, lesson.classes, offset)
    drawn_in = _drawn_in(lesson.target, params.clipped)
    fold = _folds(lesson.apart, folds=params.folds, seed=lesson.seed)
    view = View(
        Table.fit({name: values for name, values in read.items() if name not in paths}),
        {name: Means.fit(path, drawn_in, prior_rows=params.prior_rows) for name, path in paths.items()},
    )
    elsewhere = [unmet(path, drawn_in, fold, prior_rows=params.prior_rows) for path in paths.values()]
    rounds = boosted.boost(
        np.hstack([view.table.encode(read), *elsewhere]),
        labels,
        lesson,
        params=params,
        head=candidate.head,
        held_out=boosted.watched(view, lesson.validation, offset=offset),
    )
    return Boosted(replace(rounds, offset=offset), view, graph.inputs_of(read))


def _drawn_in(target: Array, share: float) -> NDArray[np.float64]:
    """The target with its extremes drawn in.

    >>> _drawn_in(np.array([-90.0, 1.0, 2.0, 3.0, 90.0]), 0.25).tolist()
    [1.0, 1.0, 2.0, 3.0, 3.0]
    """
    values = np.asarray(target, dtype=np.float64)
    least, most = np.quantile(values, [share, 1 - share])
    return np.clip(values, least, most)


def _folds(groups: NDArray[np.int64], *, folds: int, seed: int) -> NDArray[np.int64]:
    """int64[N], the fold of each row: groups stay whole.

    >>> _folds(np.array([3, 3, 4, 5]), folds=2, seed=1).tolist()
    [0, 0, 1, 0]
    """
    names, group = np.unique(groups, return_inverse=True)
    dealt = np.random.default_rng(seed).permutation(len(names)) % folds
    return np.asarray(dealt[group], dtype=np.int64)
