"""Evaluation: scored test rows in, a verdict out.

In: `Scored`, what the bundle's own bytes answered for the test rows beside what is true of them. Out:
a `Verdict`: flat metrics with intervals, slices, families, confusion, populations, curves, counts.
Nothing is scored, fitted or read here; what cannot be measured on these rows is NaN (null in JSON).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from detectory.judge import curves, slices
from detectory.judge.aligned import Aligned
from detectory.judge.confusion import Confusion, codes
from detectory.judge.curves import Curves
from detectory.judge.ends import widened
from detectory.judge.slices import FamilyRow, PopulationRow, SliceRow
from detectory.judge.threshold import Threshold, require_finite
from detectory.judge.verdict import CheckResult, LeftOut, Metrics, dicts
from detectory.metrics import (
    NAN,
    TIMES,
    Array,
    Floats,
    Interval,
    Measure,
    Ranking,
    area_under_precision,
    area_under_roc,
    calibration_bin,
    confusion_matrix,
    difference,
    f1_by_class,
    intervals,
    mean_defined,
    precision_at,
    ratio,
    share_within,
    sigmoid,
)

BENIGN = "benign"
#: a family with fewer test rows than this does not count in macro-F1
LEAST_ROWS_A_FAMILY = 50
RATES = {"1e-1": 1e-1, "1e-2": 1e-2, "1e-3": 1e-3, "1e-4": 1e-4}


@dataclass(frozen=True, slots=True, eq=False)
class Scored(Aligned):
    """Test rows as the bundle answered them, beside the truth: columns of one length N.

    ``log_odds`` float32[N] and ``alert`` bool[N] come from the score head, ``predicted`` str[N] is the
    label that the bundle gives ("benign" where nothing alerts). ``target`` bool[N], ``label`` str[N]
    and ``seen`` bool[N] (the family was in training) are true of the row. ``population`` names where
    it is from; rows of one ``group`` are resampled together. ``slices`` holds a value a row for each
    declared slice. ``family_log_odds`` float32[N, K] over ``families`` is the family head's answer for
    *every* row, alerting or not.

    Raises `ScoresNotFinite` for NaN or infinite log-odds.
    """

    log_odds: Array
    alert: Array
    predicted: Array
    target: Array
    label: Array
    seen: Array
    population: Array
    group: Array
    family_log_odds: Array | None = None
    families: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        Aligned.__post_init__(self)  # super() loses its class where dataclass makes another one for slots
        require_finite(self.log_odds)


@dataclass(frozen=True, slots=True)
class Verdict:
    """The judgement of a bundle. ``baselines`` and ``ablations`` are metrics by name, for comparison."""

    metrics: Metrics
    slices: Sequence[SliceRow]
    families: Sequence[FamilyRow]
    populations: Sequence[PopulationRow]
    confusion: Confusion
    curves: Curves
    counts: Mapping[str, int]
    baselines: Mapping[str, Metrics] = field(default_factory=dict)
    ablations: Mapping[str, Metrics] = field(default_factory=dict)
    left_out: Mapping[str, LeftOut] = field(default_factory=dict)
    behaviour: Sequence[CheckResult] = ()

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
            "baselines": {name: dicts(metrics) for name, metrics in self.baselines.items()},
            "ablations": {name: dicts(metrics) for name, metrics in self.ablations.items()},
            "left_out": {name: one.to_dict() for name, one in self.left_out.items()},
            "behaviour": [check.to_dict() for check in self.behaviour],
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
    return _resampled(_ranking(score, scored), scored, times=times, seed=seed)


def lift(one: Array, other: Array, scored: Scored, *, seed: int, times: int = TIMES) -> dict[str, Interval]:
    """``core_metrics`` of one score minus those of another, paired on the same resamples."""
    mine, theirs = _ranking(one, scored), _ranking(other, scored)
    return difference(mine, theirs, scored.group, times=times, seed=seed, strata=scored.label)


def _metrics(scored: Scored, *, threshold: Threshold, seed: int, times: int) -> dict[str, Interval]:
    parts = (
        _decisions(scored, prevalence=threshold.prevalence),
        _ranking(scored.log_odds, scored),
        _calibration(scored),
        _families(scored),
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


def _decisions(scored: Scored, *, prevalence: float) -> Measure:
    """What the threshold does: one count of rows by truth, novelty and decision."""
    kind = scored.target.astype(np.int64) * 2 + (scored.target & scored.seen)
    nameable = (~scored.target | scored.seen).astype(np.float64)
    named = nameable * (scored.predicted == scored.label)

    def measure(weight: Floats) -> dict[str, float]:
        benign, _, unseen, seen = confusion_matrix(kind, scored.alert, shape=(4, 2), weight=weight)
        caught, missed = unseen[1] + seen[1], unseen[0] + seen[0]
        recall, fpr = ratio(caught, caught + missed), ratio(benign[1], benign.sum())
        return {
            "accuracy": ratio(caught + benign[0], float(weight.sum())),
            "label_accuracy": ratio(float(weight @ named), float(weight @ nameable)),
            "precision_at_budget": ratio(caught, caught + benign[1]),
            "precision_at_prevalence": precision_at(prevalence, recall=recall, fpr=fpr),
            "recall_at_budget": recall,
            "recall_seen_at_budget": ratio(seen[1], seen.sum()),
            "recall_unseen_at_budget": ratio(unseen[1], unseen.sum()),
            "f1_at_budget": ratio(2 * caught, 2 * caught + missed + benign[1]),
            "fpr_at_budget": fpr,
            "recall_negative_at_budget": 1 - fpr,
            "macro_f1_at_budget": _macro_f1(benign, unseen + seen),
            "macro_f1_of_majority": _macro_f1(*_majority(benign.sum(), unseen.sum() + seen.sum())),
        }

    return measure


def _macro_f1(negative: Floats, positive: Floats) -> float:
    """Mean F1 of both classes, from how many rows of each do not alert and do."""
    return mean_defined(f1_by_class(np.array([negative, positive])))


def _majority(negative: float, positive: float) -> tuple[Floats, Floats]:
    """The same counts where every row is called what most rows are."""
    everywhere = np.array([0.0, 1.0]) if positive > negative else np.array([1.0, 0.0])
    return negative * everywhere, positive * everywhere


def _ranking(score: Array, scored: Scored) -> Measure:
    """How the score orders the rows; seen and unseen families share the benign rows."""
    ranking = Ranking.of(score)
    benign = (~scored.target).astype(np.float64)
    seen = (scored.target & scored.seen).astype(np.float64)
    unseen = (scored.target & ~scored.seen).astype(np.float64)
    negatives = float(benign.sum())

    def recall_within(hits: Floats, errors: Floats, rate: float) -> float:
        # below one false alert among the benign rows, a rate cannot be told from none at all
        return share_within(hits, errors, rate) if rate * negatives >= 1 else NAN

    def measure(weight: Floats) -> dict[str, float]:
        errors, known, novel = (ranking.reached(weight * kind) for kind in (benign, seen, unseen))
        hits = known + novel
        found = {"roc_auc": area_under_roc(hits, errors)}
        found["average_precision"] = area_under_precision(hits, errors)
        for name, rate in RATES.items():
            found[f"recall_at_fpr_{name}"] = recall_within(hits, errors, rate)
            found[f"recall_seen_at_fpr_{name}"] = recall_within(known, errors, rate)
            found[f"recall_unseen_at_fpr_{name}"] = recall_within(novel, errors, rate)
        return found

    return measure


def _calibration(scored: Scored) -> Measure:
    """Whether probabilities come true; everything that does not depend on the weights is done once."""
    chance = sigmoid(scored.log_odds)
    gap, place = chance - scored.target, calibration_bin(chance)
    surprise = np.logaddexp(0.0, np.where(scored.target, -1.0, 1.0) * scored.log_odds)

    def measure(weight: Floats) -> dict[str, float]:
        total = float(weight.sum())
        by_bin = np.bincount(place, weights=weight * gap)
        return {
            "brier": ratio(float(weight @ gap**2), total),
            "ece": ratio(float(np.abs(by_bin).sum()), total),
            "log_loss": ratio(float(weight @ surprise), total),
        }

    return measure


def _families(scored: Scored) -> Measure:
    """The family head on all rows of the families it knows, whether they alert or not."""
    known = np.isin(scored.label, scored.families)
    if scored.family_log_odds is None or not known.any():
        return lambda weight: {"macro_f1": NAN, "family_accuracy": NAN}
    truth = codes(scored.label[known], scored.families)
    given = scored.family_log_odds[known].argmax(axis=1)
    many = len(scored.families)
    counted = np.bincount(truth, minlength=many) >= LEAST_ROWS_A_FAMILY

    def measure(weight: Floats) -> dict[str, float]:
        matrix = confusion_matrix(truth, given, shape=(many, many), weight=weight[known])
        right = ratio(float(np.trace(matrix)), float(matrix.sum()))
        return {"macro_f1": mean_defined(f1_by_class(matrix)[counted]), "family_accuracy": right}

    return measure


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
