"""What a report says, in its order: from facts to sections.

In: the facts of a detector that alerts. Out: sections that HTML and Markdown render alike. Nothing is
computed here but shares of what was counted; every sentence follows from a number of the verdict.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from detectory.judge import plots
from detectory.judge.cells import Cell, Figure, Section, Table, barred, count, measured, number, span, text
from detectory.judge.confusion import Confusion
from detectory.judge.curves import Curves, Point
from detectory.judge.evaluate import Verdict
from detectory.judge.reported import (
    behaviour_section,
    candidates_section,
    data_section,
    left_out_section,
    lineage_section,
    metric_table,
    telling,
)
from detectory.judge.slices import FamilyRow, SliceRow
from detectory.judge.threshold import Threshold
from detectory.judge.titles import title_of
from detectory.judge.verdict import Metrics
from detectory.metrics import Interval

if TYPE_CHECKING:
    from detectory.judge.alert_report import ReportFacts

#: a page shows the worst slices; the JSON beside it has all
SHOWN_SLICES = 20

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
OPERATING_POINTS = {"at the budget": "at_budget", "at FPR 1 %": "at_fpr_1e-2", "at FPR 0.1 %": "at_fpr_1e-3",
                    "at FPR 0.01 %": "at_fpr_1e-4"}  # fmt: skip


def sections(facts: ReportFacts) -> list[Section]:
    """Every section of a report that has something to say, in reading order."""
    verdict = facts.verdict
    found = [
        _key_metrics(verdict),
        _novelty(verdict, alpha=facts.threshold.alpha),
        _certificate(facts.threshold, verdict.metrics, detector=facts.detector),
        _labels(verdict),
        _probabilities(verdict, threshold=facts.threshold.log_odds),
        _slices(verdict.slices),
        _populations(verdict, alpha=facts.threshold.alpha),
        _families(verdict.families),
        left_out_section(verdict.left_out, LEFT_OUT),
        behaviour_section(verdict.behaviour),
        data_section(facts.data, counts=verdict.counts),
        candidates_section(facts.candidates),
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


def _novelty(verdict: Verdict, *, alpha: float) -> Section:
    rows = [
        [text(words), *(barred(verdict.metrics.get(f"recall_{kind}_{place}")) for kind in ("seen", "unseen"))]
        for words, place in OPERATING_POINTS.items()
    ]
    curves, counts = verdict.curves, verdict.counts
    lead = f"{counts['seen']:,} positive test rows are of kinds that training knew, {counts['unseen']:,} of "
    lead += "kinds that it never saw. What is new tomorrow looks like the latter."
    table = Table(("recall", "seen kinds", "unseen kinds"), rows if counts["malicious"] else ())
    return Section(
        "novelty",
        "Seen and unseen kinds",
        lead,
        (table, *_roc_figure(curves, alpha=alpha), *_precision_recall_figure(curves, counts)),
    )


def _roc_figure(curves: Curves, *, alpha: float) -> Iterator[Figure]:
    if not curves.roc:
        return
    lines = {"all": curves.roc, "seen": curves.roc_seen, "unseen": curves.roc_unseen}
    yield Figure(
        "Recall over false positive rate",
        plots.roc(curves, alpha=alpha),
        f"The dashed line is the budget, a false positive rate of {alpha:g}.",
        _points_table("false positive rate", lines),
    )


def _precision_recall_figure(curves: Curves, counts: Mapping[str, int]) -> Iterator[Figure]:
    if not curves.precision_recall:
        return
    share = counts["malicious"] / counts["rows"]
    yield Figure(
        "Precision over recall",
        plots.precision_recall(curves),
        f"{share:.1%} of the test rows are positive; where fewer are, precision is lower.",
        _points_table("recall", {"precision": curves.precision_recall}),
    )


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


def _labels(verdict: Verdict) -> Section:
    pairs = verdict.confusion
    blocks = (_confusion_figure(pairs), _commonest_errors(pairs)) if pairs.counts.any() else ()
    lead = "The family head names what alerts. Macro-F1 counts each known family the same, alerting or not."
    return Section("labels", "Labels and confusions", lead, blocks)


def _confusion_figure(pairs: Confusion) -> Figure:
    kept = [(name, row) for name, row in zip(pairs.truth, pairs.counts.tolist(), strict=True) if any(row)]
    caption = (
        f"Shares of each row; below {plots.FAINTEST:.1%} is blank. A perfect bundle fills one square a row."
    )
    return Figure(
        "Which label each truth is given",
        plots.confusion(pairs),
        caption,
        Table(("truth", *pairs.given), [[text(name), *map(count, row)] for name, row in kept]),
        width="half" if len(pairs.given) <= plots.ROOMY else "full",
    )


def _commonest_errors(pairs: Confusion) -> Table:
    rows = [
        [text(truth), text(given), count(n), text(f"{n / pairs.rows(truth):.1%}")]
        for truth, given, n in pairs.commonest_errors()
    ]
    head = ("truth", "label given", "rows", "of the truth")
    return Table(head, rows, title="Most common errors", width="half")


def _probabilities(verdict: Verdict, *, threshold: float) -> Section:
    curves = verdict.curves
    blocks = (
        [_reliability_figure(curves), _scores_figure(curves, threshold=threshold)] if curves.scores else []
    )
    lead = "Whether a probability of 0.8 comes true 8 times in 10, at the share of positive rows in the test."
    return Section("calibration", "Calibration and scores", lead, blocks)


def _reliability_figure(curves: Curves) -> Figure:
    rows = [
        [
            text(f"{found.low:.2f} – {found.high:.2f}"),
            count(found.rows),
            text(number(found.chance)),
            measured(found.share),
        ]
        for found in curves.reliability
    ]
    return Figure(
        "Reliability",
        plots.reliability(curves),
        "On the grey diagonal, probabilities come true. Below it they promise too much.",
        Table(("probability", "rows", "mean probability", "share positive"), rows),
    )


def _scores_figure(curves: Curves, *, threshold: float) -> Figure:
    rows = [
        [text(f"{found.low:.2f} – {found.high:.2f}"), *map(count, (found.benign, found.seen, found.unseen))]
        for found in curves.scores
    ]
    return Figure(
        "Scores and threshold",
        plots.scores(curves, threshold=threshold),
        "What lies to the right of the dashed line alerts.",
        Table(("log-odds", "benign", "seen kinds", "unseen kinds"), rows),
    )


def _slices(rows: Sequence[SliceRow]) -> Section:
    cells = [
        [
            text(f"{row.slice}: {row.value}"),
            count(row.rows),
            count(row.malicious),
            barred(row.recall),
            measured(row.fpr),
            measured(row.precision),
        ]
        for row in rows[:SHOWN_SLICES]
    ]
    hidden = max(0, len(rows) - SHOWN_SLICES)
    note = f"The {hidden} better slices are in report.json." if hidden else ""
    table = Table(
        ("slice", "rows", "positive", "recall", "false positive rate", "precision"), cells, note=note
    )
    lead = "At the threshold, with Wilson intervals. Values with fewer than 20 rows are counted together."
    return Section("slices", "Slices, worst first", lead, (table,))


def _populations(verdict: Verdict, *, alpha: float) -> Section:
    rows = [
        [
            text(row.population),
            count(row.rows),
            count(row.alerts),
            measured(row.fpr, tone="bad" if row.fpr.low > alpha else ""),
            _against(row.fpr, alpha),
        ]
        for row in verdict.populations
    ]
    head = (
        "benign population",
        "rows",
        "false alerts",
        "false positive rate",
        f"against the budget, {alpha:g}",
    )
    lead = (
        "False alerts on each benign population apart: a threshold certified on one may not hold on another."
    )
    return Section("populations", "Benign populations", lead, (Table(head, rows),))


def _against(fpr: Interval, alpha: float) -> Cell:
    """Whether the whole interval lies on one side of the budget."""
    if fpr.low > alpha:
        return text("✗ over it", tone="bad")
    return text("✓ within it", tone="good") if fpr.high <= alpha else text("not certain", tone="quiet")


def _families(rows: Sequence[FamilyRow]) -> Section:
    cells = [
        [
            text(row.family, remark="" if row.seen else "unseen"),
            count(row.rows),
            barred(row.detected),
            measured(row.recall),
            measured(row.precision),
            text(number(row.f1)),
            text(row.mistaken_for or "–"),
        ]
        for row in rows
    ]
    head = ("family", "rows", "detected", "named, recall", "named, precision", "F1", "mostly mistaken for")
    lead = "Least detected first. Detected: it alerts. Named: it alerts and is given its own family's name."
    return Section("families", "Families", lead, (Table(head, cells),))


def _points_table(x: str, lines: Mapping[str, Sequence[Point]]) -> Table:
    places = list(dict.fromkeys(point.x for points in lines.values() for point in points))
    found = {name: {point.x: point.y for point in points} for name, points in lines.items() if points}
    rows = [
        [text(f"{place:.3g}"), *(measured(line.get(place)) for line in found.values())] for place in places
    ]
    return Table((x, *found), rows)
