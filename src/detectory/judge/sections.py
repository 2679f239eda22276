"""What a report says, in its order: from facts to sections.

In: `ReportFacts`. Out: sections that HTML and Markdown render alike. Nothing is computed here but
shares of what was counted; every sentence follows from a number of the verdict.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from detectory.judge import plots
from detectory.judge.cells import (
    Cell,
    Figure,
    Section,
    Table,
    Tone,
    barred,
    count,
    measured,
    number,
    span,
    text,
)
from detectory.judge.confusion import Confusion
from detectory.judge.curves import Curves, Point
from detectory.judge.evaluate import CheckResult, LeftOut, Metrics, Verdict
from detectory.judge.gates import GateResult
from detectory.judge.slices import FamilyRow, SliceRow
from detectory.judge.threshold import Threshold
from detectory.metrics import Interval

#: a page shows the worst slices; the JSON beside it has all
SHOWN_SLICES = 20

#: how a metric is called on the page; one that is not listed shows its key
TITLES = {
    "accuracy": "Accuracy",
    "label_accuracy": "Label accuracy, end to end",
    "precision_at_budget": "Precision",
    "precision_at_prevalence": "Precision at the declared prevalence",
    "recall_at_budget": "Recall",
    "recall_seen_at_budget": "Recall, seen families",
    "recall_unseen_at_budget": "Recall, unseen families",
    "f1_at_budget": "F1",
    "fpr_at_budget": "False positive rate",
    "roc_auc": "ROC AUC",
    "average_precision": "Average precision",
    "recall_at_fpr_1e-2": "Recall at FPR 1 %",
    "recall_at_fpr_1e-3": "Recall at FPR 0.1 %",
    "recall_at_fpr_1e-4": "Recall at FPR 0.01 %",
    "recall_seen_at_fpr_1e-2": "Recall at FPR 1 %, seen",
    "recall_seen_at_fpr_1e-3": "Recall at FPR 0.1 %, seen",
    "recall_seen_at_fpr_1e-4": "Recall at FPR 0.01 %, seen",
    "recall_unseen_at_fpr_1e-2": "Recall at FPR 1 %, unseen",
    "recall_unseen_at_fpr_1e-3": "Recall at FPR 0.1 %, unseen",
    "recall_unseen_at_fpr_1e-4": "Recall at FPR 0.01 %, unseen",
    "brier": "Brier score",
    "ece": "Calibration error (ECE)",
    "log_loss": "Log loss",
    "macro_f1": "Macro-F1 of the family head",
    "family_accuracy": "Accuracy of the family head",
    "alerts_a_day": "Alerts a day, expected",
}
COMPARED = (
    "roc_auc",
    "average_precision",
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
    "accuracy",
    "alerts_a_day",
)
LEFT_OUT = ("roc_auc", "average_precision", "recall_at_fpr_1e-2", "recall_at_fpr_1e-3")
LABELS = ("macro_f1", "family_accuracy", "label_accuracy")
LESS_IS_BETTER = frozenset({"fpr_at_budget", "brier", "ece", "log_loss", "alerts_a_day"})
CALIBRATION = ("ece", "brier", "log_loss")
OPERATING_POINTS = {"at the budget": "at_budget", "at FPR 1 %": "at_fpr_1e-2", "at FPR 0.1 %": "at_fpr_1e-3",
                    "at FPR 0.01 %": "at_fpr_1e-4"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class DataCounts:
    """What became of the rows that were read: good + duplicates + rejected = read."""

    read: int
    good: int
    duplicates: int
    rejected: Mapping[str, int] = field(default_factory=dict)

    @property
    def balanced(self) -> bool:
        """Whether every row that was read is accounted for."""
        return self.read == self.good + self.duplicates + sum(self.rejected.values())


@dataclass(frozen=True, slots=True)
class CandidateRow:
    """One candidate that was tried for a head: its ``quality`` is ``metric`` on validation rows.

    ``row_us`` is left out where the same facts must give the same bytes: no clock repeats itself.
    """

    name: str
    head: str
    metric: str
    quality: float
    size_bytes: int
    chosen: bool
    row_us: float | None = None


@dataclass(frozen=True, slots=True)
class ReportFacts:
    """Everything that a report shows. It holds no clock: the same facts give the same bytes."""

    detector: str
    title: str
    question: str
    verdict: Verdict
    gates: Sequence[GateResult]
    threshold: Threshold
    data: DataCounts
    candidates: Sequence[CandidateRow] = ()
    origins: Mapping[str, int] = field(default_factory=dict)
    lineage: Mapping[str, str] = field(default_factory=dict)
    environment: Mapping[str, str] = field(default_factory=dict)
    notes: Sequence[str] = ()
    version: str = ""


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
        _left_out(verdict.left_out),
        _behaviour(verdict),
        _data(facts.data, counts=verdict.counts),
        _candidates(facts.candidates),
        _lineage(facts),
    ]
    return [section for section in found if any(not _empty(block) for block in section.blocks)]


def shown(metric: str, value: Interval | None, *, mark: float | None = None, tone: Tone = "") -> Cell:
    """A metric's cell; a bar only where more is better, or a long bar would look like good news."""
    return measured(value, tone=tone) if metric in LESS_IS_BETTER else barred(value, mark=mark, tone=tone)


def title_of(metric: str) -> str:
    """How a metric is called on the page."""
    return TITLES.get(metric, metric)


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
    at_budget = _metric_table("At the threshold that ships", AT_BUDGET, verdict.metrics)
    lead = "All numbers are of test rows that no training saw, scored by the bytes that ship. "
    lead += "Intervals are 95 %, from resampling whole groups (seeds, registrable domains) in each family."
    answers = _metric_table("Labels and probabilities", (*LABELS, *CALIBRATION), verdict.metrics)
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
    lead = (
        f"{counts['seen']:,} malicious test rows are of families that training knew, {counts['unseen']:,} of "
    )
    lead += "families that it never saw. What is new tomorrow looks like the second kind."
    table = Table(("recall", "seen families", "unseen families"), rows if counts["malicious"] else ())
    return Section(
        "novelty",
        "Seen and unseen families",
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
        f"{share:.1%} of the test rows are malicious; where fewer are, precision is lower.",
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
    share = f"{threshold.prevalence:.2%} of events are malicious"
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
    lead = (
        "Whether a probability of 0.8 comes true 8 times in 10, at the share of malicious rows in the test."
    )
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
        Table(("probability", "rows", "mean probability", "share malicious"), rows),
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
        Table(("log-odds", "benign", "seen families", "unseen families"), rows),
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
        ("slice", "rows", "malicious", "recall", "false positive rate", "precision"), cells, note=note
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


def _left_out(found: Mapping[str, LeftOut]) -> Section:
    """How a model ranks rows of a kind that it never learned from, beside the version that did."""
    rows = [
        [text(name), text(whose), count(one.rows), *(measured(metrics.get(metric)) for metric in LEFT_OUT)]
        for name, one in found.items()
        for whose, metrics in (("never learned from them", one.without), ("this version", one.version))
    ]
    head = ("left out", "model", "test rows", *map(title_of, LEFT_OUT))
    lead = "The chosen kind of model, fitted once more without the rows named, on test rows of that kind. "
    lead += "Where these are of one class only, all test rows of the other class stand beside them."
    return Section("left-out", "Without what it never saw", lead, (Table(head, rows),))


def _behaviour(verdict: Verdict) -> Section:
    rows = [
        [
            _outcome(check),
            text(check.name, remark=check.kind),
            measured(check.held),
            text(check.note),
        ]
        for check in sorted(verdict.behaviour, key=lambda check: (check.passed, check.name))
    ]
    lead = "What must not change the answer, what must push it one way, and what an attacker would try. "
    lead += "An evasion is measured, not required: its share is of rows that still alert."
    return Section("behaviour", "Behaviour", lead, (Table(("result", "check", "share held", "note"), rows),))


def _outcome(check: CheckResult) -> Cell:
    """Whether a check held; an evasion can neither hold nor fail, for nobody holds against all."""
    if check.kind == "evasion":
        return text("measured", tone="quiet")
    return text("✓ held", tone="good") if check.passed else text("✗ failed", tone="bad")


def _data(data: DataCounts, *, counts: Mapping[str, int]) -> Section:
    rejected = [[text(f"rejected: {reason}"), count(n)] for reason, n in sorted(data.rejected.items())]
    rows = [[text("read"), count(data.read)], [text("good"), count(data.good)]]
    rows += [[text("duplicates"), count(data.duplicates)], *rejected]
    sums = (
        "Good, duplicates and rejected add up to read." if data.balanced else "These do not add up to read!"
    )
    test = [[text(name.replace("_", " ")), count(n)] for name, n in counts.items()]
    return Section(
        "data",
        "Data",
        "What became of every row that was read, and what the test is made of.",
        (
            Table(("rows", "count"), rows, title="Read", note=sums, width="half"),
            Table(("rows", "count"), test, title="Of the test", width="half"),
        ),
    )


def _candidates(rows: Sequence[CandidateRow]) -> Section:
    head = ["candidate", "head", "chosen by", "on validation", "size", "time a row"]
    cells = [_candidate(row) for row in rows]
    if all(row.row_us is None for row in rows):
        head, cells = head[:-1], [row[:-1] for row in cells]
    lead = "Every model that was tried. The choice was made on validation rows, never on the test."
    return Section("candidates", "Candidates", lead, (Table(head, cells),))


def _candidate(row: CandidateRow) -> list[Cell]:
    return [
        text(row.name, tone="good" if row.chosen else "", remark="chosen" if row.chosen else ""),
        text(row.head),
        text(title_of(row.metric)),
        Cell(number(row.quality), numeric=True),
        text(f"{row.size_bytes / 2**20:.2f} MiB"),
        text("–" if row.row_us is None else f"{row.row_us:.1f} µs"),
    ]


def _lineage(facts: ReportFacts) -> Section:
    origins = [[text(origin), count(rows)] for origin, rows in facts.origins.items()]
    blocks = (
        Table(("origin", "rows"), origins, title="Origin of rows", width="half"),
        _pairs("Made from", facts.lineage),
        _pairs("Environment", facts.environment),
    )
    lead = "Where this came from. Generated rows are made by published algorithms, synthetic ones for tests."
    return Section("lineage", "Lineage and environment", lead, blocks)


def _metric_table(title: str, names: Iterable[str], metrics: Metrics) -> Table:
    rows = [[text(title_of(name)), shown(name, metrics[name])] for name in names if name in metrics]
    return Table(("metric", "value"), rows, title=title, width="half")


def _pairs(title: str, facts: Mapping[str, Any]) -> Table:
    rows = [[text(key), text(value)] for key, value in facts.items()]
    return Table(("fact", "value"), rows, title=title, width="half")


def _points_table(x: str, lines: Mapping[str, Sequence[Point]]) -> Table:
    places = list(dict.fromkeys(point.x for points in lines.values() for point in points))
    found = {name: {point.x: point.y for point in points} for name, points in lines.items() if points}
    rows = [
        [text(f"{place:.3g}"), *(measured(line.get(place)) for line in found.values())] for place in places
    ]
    return Table((x, *found), rows)


def _empty(block: Table | Figure) -> bool:
    return isinstance(block, Table) and not block.rows
