"""A page that shows runs side by side: one file, no network, no script, light or dark.

In: records with their series. Out: HTML. What differs is marked, every chart has its numbers in a table, and
what comes from a record is escaped.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from detectory.errors import UsageError
from detectory.journal import Metric, Record
from detectory.judge.cells import Cell, Figure, Section, Table, Tone, measured, number, text
from detectory.judge.page import rendered
from detectory.judge.titles import LESS_IS_BETTER, title_of
from detectory.metrics import Interval
from detectory.runs import plots
from detectory.runs.differences import Compared, Fact, Measured, compared

MOST = 8
TITLES = {
    "parameters": ("Parameters", "What each run was asked, and how its candidates were set."),
    "candidates": ("Candidates", "What was chosen for each head, and how each did on validation rows."),
    "data": ("Data", "Where rows came from, and what became of them."),
    "stages": ("Artifacts", "The digest of what each stage made. The same digest is the same bytes."),
    "code": ("Code", "Digests of the code, of the detector's files and of its words that differ."),
    "settings": ("Settings", "Settings that differ; secrets are never among them."),
    "environment": ("Environment", "The machine and the libraries."),
    "git": ("Commit", "Of the workspace, where it is in a repository."),
}
#: sections of which only what differs is shown, and of data the rows of each source
LONG = frozenset({"code", "settings"})
PER_SOURCE = "sources.rows."


def page(runs: Sequence[Record]) -> str:
    """The page. Raises `UsageError` for more runs than a page has room for."""
    if len(runs) > MOST:
        raise UsageError(f"{len(runs)} runs are more than a page shows", fix=f"name at most {MOST}")
    found = compared(runs)
    return rendered(
        "runs.html.jinja",
        package=__package__ or "",
        line=_line(found),
        why=_why(found),
        runs=_runs(found),
        sections=[part for part in _sections(found) if part.blocks],
    )


def _line(found: Compared) -> str:
    names = ", ".join(dict.fromkeys(run.detector for run in found.runs))
    return f"One run of {names}" if len(found.runs) == 1 else f"{len(found.runs)} runs of {names}"


def _why(found: Compared) -> str:
    """What the reader will find: where the runs differ."""
    if len(found.runs) == 1:
        return "Nothing to compare it with was named."
    differing = [TITLES[name][0].lower() for name in found.differing()]
    return f"They differ in: {', '.join(differing)}." if differing else "They differ in nothing that is kept."


def _sections(found: Compared) -> list[Section]:
    return [_metrics(found), _curves(found), *(_facts(name, found) for name in TITLES)]


def _runs(found: Compared) -> Table:
    """Each run in a line; letters name them on the rest of the page."""
    head = ("", "run", "command", "state", "version", "began", "seconds")
    return Table(head, [_run(letter, run) for letter, run in zip(plots.LETTERS, found.runs, strict=False)])


def _run(letter: str, run: Record) -> list[Cell]:
    tone: Tone = "good" if run.state == "done" else "bad"
    began = datetime.fromisoformat(run.began)
    return [
        text(letter, tone="quiet"),
        text(run.id),
        text(f"{run.verb} {run.detector}"),
        text(run.state, tone=tone, remark=run.error.code if run.error else ""),
        text("–" if run.version is None else run.version),
        text(f"{began:%Y-%m-%d %H:%M:%S} UTC"),
        Cell("–" if run.seconds is None else number(run.seconds), numeric=True),
    ]


def _metrics(found: Compared) -> Section:
    """Metrics with their intervals; beside each but the first, what became of it."""
    lead = "Metrics on the test rows, each with its interval. "
    if len(found.runs) > 1:
        lead += "Beside each, the change against A: apart where the two intervals have no point in common. "
        lead += "Intervals that overlap do not show that two runs are equal."
    rows = [_metric(one) for one in found.metrics]
    return Section("metrics", "Metrics", lead, [Table(("metric", *_letters(found)), rows)] if rows else [])


def _metric(one: Measured) -> list[Cell]:
    cells = [_value(one, place, value) for place, value in enumerate(one.values)]
    return [text(title_of(one.name), remark=one.name), *cells]


def _value(one: Measured, place: int, value: Metric | None) -> Cell:
    plain = measured(_interval(value))
    change, overlaps = one.change(place), one.overlaps(place)
    if place == 0 or change is None or change == 0:
        return plain
    apart = overlaps is False
    better = (change < 0) == (one.name in LESS_IS_BETTER)
    remark = f"{plain.remark} · {change:+.2g}{', apart' if apart else ''}".strip(" ·")
    return Cell(plain.text, remark, ("good" if better else "bad") if apart else "", numeric=True)


def _interval(value: Metric | None) -> Interval | None:
    if value is None:
        return None
    ends = (value.value, value.low, value.high)
    return Interval(*(float("nan") if end is None else end for end in ends))


def _curves(found: Compared) -> Section:
    """One chart a series, all runs in it."""
    names = list(dict.fromkeys(series.name for run in found.runs for series in run.series))
    lead = "Metrics by step of a fit: its rounds or epochs. Losses are those of validation rows."
    return Section("steps", "By step", lead, [_figure(found, name) for name in names])


def _figure(found: Compared, name: str) -> Figure:
    drawn = {
        letter: series
        for letter, run in zip(plots.LETTERS, found.runs, strict=False)
        for series in run.series
        if series.name == name
    }
    caption = "; ".join(
        f"{letter}: {one.steps:,} steps, {len(one.at):,} kept" for letter, one in drawn.items()
    )
    return Figure(name, plots.by_step(name, drawn), caption, _numbers(drawn))


def _numbers(drawn: dict[str, plots.Series]) -> Table:
    """The points that are drawn, one line a step."""
    points = {letter: dict(zip(one.at, one.value, strict=True)) for letter, one in drawn.items()}
    steps = sorted({step for values in points.values() for step in values})
    rows = [[text(step), *(_number(values.get(step)) for values in points.values())] for step in steps]
    return Table(("step", *points), rows)


def _number(value: float | None) -> Cell:
    return Cell("–" if value is None else f"{value:.5g}", numeric=True)


def _facts(name: str, found: Compared) -> Section:
    title, lead = TITLES[name]
    facts = found.facts[name]
    kept = [one for one in facts if one.differs or not (name in LONG or one.name.startswith(PER_SOURCE))]
    rows = [_fact(fact) for fact in sorted(kept, key=lambda fact: not fact.differs)]
    table = Table(("", *_letters(found)), rows)
    return Section(name, title, lead, [table] if rows else [])


def _fact(fact: Fact) -> list[Cell]:
    tone: Tone = "warn" if fact.differs else ""
    cells = (text("–" if value is None else value, tone=tone) for value in fact.values)
    return [text(fact.name, remark="differs" if fact.differs else ""), *cells]


def _letters(found: Compared) -> list[str]:
    return list(plots.LETTERS[: len(found.runs)])
