"""Evaluation: scored test rows in, a verdict out.

In: `Scored`, what the bundle's own bytes answered for the test rows beside what is true of them. Out:
a `Verdict`: flat metrics with intervals, slices, families, confusion, populations, curves, counts.
Nothing is scored, fitted or read here; what cannot be measured on these rows is NaN (null in JSON).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from detectory.judge import curves, measures, slices
from detectory.judge.confusion import Confusion
from detectory.judge.curves import Curves
from detectory.judge.ends import widened
from detectory.judge.scored import Scored
from detectory.judge.slices import FamilyRow, PopulationRow, SliceRow
from detectory.judge.threshold import Threshold, require_finite
from detectory.judge.verdict import Comparisons, Metrics, dicts
from detectory.metrics import (
    NAN,
    TIMES,
    Array,
    Floats,
    Interval,
    Measure,
    difference,
    intervals,
    precision_at,
)


@dataclass(frozen=True, slots=True)
class Verdict(Comparisons):
    """The judgement of a bundle that alerts."""

    metrics: Metrics
    slices: Sequence[SliceRow]
    families: Sequence[FamilyRow]
    populations: Sequence[PopulationRow]
    confusion: Confusion
    curves: Curves
    counts: Mapping[str, int]

    def to_dict(self) -> dict[str, Any]:
        """The verdict as JSON: what is undefined is null."""
        return {
            "metrics": dicts(self.metrics),
            "slices": [row.to_dict() for row in self.slices],
            "families": [row.to_dict() for row in self.families],
            "populations": [row.to_dict() for row in self.populations],
            "confusion": self.confusion.to_dict(),
            "curves": self.curves.to_dict(),
            "counts": dict(self.counts),
            **self.comparisons(),
        }


def evaluate(
    scored: Scored, *, threshold: Threshold, classes: Sequence[str], seed: int, times: int = TIMES
) -> Verdict:
    """Judge the rows. ``classes`` are the labels that the bundle can give, "benign" first.

    Baselines, ablations, what was left out and behaviour are the caller's: ``dataclasses.replace`` adds them.
    """
    confusion = Confusion.of(scored.label, scored.predicted, classes=classes)
    return Verdict(
        metrics=_metrics(scored, threshold=threshold, seed=seed, times=times),
        slices=slices.table(scored.slices, alert=scored.alert, target=scored.target),
        families=slices.families(confusion, label=scored.label, alert=scored.alert, seen=scored.seen),
        populations=slices.populations(scored.population, alert=scored.alert, target=scored.target),
        confusion=confusion,
        curves=_curves(scored, seed=seed),
        counts=_counts(scored),
    )


def core_metrics(score: Array, scored: Scored, *, seed: int, times: int = TIMES) -> dict[str, Interval]:
    """How well any score ranks the same rows: for baselines, ablations and other models.

    ``score`` float[N] needs no calibration and no threshold: ROC AUC, average precision, and recall at
    fixed false positive rates on all, seen and unseen families.
    """
    require_finite(score)
    return _resampled(measures.ranking(score, scored), scored, times=times, seed=seed)


def lift(one: Array, other: Array, scored: Scored, *, seed: int, times: int = TIMES) -> dict[str, Interval]:
    """``core_metrics`` of one score minus those of another, paired on the same resamples."""
    mine, theirs = measures.ranking(one, scored), measures.ranking(other, scored)
    return difference(mine, theirs, scored.group, times=times, seed=seed, strata=scored.label)


def _metrics(scored: Scored, *, threshold: Threshold, seed: int, times: int) -> dict[str, Interval]:
    parts = (
        measures.decisions(scored, prevalence=threshold.prevalence),
        measures.ranking(scored.log_odds, scored),
        measures.calibration(scored),
        measures.families(scored),
    )

    def measure(weight: Floats) -> dict[str, float]:
        return {name: value for part in parts for name, value in part(weight).items()}

    found = _resampled(measure, scored, times=times, seed=seed)
    precision = _at_prevalence(found, threshold.prevalence)
    alerts = _alerts_a_day(found["recall_at_budget"], threshold)
    return found | {"precision_at_prevalence": precision, "alerts_a_day": alerts}


def _at_prevalence(found: Mapping[str, Interval], prevalence: float) -> Interval:
    """The precision in life; where no resample alerts falsely, what the ends of recall and FPR allow."""
    told = found["precision_at_prevalence"]
    if np.isnan(told.value) or told.low < told.high:
        return told
    recall, fpr = found["recall_at_budget"], found["fpr_at_budget"]
    low = precision_at(prevalence, recall=recall.low, fpr=fpr.high)
    return Interval(told.value, low, precision_at(prevalence, recall=recall.high, fpr=fpr.low))


def _resampled(measure: Measure, scored: Scored, *, times: int, seed: int) -> dict[str, Interval]:
    found = intervals(measure, scored.group, times=times, seed=seed, strata=scored.label)
    return widened(found, target=scored.target, seen=scored.seen, alert=scored.alert, group=scored.group)


def _alerts_a_day(recall: Interval, threshold: Threshold) -> Interval:
    # without a malicious row the recall is unknown; only false alerts can then be foretold
    if np.isnan(recall.value):
        return Interval(NAN, NAN, NAN)
    return Interval(*(threshold.expected_alerts_a_day(recall=part) for part in recall))


def _curves(scored: Scored, *, seed: int) -> Curves:
    return curves.draw(
        scored.log_odds,
        target=scored.target,
        seen=scored.seen,
        group=scored.group,
        strata=scored.label,
        seed=seed,
    )


def _counts(scored: Scored) -> dict[str, int]:
    kinds = {
        "benign": ~scored.target,
        "malicious": scored.target,
        "seen": scored.target & scored.seen,
        "unseen": scored.target & ~scored.seen,
        "alerts": scored.alert,
        "false_alerts": scored.alert & ~scored.target,
    }
    whole = {"rows": len(scored.target), "groups": len(set(scored.group.tolist()))}
    return whole | {name: int(kind.sum()) for name, kind in kinds.items()}
