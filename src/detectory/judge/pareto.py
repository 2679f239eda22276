"""The Pareto front of models, drawn: quality over a price, and the line that none is better than.

In: spots, each with a price and a quality. Out: SVG as `plots` draws it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from detectory.judge.labels import Point, placed
from detectory.judge.plots import HEIGHT, INK, LINE, MARK, MUTED, SEEN, UNSEEN, WIDTH, drawn, points
from detectory.metrics import Interval

if TYPE_CHECKING:
    import altair as alt

#: pixels between the outermost spots and the edge of the plot
EDGE = 16
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
    scales = _scales(found)
    ticks = alt.Axis(tickCount=5, labelOverlap="greedy")
    across = alt.X(
        "x:Q",
        title=x,
        axis=ticks,
        scale=alt.Scale(type="log", nice=False, domain=[10**end for end in scales[0].ends]),
    )
    up = alt.Y("value:Q", title="quality on validation", scale=alt.Scale(nice=False, domain=scales[1].ends))
    base, colour = alt.Chart(points(rows)), _colour()
    chart = (
        alt.Chart(points(steps))
        .mark_line(interpolate="step-after", color=LINE, strokeWidth=2)
        .encode(x=across, y=up)
        + base.mark_rule(strokeWidth=1.5, opacity=0.5).encode(x=across, y="low:Q", y2="high:Q", color=colour)
        + base.mark_point(filled=True, size=60, opacity=1).encode(x=across, y=up, color=colour)
        + _names(found, scales, x=across, y=up)
    )
    words = f"Quality over {x} of {len(spots)} models; best of their price: "
    return drawn(chart, name=name, alt=words + ", ".join(one.name for one in front(spots)))


class Scale(NamedTuple):
    """Numbers ``low`` to ``high`` on the pixels ``first`` to ``last`` of the ``size`` that there are."""

    low: float
    high: float
    first: float
    last: float
    size: float

    def pixel(self, number: float) -> float:
        """Where a number lies."""
        return self.first + (number - self.low) / (self.high - self.low) * (self.last - self.first)

    def number(self, pixel: float) -> float:
        """What lies there."""
        return self.low + (pixel - self.first) / (self.last - self.first) * (self.high - self.low)

    @property
    def ends(self) -> list[float]:
        """The numbers at both ends of all pixels, the lower one first."""
        return sorted((self.number(0), self.number(self.size)))


def _scales(spots: Sequence[Spot]) -> tuple[Scale, Scale]:
    """That of the logarithm of the price, and that of the quality, with room for spots at the edge."""
    prices = np.log10([one.x for one in spots])
    worth = [end for one in spots for end in one.quality if np.isfinite(end)] or [0.0]
    across = Scale(*_apart(prices.min(), prices.max()), EDGE, WIDTH - EDGE, WIDTH)
    return across, Scale(*_apart(min(worth), max(worth)), HEIGHT - EDGE, EDGE, HEIGHT)


def _apart(low: float, high: float) -> tuple[float, float]:
    """Two ends, also where all are one."""
    return (low, high) if high > low else (low - 0.5, high + 0.5)


def _names(spots: Sequence[Spot], scales: tuple[Scale, Scale], *, x: alt.X, y: alt.Y) -> Any:
    """Names beside their spots; a thin line joins one to its spot where there was no room for it."""
    import altair as alt

    labels = placed([_point(one, *scales) for one in spots if np.isfinite(one.quality.value)], WIDTH, HEIGHT)
    price, worth = scales
    rows = [
        {
            "name": label.point.name, "left": label.is_left, "apart": label.is_apart,
            "x": 10 ** price.number(label.x), "value": worth.number(label.y),
            "to": 10 ** price.number(label.point.x), "up": worth.number(label.point.y),
        }
        for label in labels
    ]  # fmt: skip
    lines = alt.Chart(points([row for row in rows if row["apart"]])).mark_rule(color=MUTED, strokeWidth=0.6)
    chart = lines.encode(x=x, y=y, x2="to:Q", y2="up:Q")
    for is_left in (False, True):
        texts = alt.Chart(points([row for row in rows if row["left"] == is_left]))
        mark = texts.mark_text(
            align="right" if is_left else "left", baseline="middle", fontSize=10, color=INK
        )
        chart += mark.encode(x=x, y=y, text="name:N")
    return chart


def _point(spot: Spot, price: Scale, worth: Scale) -> Point:
    y = worth.pixel(spot.quality.value)
    ends = [worth.pixel(end) if np.isfinite(end) else y for end in (spot.quality.high, spot.quality.low)]
    return Point(spot.name, price.pixel(float(np.log10(spot.x))), y, *ends)


def _colour() -> alt.Color:
    import altair as alt

    scale = alt.Scale(domain=list(KINDS), range=list(KINDS.values()))
    return alt.Color("kind:N", scale=scale, legend=alt.Legend(title=None, orient="top"))
