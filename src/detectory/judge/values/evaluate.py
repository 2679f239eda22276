"""Evaluation of predicted numbers: test rows with their predictions in, a verdict out.

In: `Predicted`, what the bundle's own bytes answered for the test rows beside what is true of them, and
what baselines and ablations say of the same rows. Out: a `ValueVerdict`: flat metrics with intervals,
slices, curves, counts. Nothing is predicted, fitted or read here; what is undefined is NaN.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from detectory.judge.aligned import Aligned
from detectory.judge.threshold import require_finite
from detectory.judge.values import errors, slices
from detectory.judge.values.errors import Errors
from detectory.judge.values.slices import ErrorRow
from detectory.judge.verdict import Comparisons, Metrics, dicts
from detectory.metrics import TIMES, Array, Floats, Interval, Measure, intervals, ratio
from detectory.regression import deviations, interval_quality, sums_of


@dataclass(frozen=True, slots=True, eq=False)
class Predicted(Aligned):
    """Test rows as the bundle answered them, beside the truth: columns of one length N.

    ``value``, ``low`` and ``high`` are float[N] answers and ``target`` float[N] the truth, all in one unit;
    ``coverage`` is the share of truths that the intervals promise to hold. ``seen`` bool[N] says that the
    row's kind was in training; rows of one ``group`` are resampled together, within their ``population``.

    Raises `ScoresNotFinite` for a NaN or infinite answer.
    """

    value: Array
    low: Array
    high: Array
    target: Array
    seen: Array
    population: Array
    group: Array
    coverage: float

    def __post_init__(self) -> None:
        Aligned.__post_init__(self)  # super() loses its class where dataclass makes another one for slots
        for answer in (self.value, self.low, self.high):
            require_finite(answer)


@dataclass(frozen=True, slots=True)
class ValueVerdict(Comparisons):
    """The judgement of a bundle that predicts numbers.

    The metrics of each baseline and ablation have ``mae_lift``, the share by which this
    version's MAE is smaller than theirs.
    """

    metrics: Metrics
    slices: Sequence[ErrorRow]
    errors: Errors
    counts: Mapping[str, int]

    @property
    def best_baseline(self) -> str:
        """The name of the baseline with the smallest MAE; empty where there is none."""
        return min(self.baselines, key=lambda name: self.baselines[name]["mae"].value, default="")

    def to_dict(self) -> dict[str, Any]:
        """The verdict as JSON: what is undefined is null."""
        return {
            "metrics": dicts(self.metrics),
            "slices": [row.to_dict() for row in self.slices],
            "errors": self.errors.to_dict(),
            "counts": dict(self.counts),
            **self.comparisons(),
        }


def evaluate(
    found: Predicted,
    *,
    baselines: Mapping[str, Array] = {},
    ablations: Mapping[str, Array] = {},
    seed: int,
    times: int = TIMES,
) -> ValueVerdict:
    """Judge the rows. ``baselines`` and ``ablations`` hold float[N] predictions of the same rows by name."""
    beside = {name: compared(value, found, seed=seed, times=times) for name, value in baselines.items()}
    metrics = _resampled(_metrics(found), found, seed=seed, times=times)
    if beside:
        best = min(beside.values(), key=lambda one: one["mae"].value)
        metrics["mae_lift"] = best["mae_lift"]
    return ValueVerdict(
        metrics=metrics,
        slices=slices.table(_cuts(found), found.value, found, seed=seed, times=times),
        errors=errors.draw(found.value, found.low, found.high, target=found.target),
        counts=_counts(found),
        baselines=beside,
        ablations={name: compared(value, found, seed=seed, times=times) for name, value in ablations.items()},
    )


def compared(value: Array, found: Predicted, *, seed: int, times: int = TIMES) -> dict[str, Interval]:
    """How any other prediction does on the same rows, and how much smaller this version's MAE is.

    ``mae_lift`` is paired: both are measured on the same resamples, so what is hard for both cancels.
    """
    theirs, ours = deviations(found.target, value), sums_of(np.abs(found.value - found.target))

    def measure(weight: Floats) -> dict[str, float]:
        other = theirs(weight)
        mine = ratio(ours(weight)[0], float(weight.sum()))
        return dict(other) | {"mae_lift": 1 - ratio(mine, other["mae"])}

    return _resampled(measure, found, seed=seed, times=times)


def _resampled(measure: Measure, found: Predicted, *, seed: int, times: int) -> dict[str, Interval]:
    return intervals(measure, found.group, times=times, seed=seed, strata=found.population)


def _metrics(found: Predicted) -> Measure:
    parts = (
        deviations(found.target, found.value),
        interval_quality(found.target, found.low, found.high, coverage=found.coverage),
        _by_novelty(found),
    )

    def measure(weight: Floats) -> dict[str, float]:
        return {name: value for part in parts for name, value in part(weight).items()}

    return measure


def _by_novelty(found: Predicted) -> Measure:
    size = np.abs(found.value - found.target)
    summed = sums_of(size * found.seen, found.seen, size * ~found.seen, ~found.seen)

    def measure(weight: Floats) -> dict[str, float]:
        seen, rows_seen, unseen, rows_unseen = summed(weight)
        return {"mae_seen": ratio(seen, rows_seen), "mae_unseen": ratio(unseen, rows_unseen)}

    return measure


def _cuts(found: Predicted) -> dict[str, Array]:
    """The declared slices, and population and novelty where there is more than one of them."""
    own = {"population": found.population, "seen": np.where(found.seen, "seen", "unseen")}
    return {name: cut for name, cut in own.items() if len(np.unique(cut)) > 1} | dict(found.slices)


def _counts(found: Predicted) -> dict[str, int]:
    seen = int(found.seen.sum())
    rows = len(found.target)
    return {"rows": rows, "groups": len(np.unique(found.group)), "seen": seen, "unseen": rows - seen}
