"""Plots: the points of a judgement as SVG text, for pages that open from a file.

In: `Curves` and `Confusion`. Out: one inline ``<svg>`` a plot, with a text alternative, no script, no
reference to anything outside, and the same bytes for the same points. Colours are CSS variables of
the page (``--ink``, ``--seen`` …), so that one drawing serves light, dark and paper.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from detectory.judge.confusion import Confusion
from detectory.judge.curves import Curves, Point

if TYPE_CHECKING:
    import altair as alt

#: colours that the renderer passes through untouched, each standing for a variable of the page
INK, MUTED, LINE, BENIGN, SEEN, UNSEEN, MARK = (f"#0{digit}0{digit}0{digit}" for digit in range(1, 8))
VARIABLES = dict(
    zip(
        (INK, MUTED, LINE, BENIGN, SEEN, UNSEEN, MARK),
        ("ink", "muted", "line", "benign", "seen", "unseen", "mark"),
        strict=True,
    )
)
KINDS = {"benign": BENIGN, "seen kinds": SEEN, "unseen kinds": UNSEEN, "all kinds": SEEN}
WIDTH, HEIGHT = 400, 260
#: cells of a confusion matrix with a smaller share are not drawn
FAINTEST = 0.005
#: up to so many labels, a confusion matrix has large cells and takes half a page
ROOMY = 16


def roc(curves: Curves, *, alpha: float) -> str:
    """Recall over false positive rate (logarithmic), with bands; a rule where the budget lies."""
    import altair as alt

    lines = {"seen kinds": curves.roc_seen, "unseen kinds": curves.roc_unseen}
    if not (curves.roc_seen and curves.roc_unseen):
        lines = {"all kinds": curves.roc}
    x = alt.X("x:Q", title="false positive rate", scale=alt.Scale(type="log", nice=False), axis=_decades())
    layers = _banded(lines, x=x, y="recall")
    rule = alt.Chart(points([{"x": alpha}])).mark_rule(color=MARK, strokeDash=[4, 3]).encode(x="x:Q")
    return drawn(
        layers + rule, name="roc", alt="Recall over false positive rate, with the alert budget marked."
    )


def precision_recall(curves: Curves) -> str:
    """Precision over recall with its band."""
    import altair as alt

    x = alt.X("x:Q", title="recall", scale=alt.Scale(domain=[0, 1]))
    chart = _banded({"all kinds": curves.precision_recall}, x=x, y="precision")
    return drawn(chart, name="pr", alt="Precision over recall on the test rows.")


def reliability(curves: Curves) -> str:
    """Observed share over promised probability; on the diagonal, probabilities come true."""
    import altair as alt

    rows = [{"x": found.chance, **found.share.as_dict()} for found in curves.reliability]
    ideal = alt.Chart(points([{"x": 0, "value": 0}, {"x": 1, "value": 1}]))
    x = alt.X("x:Q", title="probability given", scale=alt.Scale(domain=[0, 1]))
    y = alt.Y("value:Q", title="share that is positive", scale=alt.Scale(domain=[0, 1]))
    base = alt.Chart(points(rows))
    chart = (
        ideal.mark_line(color=LINE, strokeWidth=2).encode(x=x, y=y)
        + base.mark_rule(color=SEEN, opacity=0.5, strokeWidth=2).encode(x=x, y="low:Q", y2="high:Q")
        + base.mark_line(color=SEEN, point=alt.OverlayMarkDef(color=SEEN, size=40)).encode(x=x, y=y)
    )
    return drawn(chart, name="reliability", alt="Share that is positive over the probability given.")


def scores(curves: Curves, *, threshold: float) -> str:
    """Where the log-odds of each kind lie, as a share of that kind, and where alerts begin."""
    import altair as alt

    rows = list(_score_shares(curves))
    colour = _colour({row["kind"] for row in rows})
    bars = (
        alt.Chart(points(rows))
        .mark_area(interpolate="step", opacity=0.35, line={"strokeWidth": 1.5})
        .encode(
            x=alt.X("x:Q", title="log-odds", scale=alt.Scale(nice=False)),
            y=alt.Y("share:Q", title="share of its kind", stack=None, axis=alt.Axis(format="%", tickCount=4)),
            color=colour,
        )
    )
    rule = alt.Chart(points([{"x": threshold}])).mark_rule(color=MARK, strokeDash=[4, 3]).encode(x="x:Q")
    text = "Log-odds of benign, seen and unseen rows, with the threshold marked."
    return drawn(bars + rule, name="scores", alt=text)


def confusion(pairs: Confusion) -> str:
    """Given label over true label; a full square means that all rows of that truth got the label."""
    import altair as alt

    kept = [name for name in pairs.truth if pairs.rows(name)]
    cells = list(_shares(pairs))
    side = 22 if len(pairs.given) <= ROOMY else 12
    axis = alt.Axis(labelLimit=110, grid=False, ticks=False, domain=False, labelOverlap=False)
    given = alt.X("given:N", title="label given", sort=None, axis=axis.copy())
    chart = (
        alt.Chart(points(cells))
        .mark_rect(color=SEEN)
        .encode(
            x=given.scale(domain=list(pairs.given), paddingInner=0.08).axis(axis.copy()),
            y=alt.Y("truth:N", title="truth", axis=axis, scale=alt.Scale(domain=kept, paddingInner=0.08)),
            opacity=alt.Opacity("share:Q", legend=None, scale=alt.Scale(domain=[0, 1], range=[0.06, 1])),
        )
        .properties(width=side * len(pairs.given), height=side * len(kept))
    )
    return drawn(chart, name="confusion", alt="Share of each true label that was given each label.")


def _banded(lines: Mapping[str, Sequence[Point]], *, x: alt.X, y: str) -> Any:
    """A line for each kind with the band of its intervals behind it."""
    import altair as alt

    rows = [{"kind": kind, **point.as_dict()} for kind, points in lines.items() for point in points]
    colour = _colour(lines)
    base = alt.Chart(points(rows))
    scale = alt.Scale(domain=[0, 1])
    band = base.mark_area(opacity=0.18).encode(
        x=x, y=alt.Y("low:Q", title=y, scale=scale), y2="high:Q", color=colour
    )
    return band + base.mark_line(strokeWidth=2).encode(
        x=x, y=alt.Y("value:Q", title=y, scale=scale), color=colour
    )


def _score_shares(curves: Curves) -> Iterable[dict[str, Any]]:
    """The histogram as shares of each kind; kinds without a row are left out."""
    kinds = {"benign": "benign", "seen kinds": "seen", "unseen kinds": "unseen"}
    for kind, part in kinds.items():
        total = sum(getattr(found, part) for found in curves.scores)
        for found in curves.scores if total else ():
            middle = (found.low + found.high) / 2
            yield {"kind": kind, "x": middle, "share": getattr(found, part) / total}


def _shares(pairs: Confusion) -> Iterable[dict[str, Any]]:
    """The cells that can be seen: most of a confusion matrix is empty, and each cell costs bytes."""
    for truth, row in zip(pairs.truth, pairs.shares().tolist(), strict=True):
        for given, share in zip(pairs.given, row, strict=True):
            if share >= FAINTEST:
                yield {"truth": truth, "given": given, "share": round(share, 4)}


def _colour(kinds: Iterable[str]) -> alt.Color:
    import altair as alt

    shown = [kind for kind in KINDS if kind in set(kinds)]
    legend = alt.Legend(title=None, orient="top", symbolType="square", symbolOpacity=1)
    scale = alt.Scale(domain=shown, range=[KINDS[kind] for kind in shown])
    return alt.Color("kind:N", scale=scale, legend=legend if len(shown) > 1 else None)


def _decades() -> alt.Axis:
    import altair as alt

    return alt.Axis(values=[10.0**power for power in range(-5, 1)], format="~g")


def points(rows: Iterable[dict[str, Any]]) -> alt.InlineData:
    """Rows to draw, inside the picture."""
    import altair as alt

    return alt.InlineData(values=list(rows))


def drawn(chart: Any, *, name: str, alt: str) -> str:
    """Draw, then make the text fit for a page: named, themed, and with ids of its own."""
    import vl_convert

    # what we write is valid, and to check it takes as long as to draw it
    picture = chart.configure(**_LOOK).to_dict(validate=False)
    if "width" not in picture:
        picture |= {"width": WIDTH, "height": HEIGHT}
    svg = vl_convert.vegalite_to_svg(picture)
    return _themed(_rounded(_with_own_ids(_named(svg, alt=alt), name=name)))


def _named(svg: str, *, alt: str) -> str:
    """Say once what the picture shows; the numbers stand in a table beside it."""
    size = re.search(r'width="([\d.]+)" height="([\d.]+)"', svg)
    width, height = size.groups() if size else (WIDTH, HEIGHT)
    label = html.escape(alt, quote=True)
    head = f'<svg role="img" aria-label="{label}" width="{width}" viewBox="0 0 {width} {height}">'
    return head + svg[svg.index(">") + 1 :]


def _with_own_ids(svg: str, *, name: str) -> str:
    """Number ids anew: the renderer counts them across a process, and plots share one page."""
    found = list(dict.fromkeys(re.findall(r'id="([^"]+)"', svg)))
    for place, old in enumerate(found):
        svg = svg.replace(f'id="{old}"', f'id="{name}-{place}"').replace(
            f"url(#{old})", f"url(#{name}-{place})"
        )
    return svg


def _rounded(svg: str) -> str:
    """A thousandth of a pixel is enough, and leaves no room for the noise of a last digit."""

    def round_tag(tag: re.Match[str]) -> str:
        return re.sub(r"\d+\.\d{4,}", lambda number: f"{float(number[0]):.3f}", tag[0])

    return re.sub(r"<[^>]+>", round_tag, svg)


def _themed(svg: str) -> str:
    """Put the page's variables where the stand-in colours are."""
    for colour, variable in VARIABLES.items():
        svg = svg.replace(f'"{colour}"', f'"var(--{variable})"')
    return svg


_TEXT = {"labelColor": MUTED, "titleColor": MUTED, "labelFontSize": 11, "titleFontSize": 12}
_LOOK: dict[str, Any] = {
    "aria": False,
    "background": "transparent",
    "font": "system-ui, sans-serif",
    "view": {"stroke": None},
    "axis": {
        **_TEXT,
        "titleFontWeight": "normal",
        "gridColor": LINE,
        "domainColor": LINE,
        "tickColor": LINE,
        "titlePadding": 8,
    },
    "legend": {"labelColor": INK, "labelFontSize": 12},
}
