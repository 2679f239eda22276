"""Numbers about a judgement: arrays in, numbers out, each with an interval on request.

In: truth, decisions or scores of the same rows, and optional row weights. Out: floats, ``NaN`` where
a number is not defined (recall without positives). It reads no file and rounds nothing.

A score says *which rows alert first*: a row alerts when its score is strictly greater than a
threshold, so rows with equal scores alert together or not at all, and no curve passes between them.

Intervals come from a bootstrap over *groups* (all names of one seed, all hosts of one registrable
domain): rows of a group resemble each other, and resampling rows alone would promise too much.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[Any]
Floats = NDArray[np.float64]
Measure = Callable[[Floats], Mapping[str, float]]

NAN = float("nan")
LEVEL = 0.95
TIMES = 200


class Interval(NamedTuple):
    """A number and the interval that holds it with 95 % confidence.

    >>> Interval(0.9, 0.85, 0.93).as_dict()
    {'value': 0.9, 'low': 0.85, 'high': 0.93}
    """

    value: float
    low: float
    high: float

    def as_dict(self) -> dict[str, float | None]:
        """The interval for JSON, which has no NaN: what is undefined becomes null."""
        return {key: float(part) if np.isfinite(part) else None for key, part in self._asdict().items()}

    @classmethod
    def from_dict(cls, facts: Mapping[str, float | None]) -> Interval:
        """The interval that ``as_dict`` gave."""
        return cls(**{end: NAN if value is None else value for end, value in facts.items()})


UNDEFINED = Interval(NAN, NAN, NAN)


# ── decisions ────────────────────────────────────────────────────────────────────────────────────


def confusion_matrix(
    truth: Array, given: Array, *, shape: tuple[int, int], weight: Array | None = None
) -> Floats:
    """Weight of the rows for each pair of true code (row) and given code (column).

    >>> confusion_matrix(np.array([0, 0, 1]), np.array([0, 1, 1]), shape=(2, 2)).tolist()
    [[1.0, 1.0], [0.0, 1.0]]
    """
    cell = np.asarray(truth, dtype=np.int64) * shape[1] + np.asarray(given, dtype=np.int64)
    counts = np.bincount(cell, weights=weight, minlength=shape[0] * shape[1])
    return counts.reshape(shape).astype(np.float64)


def accuracy(truth: Array, given: Array, weight: Array | None = None) -> float:
    """Share of rows for which truth and decision agree.

    >>> accuracy(np.array([True, False, True, True]), np.array([True, False, False, True]))
    0.75
    """
    return _mean(np.equal(truth, given), weight)


def precision_at(prevalence: float, *, recall: float, fpr: float) -> float:
    """The share of alerts that are true where this share of all rows is positive (Bayes).

    Test rows are rarely as common as life has them; NaN where no row would alert.

    >>> round(precision_at(0.001, recall=0.9, fpr=0.001), 3)
    0.474
    """
    return ratio(recall * prevalence, recall * prevalence + fpr * (1 - prevalence))


def precision(truth: Array, alert: Array, weight: Array | None = None) -> float:
    """Share of the alerting rows that are truly positive; NaN when none alerts."""
    (_, wrong), (_, right) = confusion_matrix(truth, alert, shape=(2, 2), weight=weight)
    return ratio(right, right + wrong)


def recall(truth: Array, alert: Array, weight: Array | None = None) -> float:
    """Share of the positive rows that alert; NaN when there is no positive row."""
    _, (missed, right) = confusion_matrix(truth, alert, shape=(2, 2), weight=weight)
    return ratio(right, right + missed)


def f1(truth: Array, alert: Array, weight: Array | None = None) -> float:
    """Harmonic mean of precision and recall; NaN when nothing is positive and nothing alerts."""
    (_, wrong), (missed, right) = confusion_matrix(truth, alert, shape=(2, 2), weight=weight)
    return ratio(2 * right, 2 * right + wrong + missed)


def f1_by_class(matrix: Floats) -> Floats:
    """F1 of each class of a square confusion matrix; NaN for a class that never occurs.

    >>> f1_by_class(np.array([[2.0, 0.0], [1.0, 1.0]])).round(3).tolist()
    [0.8, 0.667]
    """
    hits, both = np.diagonal(matrix), matrix.sum(axis=0) + matrix.sum(axis=1)
    scores: Floats = np.divide(2 * hits, both, out=np.full(len(hits), NAN), where=both > 0)
    return scores


def macro_f1(truth: Array, given: Array, *, classes: int, weight: Array | None = None) -> float:
    """Mean F1 over classes coded 0 … classes-1, each counting the same however rare it is.

    A class that neither occurs nor is given says nothing and is left out of the mean.

    >>> round(macro_f1(np.array([0, 0, 1, 1]), np.array([0, 0, 1, 0]), classes=2), 3)
    0.733
    """
    return mean_defined(f1_by_class(confusion_matrix(truth, given, shape=(classes, classes), weight=weight)))


# ── rankings ─────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Ranking:
    """Rows sorted once by falling score; every resample is then a few cumulative sums.

    ``order`` intp[N] holds the rows from the highest score to the lowest, ``ends`` intp[T] the place
    of the last row of each run of equal scores, so ``T`` is the number of thresholds that differ.
    """

    order: NDArray[np.intp]
    ends: NDArray[np.intp]

    @classmethod
    def of(cls, score: Array) -> Ranking:
        """Sort the rows; equal scores keep their order, so the same input gives the same sums."""
        falling = np.argsort(-np.asarray(score, dtype=np.float64), kind="stable")
        ordered = np.asarray(score)[falling]
        last = np.append(ordered[1:] != ordered[:-1], True)[: len(ordered)]
        return cls(order=falling, ends=np.flatnonzero(last))

    def reached(self, amount: Array) -> Floats:
        """How much of ``amount`` [N] lies above each threshold, from none (0) to all: float64[T+1].

        >>> Ranking.of(np.array([0.9, 0.1, 0.9])).reached(np.array([1.0, 1.0, 1.0])).tolist()
        [0.0, 2.0, 3.0]
        """
        sums = np.cumsum(amount[self.order], dtype=np.float64)
        return np.concatenate(([0.0], sums[self.ends]))


def area_under_roc(hits: Floats, errors: Floats) -> float:
    """Area under the curve of cumulative hits over cumulative errors (trapezoids: ties count half)."""
    wide, high = np.diff(errors), (hits[1:] + hits[:-1]) / 2
    return ratio(float(wide @ high), float(hits[-1] * errors[-1]))


def area_under_precision(hits: Floats, errors: Floats) -> float:
    """Mean of the precision at each threshold, weighted by the recall won there (no interpolation)."""
    if hits[-1] <= 0:
        return NAN
    alerts = (hits + errors)[1:]
    at = np.divide(hits[1:], alerts, out=np.zeros(len(alerts)), where=alerts > 0)
    return float(np.diff(hits) @ at / hits[-1])


def share_within(hits: Floats, errors: Floats, rate: float) -> float:
    """Largest share of hits that a threshold reaches while its errors stay within ``rate``."""
    if errors[-1] <= 0:
        return NAN
    # one part in 10^12 more, or 0.07 * 100 would forbid the 7th of 100 errors
    last = np.searchsorted(errors, rate * errors[-1] * (1 + 1e-12), side="right") - 1
    return ratio(float(hits[last]), float(hits[-1]))


def roc_auc(score: Array, target: Array, weight: Array | None = None) -> float:
    """Chance that a positive row scores above a negative one, ties counting half.

    >>> roc_auc(np.array([0.1, 0.4, 0.35, 0.8]), np.array([False, False, True, True]))
    0.75
    """
    return area_under_roc(*_curve(score, target, weight))


def average_precision(score: Array, target: Array, weight: Array | None = None) -> float:
    """Area under the precision-recall curve as a sum of steps, as scikit-learn defines it.

    >>> round(average_precision(np.array([0.1, 0.4, 0.35, 0.8]), np.array([False, False, True, True])), 3)
    0.833
    """
    return area_under_precision(*_curve(score, target, weight))


def recall_at_fpr(score: Array, target: Array, *, rate: float, weight: Array | None = None) -> float:
    """Highest recall of any threshold that alerts on at most ``rate`` of the negative rows.

    Tied scores alert together, so a score that puts everything on one value has recall 0.

    >>> target = np.array([True, True, False, False])
    >>> recall_at_fpr(np.array([0.9, 0.5, 0.5, 0.1]), target, rate=0.1)
    0.5
    """
    return share_within(*_curve(score, target, weight), rate)


def recall_around(score: Array, target: Array, *, rate: float) -> float:
    """Recall at a false positive rate and at ten times it, averaged: what candidates are chosen by.

    At one rate alone the choice would rest on a handful of negative rows.

    >>> recall_around(np.array([3.0, 2.0, 1.0]), np.array([True, True, False]), rate=0.1)
    1.0
    """
    rates = (rate, min(1.0, 10 * rate))
    return float(np.mean([recall_at_fpr(score, target, rate=at) for at in rates]))


def _curve(score: Array, target: Array, weight: Array | None) -> tuple[Floats, Floats]:
    ranking = Ranking.of(score)
    weights = np.ones(len(target)) if weight is None else np.asarray(weight, dtype=np.float64)
    return ranking.reached(weights * target), ranking.reached(weights * ~np.asarray(target, dtype=bool))


# ── probabilities ────────────────────────────────────────────────────────────────────────────────


def sigmoid(log_odds: ArrayLike) -> Floats:
    """The probability that log-odds stand for, without overflow at either end.

    >>> sigmoid(np.array([-1000.0, 0.0, 1000.0])).tolist()
    [0.0, 0.5, 1.0]
    """
    odds = np.asarray(log_odds, dtype=np.float64)
    small = np.exp(-np.abs(odds))
    return np.where(odds >= 0, 1.0, small) / (1.0 + small)


def brier(chance: Array, target: Array, weight: Array | None = None) -> float:
    """Mean squared distance of the probability from the truth (Brier 1950): 0 is perfect.

    >>> brier(np.array([1.0, 0.5]), np.array([True, False]))
    0.125
    """
    return _mean((np.asarray(chance, dtype=np.float64) - target) ** 2, weight)


def log_loss(chance: Array, target: Array, weight: Array | None = None) -> float:
    """Mean negative log-likelihood in nats; probabilities are kept 1e-15 off 0 and 1."""
    sure = np.clip(np.asarray(chance, dtype=np.float64), 1e-15, 1 - 1e-15)
    return _mean(-np.log(np.where(target, sure, 1 - sure)), weight)


def calibration_bin(chance: Array, bins: int = 15) -> NDArray[np.intp]:
    """Which of ``bins`` equally wide bins each probability falls into."""
    return np.minimum((np.asarray(chance, dtype=np.float64) * bins).astype(np.intp), bins - 1)


def expected_calibration_error(
    chance: Array, target: Array, weight: Array | None = None, *, bins: int = 15
) -> float:
    """Mean distance between probability and observed share over equally wide bins.

    Guo et al., "On Calibration of Modern Neural Networks", ICML 2017.

    >>> expected_calibration_error(np.array([0.75, 0.75]), np.array([True, False]))
    0.25
    """
    weights = np.ones(len(target)) if weight is None else weight
    gap = (np.asarray(chance, dtype=np.float64) - target) * weights
    by_bin = np.bincount(calibration_bin(chance, bins), weights=gap, minlength=bins)
    return ratio(float(np.abs(by_bin).sum()), float(np.sum(weights)))


# ── bounds of a share ────────────────────────────────────────────────────────────────────────────


def wilson(hits: float, of: float, *, level: float = LEVEL) -> Interval:
    """A share with Wilson's score interval (1927), which stays inside 0 … 1 at both ends.

    >>> [round(part, 3) for part in wilson(0, 20)]
    [0.0, 0.0, 0.161]
    """
    if of <= 0:
        return UNDEFINED
    z, share = _normal_quantile((1 + level) / 2), hits / of
    middle = share + z * z / (2 * of)
    half = z * float(np.sqrt(share * (1 - share) / of + z * z / (4 * of * of)))
    scale = 1 + z * z / of
    # exactly 0 and 1 at the ends, where the arithmetic leaves a last digit behind
    low = 0.0 if hits == 0 else (middle - half) / scale
    return Interval(share, low, 1.0 if hits == of else (middle + half) / scale)


def clopper_pearson(hits: int, of: int, *, level: float = LEVEL) -> Interval:
    """A share with the exact two-sided interval (Clopper and Pearson 1934): never too narrow."""
    if of <= 0:
        return UNDEFINED
    one_sided = (1 + level) / 2
    low = 1 - clopper_pearson_upper(of - hits, of, level=one_sided)
    return Interval(hits / of, low, clopper_pearson_upper(hits, of, level=one_sided))


def clopper_pearson_upper(errors: int, of: int, *, level: float = LEVEL) -> float:
    """One-sided exact upper bound on a share of which ``errors`` in ``of`` were seen.

    >>> round(clopper_pearson_upper(0, 2995), 6)
    0.001
    """
    from scipy.special import betaincinv

    return 1.0 if errors >= of else float(betaincinv(errors + 1, of - errors, level))


def _normal_quantile(level: float) -> float:
    from statistics import NormalDist

    return NormalDist().inv_cdf(level)


# ── resampling ───────────────────────────────────────────────────────────────────────────────────


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


# ── arithmetic that knows what is undefined ──────────────────────────────────────────────────────


def ratio(part: float, of: float) -> float:
    """``part / of``, and NaN instead of a division by zero.

    >>> ratio(1, 4), ratio(0, 0)
    (0.25, nan)
    """
    return float(part) / float(of) if of > 0 else NAN


def mean_defined(values: Floats) -> float:
    """Mean of the values that are defined; NaN when none is, without a warning."""
    defined = values[~np.isnan(values)]
    return float(defined.mean()) if len(defined) else NAN


def _mean(values: Array, weight: Array | None) -> float:
    if weight is None:
        return ratio(float(np.sum(values, dtype=np.float64)), len(values))
    return ratio(float(np.asarray(weight, dtype=np.float64) @ values), float(np.sum(weight)))
