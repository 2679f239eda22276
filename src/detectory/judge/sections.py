"""The sections of a report on a detector that alerts, in their order.

In: facts, verdict and threshold. Out: sections that HTML and Markdown render alike. Nothing is
computed here but shares of what was counted; every sentence follows from a number of the verdict.
"""

from __future__ import annotations

from collections.abc import Iterator

from detectory.judge.cells import Cell, Section, Table, barred, measured, number, span, text
from detectory.judge.compression import compression_section
from detectory.judge.curve_sections import novelty_section, probabilities_section
from detectory.judge.evaluate import Verdict
from detectory.judge.group_sections import (
    families_section,
    labels_section,
    populations_section,
    slices_section,
)
from detectory.judge.reported import (
    Facts,
    behaviour_section,
    data_section,
    left_out_section,
    lineage_section,
    metric_table,
    telling,
)
from detectory.judge.searched import searches_section
from detectory.judge.threshold import Threshold
from detectory.judge.titles import title_of
from detectory.judge.verdict import Metrics

COMPARED = (
    "roc_auc",
    "average_precision",
    "recall_at_fpr_1e-1",
    "recall_at_fpr_1e-2",
    "recall_at_fpr_1e-3",
    "recall_at_fpr_1e-4",
    "recall_seen_at_fpr_1e-3",
    "recall_unseen_at_fpr_1e-3",
)
AT_BUDGET = (
    "recall_at_budget",
    "recall_seen_at_budget",
    "recall_unseen_at_budget",
    "fpr_at_budget",
    "precision_at_budget",
    "precision_at_prevalence",
    "f1_at_budget",
    "recall_negative_at_budget",
    "macro_f1_at_budget",
    "macro_f1_of_majority",
    "accuracy",
    "alerts_a_day",
)
LEFT_OUT = ("roc_auc", "average_precision", "recall_at_fpr_1e-2", "recall_at_fpr_1e-3")
LABELS = ("macro_f1", "family_accuracy", "label_accuracy")
CALIBRATION = ("ece", "brier", "log_loss")


def sections(facts: Facts, verdict: Verdict, threshold: Threshold) -> list[Section]:
    """Every section of a report that has something to say, in reading order."""
    found = [
        _key_metrics(verdict),
        novelty_section(verdict, alpha=threshold.alpha),
        _certificate(threshold, verdict.metrics, detector=facts.detector),
        labels_section(verdict),
        probabilities_section(verdict, threshold=threshold.log_odds),
        slices_section(verdict.slices),
        populations_section(verdict, alpha=threshold.alpha),
        families_section(verdict.families),
        left_out_section(verdict.left_out, LEFT_OUT),
        behaviour_section(verdict.behaviour),
        data_section(facts.data, counts=verdict.counts),
        compression_section(facts.candidates),
        searches_section(facts.searches),
        lineage_section(facts),
    ]
    return telling(found)


def _key_metrics(verdict: Verdict) -> Section:
    others = {"this version": verdict.metrics, **verdict.baselines, **verdict.ablations}
    rows = [
        [text(title_of(name)), *(_compared(name, column, metrics) for column, metrics in others.items())]
        for name in COMPARED
    ]
    beside = Table(
        ("metric", *others),
        rows,
        title="Beside the baselines, without any threshold",
        note="Baselines and ablations answer the same test rows. FPR is the false positive rate.",
    )
    at_budget = metric_table("At the threshold that ships", AT_BUDGET, verdict.metrics)
    lead = "All numbers are of test rows that no training saw, scored by the bytes that ship. "
    lead += (
        "Intervals are 95 %, from resampling, label by label, whole groups: what the split keeps together."
    )
    answers = metric_table("Labels and probabilities", (*LABELS, *CALIBRATION), verdict.metrics)
    return Section("metrics", "Key metrics", lead, (at_budget, answers, beside))


def _compared(metric: str, column: str, metrics: Metrics) -> Cell:
    cell = barred if column == "this version" else measured
    return cell(metrics.get(metric))


def _certificate(threshold: Threshold, metrics: Metrics, *, detector: str) -> Section:
    rows = [[text(name), text(words)] for name, words in _certificate_words(threshold, metrics, detector)]
    lead = "Where alerts begin, and what can be promised about false ones."
    return Section("threshold", "Threshold and certificate", lead, (Table(("fact", "in words"), rows),))


def _certificate_words(threshold: Threshold, metrics: Metrics, detector: str) -> Iterator[tuple[str, str]]:
    begin, chance = f"{threshold.log_odds:.6g}", number(threshold.chance)
    yield "Alert when", f"log-odds are strictly greater than {begin} (probability {chance})"
    bearable, events = threshold.false_alerts_a_day, threshold.benign_events_a_day
    rate = f"a false positive rate of at most {threshold.alpha:g}"
    yield "You allow", f"{bearable:g} false alerts a day at {events:,.0f} benign events: {rate}"
    promise = f"with 95 % confidence the true rate is at most {threshold.certified_alpha:.3g}"
    rank = (
        f"the threshold is number {threshold.k:,} from the top of {threshold.n:,} benign calibration scores"
    )
    yield "Certified", f"{promise}: {rank}, which nothing else has read"
    fpr = metrics["fpr_at_budget"]
    yield "Measured on the test", f"{number(fpr.value)} ({span(fpr) or 'no interval'})"
    false, every = number(threshold.expected_false_alerts_a_day), number(metrics["alerts_a_day"].value)
    share = f"{threshold.prevalence:.2%} of events are positive"
    yield "Expect", f"{false} false alerts a day, and {every} alerts in all if {share}"
    command = f"detectory threshold {detector} --from FILE"
    yield "Holds for", f"the benign population it was measured on; certify it on your own: {command}"
