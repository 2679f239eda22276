"""What curves say in a report: recall of seen and unseen kinds, calibration, and where scores lie.

In: a verdict. Out: sections whose figures stand beside the table of their points.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from detectory.judge import plots
from detectory.judge.cells import Figure, Section, Table, barred, count, measured, number, text
from detectory.judge.curves import Curves, Point
from detectory.judge.evaluate import Verdict
from detectory.judge.slices import FamilyRow

OPERATING_POINTS = {"at the budget": "at_budget", "at FPR 1 %": "at_fpr_1e-2", "at FPR 0.1 %": "at_fpr_1e-3",
                    "at FPR 0.01 %": "at_fpr_1e-4"}  # fmt: skip


def novelty_section(verdict: Verdict, *, alpha: float) -> Section:
    """How much of the kinds that training knew is found, and of those that it never saw."""
    rows = [
        [text(words), *(barred(verdict.metrics.get(f"recall_{kind}_{place}")) for kind in ("seen", "unseen"))]
        for words, place in OPERATING_POINTS.items()
    ]
    curves, counts = verdict.curves, verdict.counts
    lead = f"{counts['seen']:,} positive test rows are of kinds that training knew, {counts['unseen']:,} of "
    lead += "kinds that it never saw. What is new tomorrow looks like the latter."
    lead += _reach(verdict.families)
    table = Table(("recall", "seen kinds", "unseen kinds"), rows if counts["malicious"] else ())
    return Section(
        "novelty",
        "Seen and unseen kinds",
        lead,
        (table, *_roc_figure(curves, alpha=alpha), *_precision_recall_figure(curves, counts)),
    )


def _reach(families: Sequence[FamilyRow]) -> str:
    """How far unseen kinds differ: intervals, resampled kind by kind, do not hold that."""
    recalls = [row.detected.value for row in families if not row.seen]
    if not recalls:
        return ""
    ends = f"from {number(min(recalls))} to {number(max(recalls))}"
    return (
        f" Intervals are those of more rows of the same unseen kinds, {len(recalls)} in all, whose recalls "
        f"at the budget go {ends}: another kind may lie anywhere."
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


def probabilities_section(verdict: Verdict, *, threshold: float) -> Section:
    """Whether probabilities come true, and on which side of the threshold scores lie."""
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


def _points_table(x: str, lines: Mapping[str, Sequence[Point]]) -> Table:
    places = list(dict.fromkeys(point.x for points in lines.values() for point in points))
    found = {name: {point.x: point.y for point in points} for name, points in lines.items() if points}
    rows = [
        [text(f"{place:.3g}"), *(measured(line.get(place)) for line in found.values())] for place in places
    ]
    return Table((x, *found), rows)
