"""How the parameters of candidates were found: the section of a report on the searches before a run.

In: the documents of studies. Out: a section with what was tried, what was best and what mattered; nothing
where no search was taken up.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import accumulate
from typing import Any

from detectory.judge import plots
from detectory.judge.cells import Cell, Figure, Section, Table, count, number, text

LEAD = (
    "How candidates got their parameters. Trials are fitted on training rows and graded on validation rows; "
    "the best of many flatters itself there. What it is worth stands above, on test rows"
)
UNREAD, MAYBE_READ = " that no trial read.", ": some of them may have graded trials, which had another split."


def searches_section(searches: Sequence[Mapping[str, Any]]) -> Section:
    """A table of the searches, and for each its trials as a chart and its parameters."""
    rows = [_row(one) for one in searches]
    head = ("search", "trials", "ended early", "own parameters", "best", "note")
    blocks: list[Table | Figure] = [Table(head, rows)]
    for one in searches:
        blocks += _details(one)
    read = MAYBE_READ if any(map(_is_on_others, searches)) else UNREAD
    return Section("searches", "Search for parameters", LEAD + read, blocks)


def notes(searches: Sequence[Mapping[str, Any]]) -> list[str]:
    """A sentence for the searches that were made on another split of the rows, or on others.

    >>> notes([{"name": "score.tree", "on_other_rows": False}])
    []
    """
    names = ", ".join(one["name"] for one in searches if _is_on_others(one))
    if not names:
        return []
    return [
        f"The parameters of {names} were searched on other rows, or another split of these: test rows may "
        "have graded trials there, and figures be too good. Search again to be sure."
    ]


def _is_on_others(search: Mapping[str, Any]) -> bool:
    return bool(search.get("on_other_rows"))


def _row(one: Mapping[str, Any]) -> list[Cell]:
    counts: Mapping[str, int] = one["counts"]
    early = ", ".join(f"{many} {state}" for state, many in counts.items() if state != "complete")
    return [
        text(one["name"], remark=one["metric"]),
        count(sum(counts.values())),
        text(early or "none"),
        _quality(one["own"]),
        _quality(one["best"] and one["best"]["value"]),
        text("; ".join(one["notes"])),
    ]


def _details(one: Mapping[str, Any]) -> Iterator[Table | Figure]:
    if not one["best"]:
        return
    rows = [
        [
            text(name),
            text(f"{value:.6g}" if isinstance(value, float) else value),
            _quality(one["importance"].get(name)),
        ]
        for name, value in one["best"]["params"].items()
    ]
    note = "Importance is the share of what varies between trials (fANOVA); with few trials it is a hint."
    yield Table(
        ("parameter", "best", "importance"), rows, title=f"Best of {one['name']}", note=note, width="half"
    )
    yield _figure(one)


def _figure(one: Mapping[str, Any]) -> Figure:
    trials = [(trial["number"] + 1, trial["value"]) for trial in one["trials"] if trial["value"] is not None]
    numbers = Table(
        ("trial", "quality"), [[count(at), Cell(number(value), numeric=True)] for at, value in trials]
    )
    caption = (
        "The quality of every complete trial, and the best so far. The first trial has the own parameters."
    )
    anchor = f"trials-{one['name'].replace('.', '-')}"
    return Figure(f"Trials of {one['name']}", _drawn(trials, name=anchor), caption, numbers)


def _drawn(found: Sequence[tuple[int, float]], *, name: str) -> str:
    """The quality of trials over their number, and the best so far as a step line."""
    import altair as alt

    best = list(accumulate((value for _, value in found), max))
    rows = [{"x": at, "y": value, "best": top} for (at, value), top in zip(found, best, strict=True)]
    x = alt.X("x:Q", title="trial", axis=alt.Axis(tickMinStep=1), scale=alt.Scale(nice=False))
    base = alt.Chart(plots.points(rows))
    line = base.mark_line(interpolate="step-after", color=plots.SEEN, strokeWidth=2).encode(
        x=x, y=alt.Y("best:Q", title="quality on validation rows", scale=alt.Scale(zero=False))
    )
    dots = base.mark_circle(color=plots.BENIGN, size=40, opacity=0.8).encode(x=x, y="y:Q")
    return plots.drawn(line + dots, name=name, alt="Quality of each trial, and the best so far.")


def _quality(value: float | None) -> Cell:
    return Cell("–" if value is None else number(value), numeric=True)
