"""The report on a detector that predicts numbers: its headline, its tiles, its sections.

In: the verdict and the intervals. Out: what HTML and Markdown render alike. Nothing is computed here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from detectory.judge.cells import Cell, Figure, Section, Table, barred, count, measured, number, span, text
from detectory.judge.compression import compression_section
from detectory.judge.reported import (
    Facts,
    behaviour_section,
    data_section,
    left_out_section,
    lineage_section,
    metric_table,
    pairs,
    telling,
)
from detectory.judge.searched import searches_section
from detectory.judge.titles import shown, title_of
from detectory.judge.values import plots
from detectory.judge.values.errors import Bin, Errors
from detectory.judge.values.evaluate import ValueVerdict
from detectory.judge.values.intervals import Intervals
from detectory.judge.values.slices import ErrorRow

#: a page shows the worst slices; the JSON beside it has all
SHOWN_SLICES = 20
ERRORS = ("mae", "mae_seen", "mae_unseen", "rmse", "median_ae", "p90_ae", "bias", "smape", "r2")
INTERVALS = ("coverage", "width", "interval_score")
COMPARED = ("mae", "mae_lift", "rmse", "median_ae", "p90_ae", "smape", "r2", "bias")
LEFT_OUT = ("mae", "rmse", "median_ae", "p90_ae", "bias")
METHODS = {
    "quantiles": "two heads predict the quantiles, widened by one margin (conformalised quantile regression)",
    "residuals": "the value, widened by one margin on both sides (split-conformal)",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ValueFacts(Facts):
    """Everything that the report shows: what all show, the verdict, the intervals and the unit."""

    verdict: ValueVerdict
    intervals: Intervals
    unit: str

    def summary(self) -> list[str]:
        """The error beside the best baseline, and whether the intervals hold what they promise."""
        return [_error(self.verdict, self.unit), _coverage(self.verdict, self.intervals)]

    def tiles(self) -> list[tuple[str, Cell]]:
        """The four numbers that say whether people can plan with it."""
        metrics, unit = self.verdict.metrics, self.unit
        covered = f"{self.intervals.coverage:.0%} promised"
        return [
            (f"MAE, {unit}", measured(metrics["mae"])),
            (f"90 % of errors are below, {unit}", measured(metrics["p90_ae"])),
            ("Coverage of the intervals", barred(metrics["coverage"], mark=self.intervals.coverage)),
            (f"Mean width, {unit}", Cell(number(metrics["width"].value), remark=covered, numeric=True)),
        ]

    def sections(self) -> list[Section]:
        """Every section that has something to say, in reading order."""
        verdict = self.verdict
        return telling(
            [
                _key_metrics(verdict, self.unit),
                _where(verdict.errors, self.unit),
                _promise(self.intervals, self.unit),
                _slices(verdict.slices, self.unit),
                left_out_section(verdict.left_out, LEFT_OUT),
                behaviour_section(verdict.behaviour),
                data_section(self.data, counts=verdict.counts),
                compression_section(self.candidates),
                searches_section(self.searches),
                lineage_section(self),
            ]
        )

    def judged(self) -> dict[str, Any]:
        """Unit, intervals and verdict."""
        return {"unit": self.unit, "intervals": self.intervals.to_dict(), "verdict": self.verdict.to_dict()}


def _error(verdict: ValueVerdict, unit: str) -> str:
    mae, lift = verdict.metrics["mae"], verdict.metrics.get("mae_lift")
    words = f"MAE {number(mae.value)} {unit}" + (f" [{span(mae)}]" if span(mae) else "")
    if lift is None:
        return words
    side = "below" if lift.value >= 0 else "above"
    return f"{words}, {abs(lift.value):.0%} {side} the best baseline ({verdict.best_baseline})"


def _coverage(verdict: ValueVerdict, intervals: Intervals) -> str:
    measured_share = verdict.metrics["coverage"].value
    return f"intervals hold {measured_share:.1%} of the truths, {intervals.coverage:.0%} promised"


def _key_metrics(verdict: ValueVerdict, unit: str) -> Section:
    lead = "All numbers are of test rows that no training saw, answered by the bytes that ship. "
    lead += f"Errors and widths are in {unit}. "
    lead += "Intervals are 95 %, from resampling whole groups in each population."
    return Section(
        "metrics",
        "Key metrics",
        lead,
        (
            metric_table("Of the value", ERRORS, verdict.metrics),
            metric_table("Of the intervals", INTERVALS, verdict.metrics),
            _beside(verdict),
        ),
    )


def _beside(verdict: ValueVerdict) -> Table:
    """This version, every baseline and every ablation, a row each."""
    others = {"this version": verdict.metrics, **verdict.baselines, **verdict.ablations}
    rows = [
        [text(name), *(_compared(metric, name, metrics.get(metric)) for metric in COMPARED)]
        for name, metrics in others.items()
    ]
    note = "The share says how much smaller this version's MAE is on the same resamples; "
    note += "its interval leaves out 0 where the two differ."
    titles = {"mae": "MAE", "mae_lift": "this version is better by", "rmse": "RMSE", "smape": "SMAPE"}
    head = ("model", *(titles.get(name, title_of(name)) for name in COMPARED))
    return Table(head, rows, title="Beside the baselines", note=note)


def _compared(metric: str, name: str, value: Any) -> Cell:
    if metric == "mae_lift" and name == "this version":
        return text("–", tone="quiet")
    return measured(value)


def _where(errors: Errors, unit: str) -> Section:
    lead = "A model that is right on the whole may be wrong where it matters: at large values, say."
    figures = (_truth_figure(errors, unit), _residual_figure(errors, unit)) if errors.by_value else ()
    return Section("errors", "Where the errors are", lead, figures)


def _truth_figure(errors: Errors, unit: str) -> Figure:
    head = ("predicted", "interval", "10 % of truths below", "median truth", "90 % below", "rows", "covered")
    return Figure(
        "Truth over prediction",
        plots.by_value(errors, unit=unit),
        "Rows in twelve bins of the prediction: median truth, with the middle 80 % of truths. On the "
        "diagonal, predictions come true; the band is the median interval.",
        Table(head, [_bin(found) for found in errors.by_value]),
    )


def _bin(found: Bin) -> list[Cell]:
    truths = (found.truth_p10, found.truth_median, found.truth_p90)
    return [
        Cell(number(found.value), numeric=True),
        text(f"{number(found.low)} – {number(found.high)}"),
        *(Cell(number(truth), numeric=True) for truth in truths),
        count(found.rows),
        text(f"{found.coverage:.1%}"),
    ]


def _residual_figure(errors: Errors, unit: str) -> Figure:
    bars = [[text(f"{bar.start:.3g} – {bar.end:.3g}"), text(f"{bar.share:.2%}")] for bar in errors.residuals]
    return Figure(
        "Residuals",
        plots.residuals(errors, unit=unit),
        "Prediction less truth: right of 0 the prediction is too high. The last bars hold what lies beyond.",
        Table((f"residual, {unit}", "share of rows"), bars),
    )


def _promise(intervals: Intervals, unit: str) -> Section:
    words = {
        "promised": f"{intervals.coverage:.1%} of truths lie inside, on average over new rows",
        "made of": METHODS[intervals.method],
        "margin": f"{number(intervals.margin)} {unit}: rank {intervals.k:,} of {intervals.n:,} misses",
    }
    lead = "It holds on average, for rows that are like the calibration rows: not for every kind of row, and "
    lead += "not when tomorrow is unlike yesterday. What was measured on the test stands above and by slice."
    return Section("intervals", "What the intervals promise", lead, (pairs("The promise", words),))


def _slices(rows: Sequence[ErrorRow], unit: str) -> Section:
    cells = [
        [
            text(f"{row.slice}: {row.value}"),
            count(row.rows),
            *(shown(name, getattr(row, name)) for name in ("mae", "bias", "coverage", "width")),
        ]
        for row in rows[:SHOWN_SLICES]
    ]
    hidden = max(0, len(rows) - SHOWN_SLICES)
    note = f"The {hidden} better slices are in report.json." if hidden else ""
    head = ("slice", "rows", f"MAE, {unit}", "mean error", "coverage", "mean width")
    lead = "Largest error first. Values with fewer than 20 rows are counted together."
    return Section("slices", "Slices, worst first", lead, (Table(head, cells, note=note),))
