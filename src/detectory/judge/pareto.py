"""The Pareto front of models, drawn: quality over a price, and the line that none is better than.

In: spots, each with a price and a quality. Out: SVG as `plots` draws it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from detectory.judge.plots import INK, LINE, MARK, SEEN, UNSEEN, drawn, points
from detectory.metrics import Interval

if TYPE_CHECKING:
    import altair as alt

KINDS = {"candidate": SEEN, "variant": UNSEEN, "ships": MARK}


class Spot(NamedTuple):
    """A model: what it costs, what it is worth, and whether it is a candidate, a variant, or what ships."""

    name: str
    x: float
    quality: Interval
    kind: str


def front(spots: Sequence[Spot]) -> list[Spot]:
    """Those that nothing is both cheaper and better than, from the cheapest on.

    >>> spots = [Spot(name, x, Interval(y, y, y), "") for name, x, y in [("a", 1, 0.5), ("b", 2, 0.4)]]
    >>> [spot.name for spot in front(spots)]
    ['a']
    """
    best, found = -np.inf, []
    for spot in sorted(spots, key=lambda one: (one.x, -one.quality.value)):
        if spot.quality.value > best:
            best = spot.quality.value
            found.append(spot)
    return found


def drawn_front(spots: Sequence[Spot], *, x: str, name: str) -> str:
    """Every spot with its interval and its name, and the front as steps; the price is logarithmic."""
    import altair as alt

    found = sorted(spots, key=lambda one: one.x)
    rows = [{"name": one.name, "x": one.x, "kind": one.kind, **one.quality.as_dict()} for one in found]
    steps = [{"x": one.x, "value": one.quality.value} for one in front(spots)]
    across = alt.X("x:Q", title=x, scale=alt.Scale(type="log", nice=False, padding=24))
    up = alt.Y("value:Q", title="quality on validation", scale=alt.Scale(zero=False, padding=12))
    base, colour = alt.Chart(points(rows)), _colour()
    chart = (
        alt.Chart(points(steps))
        .mark_line(interpolate="step-after", color=LINE, strokeWidth=2)
        .encode(x=across, y=up)
        + base.mark_rule(strokeWidth=1.5, opacity=0.5).encode(x=across, y="low:Q", y2="high:Q", color=colour)
        + base.mark_point(filled=True, size=60, opacity=1).encode(x=across, y=up, color=colour)
        + _names(rows[::2], x=across, y=up, dy=-9)
        + _names(rows[1::2], x=across, y=up, dy=14)
    )
    words = f"Quality over {x} of {len(spots)} models; best of their price: "
    return drawn(chart, name=name, alt=words + ", ".join(one.name for one in front(spots)))


def _names(rows: Sequence[dict[str, Any]], *, x: alt.X, y: alt.Y, dy: int) -> Any:
    """Names beside their spots: every other one below, so that neighbours can be read."""
    import altair as alt

    return alt.Chart(points(rows)).mark_text(dy=dy, fontSize=10, color=INK).encode(x=x, y=y, text="name:N")


def _colour() -> alt.Color:
    import altair as alt

    scale = alt.Scale(domain=list(KINDS), range=list(KINDS.values()))
    return alt.Color("kind:N", scale=scale, legend=alt.Legend(title=None, orient="top"))
