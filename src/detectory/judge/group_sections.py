"""What a report says of the rows by group: by label, slice, population and family.

In: the rows of a verdict, a group each. Out: sections; where an order is told, the worst comes first.
"""

from __future__ import annotations

from collections.abc import Sequence

from detectory.judge import plots
from detectory.judge.cells import Cell, Figure, Section, Table, barred, count, measured, number, text
from detectory.judge.confusion import Confusion
from detectory.judge.evaluate import Verdict
from detectory.judge.slices import FamilyRow, SliceRow
from detectory.metrics import Interval

#: a page shows the worst slices; the JSON beside it has all
SHOWN_SLICES = 20


def labels_section(verdict: Verdict) -> Section:
    """Which label each truth is given, and the commonest errors."""
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


def slices_section(rows: Sequence[SliceRow]) -> Section:
    """The worst slices at the threshold."""
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


def populations_section(verdict: Verdict, *, alpha: float) -> Section:
    """False alerts on each benign population, against the budget."""
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


def families_section(rows: Sequence[FamilyRow]) -> Section:
    """How many rows of each family alert, and are called by their name."""
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
