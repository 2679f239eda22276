"""Intervals of any number, from a bootstrap over *groups*.

Groups are what resembles each other (all names of one seed, all hosts of one registrable domain):
resampling rows alone would promise too much.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

import numpy as np
from numpy.typing import NDArray

from detectory.metrics.arithmetic import NAN, Floats
from detectory.metrics.interval import LEVEL, Interval
from detectory.schema import Array

Measure = Callable[[Floats], Mapping[str, float]]

TIMES = 200


def bootstrap(
    groups: Array, *, times: int = TIMES, seed: int, strata: Array | None = None
) -> Iterator[NDArray[np.int64]]:
    """Row weights int64[N] of ``times`` resamples: whole groups drawn with replacement.

    With ``strata`` (a label a row) a group is replaced only by groups of its own stratum: how many
    seeds each family has in the test was decided, not drawn. A group belongs to its first row's
    stratum. Every resample is made when it is asked for, so memory does not grow with ``times``.

    >>> [weight.tolist() for weight in bootstrap(np.array(["a", "a", "b"]), times=2, seed=1)]
    [[0, 0, 2], [1, 1, 1]]
    """
    names, first, group = np.unique(groups, return_index=True, return_inverse=True)
    stratum = _strata(len(names), None if strata is None else strata[first])
    order, random = np.argsort(stratum, kind="stable"), np.random.default_rng(seed)
    start = np.searchsorted(stratum[order], stratum[order], side="left")
    size = np.searchsorted(stratum[order], stratum[order], side="right") - start
    for _ in range(times):
        drawn = order[start + (random.random(len(names)) * size).astype(np.intp)]
        yield np.bincount(drawn, minlength=len(names))[group]


def intervals(
    measure: Measure, groups: Array, *, times: int = TIMES, seed: int, strata: Array | None = None
) -> dict[str, Interval]:
    """Every number of ``measure`` with its percentile interval over resampled groups.

    ``measure`` takes row weights float64[N] and gives numbers by name. A resample in which a number
    is undefined is left out; with fewer than two groups nothing can be resampled and the bounds are NaN.

    >>> hit = np.array([1.0, 1.0, 0.0, 1.0])
    >>> intervals(lambda w: {"hits": float(w @ hit / w.sum())}, np.arange(4), times=50, seed=7)["hits"].value
    0.75
    """
    whole = measure(np.ones(len(groups)))
    if len(groups) == 0 or bool(np.all(groups == groups[0])):
        return {name: Interval(value, NAN, NAN) for name, value in whole.items()}
    resamples = bootstrap(groups, times=times, seed=seed, strata=strata)
    draws = [measure(weight.astype(np.float64)) for weight in resamples]
    return {name: _percentile(value, [draw[name] for draw in draws]) for name, value in whole.items()}


def difference(
    one: Measure,
    other: Measure,
    groups: Array,
    *,
    times: int = TIMES,
    seed: int,
    strata: Array | None = None,
) -> dict[str, Interval]:
    """``one`` minus ``other``, number by number, both measured on the *same* resamples (paired).

    What is hard for both cancels, so a small steady advantage shows. An interval that leaves out 0
    says that the two differ. Names that only one of them gives are left out.
    """

    def gap(weight: Floats) -> dict[str, float]:
        mine, theirs = one(weight), other(weight)
        return {name: mine[name] - theirs[name] for name in mine if name in theirs}

    return intervals(gap, groups, times=times, seed=seed, strata=strata)


def _strata(groups: int, strata: Array | None) -> NDArray[np.intp]:
    """The stratum of each group as a number; one for all where none is given."""
    if strata is None:
        return np.zeros(groups, dtype=np.intp)
    return np.unique(strata, return_inverse=True)[1]


def _percentile(value: float, draws: list[float]) -> Interval:
    defined = np.array([draw for draw in draws if not np.isnan(draw)])
    if len(defined) == 0:
        return Interval(value, NAN, NAN)
    low, high = np.quantile(defined, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return Interval(value, float(low), float(high))
