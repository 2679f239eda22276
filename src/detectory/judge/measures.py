"""What is measured of scored rows: decisions, ranking, calibration and the names of families.

In: `Scored` rows. Out: measures, functions from row weights float64[N] to numbers by name, so that every
resample costs a few sums. What cannot be measured on these rows is NaN.
"""

from __future__ import annotations

import numpy as np

from detectory.judge.confusion import codes
from detectory.judge.scored import Scored
from detectory.metrics import (
    NAN,
    Array,
    Floats,
    Measure,
    Ranking,
    area_under_precision,
    area_under_roc,
    calibration_bin,
    confusion_matrix,
    f1_by_class,
    mean_defined,
    precision_at,
    ratio,
    share_within,
    sigmoid,
)

#: a family with fewer test rows than this does not count in macro-F1
LEAST_ROWS_A_FAMILY = 50
RATES = {"1e-1": 1e-1, "1e-2": 1e-2, "1e-3": 1e-3, "1e-4": 1e-4}


def decisions(scored: Scored, *, prevalence: float) -> Measure:
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


def ranking(score: Array, scored: Scored) -> Measure:
    """How the score orders the rows; seen and unseen families share the benign rows."""
    falling = Ranking.of(score)
    benign = (~scored.target).astype(np.float64)
    seen = (scored.target & scored.seen).astype(np.float64)
    unseen = (scored.target & ~scored.seen).astype(np.float64)
    negatives = float(benign.sum())

    def recall_within(hits: Floats, errors: Floats, rate: float) -> float:
        # below one false alert among the benign rows, a rate cannot be told from none at all
        return share_within(hits, errors, rate) if rate * negatives >= 1 else NAN

    def measure(weight: Floats) -> dict[str, float]:
        errors, known, novel = (falling.reached(weight * kind) for kind in (benign, seen, unseen))
        hits = known + novel
        found = {"roc_auc": area_under_roc(hits, errors)}
        found["average_precision"] = area_under_precision(hits, errors)
        for name, rate in RATES.items():
            found[f"recall_at_fpr_{name}"] = recall_within(hits, errors, rate)
            found[f"recall_seen_at_fpr_{name}"] = recall_within(known, errors, rate)
            found[f"recall_unseen_at_fpr_{name}"] = recall_within(novel, errors, rate)
        return found

    return measure


def calibration(scored: Scored) -> Measure:
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


def families(scored: Scored) -> Measure:
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
