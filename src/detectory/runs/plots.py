"""Curves of several runs in one chart, as SVG text in the manner of ``judge.plots``.

Runs are told apart by colour and by dashes, so that nobody needs to see colours.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from detectory.journal import Series as Series
from detectory.judge.plots import BENIGN, SEEN, UNSEEN, drawn, points

LETTERS = "ABCDEFGH"
COLOURS = (SEEN, UNSEEN, BENIGN)
DASHES = ([1, 0], [6, 3], [2, 2])


def by_step(name: str, runs: Mapping[str, Series]) -> str:
    """A metric over the steps of a fit: a line a run."""
    import altair as alt

    rows = [
        {"run": letter, "step": step, "value": value}
        for letter, series in runs.items()
        for step, value in zip(series.at, series.value, strict=True)
    ]
    letters = list(runs)
    legend = alt.Legend(title=None, orient="top")
    places = [LETTERS.index(letter) for letter in letters]
    colours, dashes = [COLOURS[place % 3] for place in places], [DASHES[place // 3] for place in places]
    chart = (
        alt.Chart(points(rows))
        .mark_line(strokeWidth=2)
        .encode(
            x=alt.X("step:Q", title="step"),
            y=alt.Y("value:Q", title=name.rpartition(".")[2], scale=alt.Scale(zero=False)),
            color=alt.Color("run:N", scale=alt.Scale(domain=letters, range=colours), legend=legend),
            strokeDash=alt.StrokeDash("run:N", scale=alt.Scale(domain=letters, range=dashes), legend=legend),
        )
    )
    return drawn(chart, name=re.sub(r"\W+", "-", name), alt=f"{name} by step, a line a run.")
