"""Boosted trees that also read what a linear n-gram model says: two views of a name, one answer.

The linear model's logits are extra columns of the trees. For training rows they come from a model that
was fitted without the row's group (out of fold): the trees then learn how far to trust it on names it
has not met, and not how well it remembers. The graph holds the linear model fitted on all rows.
(Wolpert 1992, stacked generalisation.)
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from detectory.models import boosted, graph, linear
from detectory.models.candidate import CLASSIFYING, AtLeastTwo, Candidate, Head, Lesson, settings, tensors
from detectory.models.graph import Part, joined
from detectory.models.linear import Bag, Ids
from detectory.models.rounds import Boosted
from detectory.models.table import Table
from detectory.models.target import indices
from detectory.schema import Array

HEADS = CLASSIFYING
SOFT = "rows"


@dataclass(frozen=True, slots=True)
class Params(boosted.Params):
    """The trees' parameters, those of the linear model, and the folds that its columns are made in."""

    epochs: int = 8
    alpha: float = 3e-6
    step: float = 0.03
    folds: AtLeastTwo = 5

    @property
    def linear(self) -> linear.Params:
        """What the linear model is fitted with."""
        return linear.Params(epochs=self.epochs, alpha=self.alpha, eta=self.step)


@dataclass(frozen=True, slots=True)
class View:
    """How a row becomes columns: the table's, then the logits of each tensor's bag."""

    table: Table
    bags: Mapping[str, Bag]

    def encode(self, features: Mapping[str, Array]) -> NDArray[np.float32]:
        """float32[N, C + bags × K]."""
        logits = [bag.logits(features[name]) for name, bag in self.bags.items()]
        return np.hstack([self.table.encode(features), *logits])

    def widths(self, inputs: Sequence[graph.Input]) -> dict[str, int]:
        """The table's, then as many columns as each bag gives logits."""
        return self.table.widths(inputs) | {name: len(bag.bias) for name, bag in self.bags.items()}

    def part(self) -> Part:
        """The graph's form."""
        logits = [bag.part(name) for name, bag in self.bags.items()]
        return joined("Concat", "columns", [*self.table.parts(), *logits], axis=1)


def fit(candidate: Candidate, lesson: Lesson) -> Boosted:
    """Fit both; see ``Kind.fit``. ``groups`` keep their rows in one fold; without them every row is one."""
    read, params = tensors(lesson.features, candidate), settings(Params, candidate)
    labels = indices(lesson.target, head=candidate.head, classes=lesson.classes)
    names = [name for name, values in read.items() if values.ndim == 2 and values.dtype == np.int32]
    bags = {
        name: partial(_bag, read[name], labels, lesson, params=params, head=candidate.head) for name in names
    }
    everything = np.ones(len(labels), dtype=bool)
    table = Table.fit({name: values for name, values in read.items() if name not in names})
    view = View(table, {name: bag(everything) for name, bag in bags.items()})
    fold = _folds(labels, lesson.apart, folds=params.folds, seed=lesson.seed)
    unmet = [_unmet(bag, read[name], fold) for name, bag in bags.items()]
    rounds = boosted.boost(
        np.hstack([table.encode(read), *unmet]),
        labels,
        lesson,
        params=params,
        head=candidate.head,
        held_out=boosted.watched(view, lesson.validation),
    )
    return Boosted(rounds, view, graph.inputs_of(read))


def _bag(
    ids: Ids,
    labels: NDArray[np.int64],
    lesson: Lesson,
    rows: NDArray[np.bool_],
    *,
    params: Params,
    head: Head,
) -> Bag:
    """The linear model of one tensor, fitted on some of the rows."""
    return linear.descend(
        ids[rows],
        labels[rows],
        outputs=1 if head == "score" else len(lesson.classes),
        params=params.linear,
        seed=lesson.seed,
        threads=lesson.threads,
        weight=None if lesson.weight is None else lesson.weight[rows],
    )


def _unmet(bag: Callable[[NDArray[np.bool_]], Bag], ids: Ids, fold: NDArray[np.int64]) -> NDArray[np.float32]:
    """float32[N, K]: what bags fitted on the other folds say of each row."""
    answered = [(fold == each, bag(fold != each).logits(ids[fold == each])) for each in np.unique(fold)]
    logits = np.empty((len(ids), answered[0][1].shape[1]), dtype=np.float32)
    for rows, answers in answered:
        logits[rows] = answers
    return logits


def _folds(
    labels: NDArray[np.int64], groups: NDArray[np.int64], *, folds: int, seed: int
) -> NDArray[np.int64]:
    """int64[N], the fold of each row: groups stay whole, and those of a class are dealt out in turn.

    A class of two groups or more is so met outside every fold.

    >>> _folds(np.array([0, 0, 0, 1, 1]), np.array([3, 3, 4, 5, 6]), folds=2, seed=1).tolist()
    [0, 0, 1, 0, 1]
    """
    names, first, group = np.unique(groups, return_index=True, return_inverse=True)
    shuffled = np.random.default_rng(seed).permutation(len(names))
    dealt = np.empty(len(names), dtype=np.int64)
    dealt[np.lexsort((shuffled, labels[first]))] = np.arange(len(names)) % folds
    return dealt[group]
