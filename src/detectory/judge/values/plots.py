"""Plots of errors as SVG text, in the manner of ``judge.plots``: inline, themed by the page, repeatable."""

from __future__ import annotations

from dataclasses import asdict

from detectory.judge.plots import LINE, MARK, SEEN, drawn, points
from detectory.judge.values.errors import Errors


def by_value(errors: Errors, *, unit: str) -> str:
    """Truth over prediction, bin by bin, with the diagonal and the band of the intervals."""
    import altair as alt

    rows = [asdict(found) for found in errors.by_value]
    ends = [rows[0]["value"], rows[-1]["value"]]
    x = alt.X("value:Q", title=f"predicted, {unit}", scale=alt.Scale(zero=False))
    y = alt.Y("truth_median:Q", title=f"truth, {unit}", scale=alt.Scale(zero=False))
    base = alt.Chart(points(rows))
    ideal = alt.Chart(points({"value": end, "truth_median": end} for end in ends))
    chart = (
        base.mark_area(color=SEEN, opacity=0.15).encode(x=x, y="low:Q", y2="high:Q")
        + ideal.mark_line(color=LINE, strokeWidth=2).encode(x=x, y=y)
        + base.mark_rule(color=SEEN, opacity=0.5, strokeWidth=2).encode(
            x=x, y="truth_p10:Q", y2="truth_p90:Q"
        )
        + base.mark_line(color=SEEN, point=alt.OverlayMarkDef(color=SEEN, size=40)).encode(x=x, y=y)
    )
    return drawn(chart, name="by-value", alt="Truth over prediction, with the diagonal and the intervals.")


def residuals(errors: Errors, *, unit: str) -> str:
    """How large the errors are, as shares of the rows, with a rule at 0."""
    import altair as alt

    rows = [asdict(found) for found in errors.residuals]
    bars = (
        alt.Chart(points(rows))
        .mark_rect(color=SEEN, opacity=0.6)
        .encode(
            x=alt.X("start:Q", title=f"prediction less truth, {unit}", scale=alt.Scale(zero=False)),
            x2="end:Q",
            y=alt.Y("share:Q", title="share of rows", axis=alt.Axis(format="%", tickCount=4)),
        )
    )
    rule = alt.Chart(points([{"x": 0}])).mark_rule(color=MARK, strokeDash=[4, 3]).encode(x="x:Q")
    return drawn(bars + rule, name="residuals", alt="A histogram of prediction less truth.")
