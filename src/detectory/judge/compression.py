"""What was compressed: every model that was tried, what it is worth and what it costs, and which one ships.

In: the table that ``compress`` measured, and costs where a clock may be shown. Out: one section, for the
report and for a page of its own: a table a head, and the Pareto fronts of quality over size and over time.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from detectory.judge.cells import Cell, Figure, Section, Table, measured, number, text
from detectory.judge.page import rendered
from detectory.judge.titles import title_of
from detectory.metrics import UNDEFINED, Interval

LEAD = (
    "Every model that was tried, and what was made of it to be smaller or faster. The choice was made on "
    "validation rows, never on the test: what is lost is measured against the best, on the same resamples of "
    "whole groups. "
)
TIMED = "Times and memory are those of this machine."
CLOCKLESS = "Times and memory are of a machine and not of a version: detectory compress shows them."
TIMES = ("a row, median", "rows a second", "memory")
#: a clock is noisy: what is faster by less is not faster
FASTER = 0.95


@dataclass(frozen=True, slots=True)
class Cost:
    """What a graph costs on one machine: see `detectory.compress.cost`."""

    p50_us: float
    p99_us: float
    rows_a_second: float
    peak_mib: float | None = None


@dataclass(frozen=True, slots=True)
class CandidateRow:
    """One model that was tried for a head: its ``quality`` is ``metric`` on validation rows.

    ``lost`` is what the best one has more, on the same resamples. A variant was made by a ``way`` ``of``
    another model; ``why`` says why it ships or does not, and of one that could not be made, what stood in
    the way. ``cost`` is left out where the same facts must give the same bytes: no clock repeats itself.
    """

    name: str
    head: str
    metric: str
    quality: Interval
    size_bytes: int
    chosen: bool
    lost: Interval = UNDEFINED
    way: str = ""
    of: str = ""
    note: str = ""
    why: str = ""
    cost: Cost | None = None

    @property
    def is_made(self) -> bool:
        """Whether there is such a model."""
        return self.size_bytes > 0

    def to_dict(self) -> dict[str, Any]:
        """As JSON: what is undefined is null."""
        return asdict(self) | {"quality": self.quality.as_dict(), "lost": self.lost.as_dict()}

    @classmethod
    def from_dict(cls, facts: Mapping[str, Any]) -> CandidateRow:
        """The row that ``to_dict`` gave."""
        intervals = {name: Interval.from_dict(facts[name]) for name in ("quality", "lost")}
        return cls(**{**facts, **intervals, "cost": Cost(**facts["cost"]) if facts["cost"] else None})


def rows_of(facts: Mapping[str, Any], costs: Mapping[str, Any] | None = None) -> list[CandidateRow]:
    """The rows of the table that ``compress`` states as facts; ``costs`` are by head and name."""
    chosen = {head: facts[f"chosen_{head}"] for head in facts["heads"]}
    return [
        *(_row(one, chosen[one["head"]], costs or {}) for one in facts["candidates"]),
        *(_not_made(one) for one in facts["not_made"]),
    ]


def compression_section(rows: Sequence[CandidateRow]) -> Section:
    """Every model that was tried, and which one ships."""
    timed = any(row.cost for row in rows)
    heads = dict.fromkeys(row.head for row in rows)
    blocks = [block for head in heads for block in _blocks([row for row in rows if row.head == head])]
    return Section("candidates", "Candidates and compression", LEAD + (TIMED if timed else CLOCKLESS), blocks)


def page_of(rows: Sequence[CandidateRow], *, detector: str, title: str) -> str:
    """The section as a page of its own."""
    sections = [compression_section(rows)]
    words: dict[str, Any] = {"detector": detector, "title": title, "sections": sections}
    return rendered("compression.html.jinja", package=__package__, **words)


def in_words(rows: Sequence[CandidateRow]) -> list[str]:
    """A sentence a model: why it ships or does not, and what it gains."""
    named = {(row.head, row.name): row for row in rows}
    return [f"{row.head} {row.name}: {_words(row, named.get((row.head, row.of)))}" for row in rows]


def gain(row: CandidateRow, of: CandidateRow) -> str:
    """What a variant gains over what it was made of, in words; that it gains nothing is said too."""
    times = [f"{of.size_bytes / row.size_bytes:.1f} times smaller"] if row.size_bytes < of.size_bytes else []
    if row.cost and of.cost and row.cost.p50_us < FASTER * of.cost.p50_us:
        times.append(f"{of.cost.p50_us / row.cost.p50_us:.1f} times faster")
    if row.cost and of.cost and row.cost.rows_a_second > of.cost.rows_a_second / FASTER:
        times.append(f"{row.cost.rows_a_second / of.cost.rows_a_second:.1f} times the rows a second")
    return ", ".join(times) or ("gains nothing" if row.cost else "gains nothing in size")


def _row(one: Mapping[str, Any], chosen: str, costs: Mapping[str, Any]) -> CandidateRow:
    cost = costs.get(f"{one['head']} {one['name']}")
    told = ("name", "head", "metric", "size_bytes", "way", "of", "note", "why")
    return CandidateRow(
        **{name: one[name] for name in told},
        quality=Interval.from_dict({"value": one["quality"], **one["quality_interval"]}),
        lost=Interval.from_dict(one["lost"]),
        chosen=one["name"] == chosen,
        cost=Cost(**cost) if cost else None,
    )


def _not_made(one: Mapping[str, Any]) -> CandidateRow:
    told = {name: one[name] for name in ("name", "head", "metric", "way", "of", "why")}
    return CandidateRow(**told, quality=UNDEFINED, size_bytes=0, chosen=False)


def _blocks(rows: Sequence[CandidateRow]) -> Iterator[Table | Figure]:
    """The tables of a head, and its figures where there is more than one model to compare."""
    first, made = rows[0], [row for row in rows if row.is_made]
    timed, named = any(row.cost for row in made), {row.name: row for row in made}
    head = ["model", "on validation", "lost", "size", *(TIMES if timed else ())]
    yield Table(
        head, [_cells(row, timed=timed) for row in made], title=f"{first.head}: {title_of(first.metric)}"
    )
    told = [[text(row.name), text(_made(row)), text(_words(row, named.get(row.of)))] for row in rows]
    yield Table(["model", "made", "in words"], told, title=f"{first.head}: what ships, and why")
    if len(made) > 1:
        yield _size_figure(made)
    if len(made) > 1 and all(row.cost for row in made):
        yield _time_figure(made)


def _cells(row: CandidateRow, *, timed: bool) -> list[Cell]:
    return [
        text(row.name, tone="good" if row.chosen else "", remark="ships" if row.chosen else ""),
        measured(row.quality),
        measured(row.lost),
        Cell(_size(row.size_bytes), numeric=True),
        *(_costs(row.cost) if timed else ()),
    ]


def _made(row: CandidateRow) -> str:
    return f"{row.way} of {row.of}" if row.way else "as fitted"


def _words(row: CandidateRow, of: CandidateRow | None) -> str:
    """Why it ships or does not, and what it gains."""
    if not row.is_made:
        return f"cannot be made: {row.why}"
    gained = gain(row, of) if of else ""
    return "; ".join(filter(None, (row.why, gained, row.note)))


def _costs(cost: Cost | None) -> list[Cell]:
    if cost is None:
        return [text("–", tone="quiet")] * len(TIMES)
    memory = "–" if cost.peak_mib is None else f"{cost.peak_mib:.1f} MiB"
    return [
        Cell(f"{cost.p50_us:.1f} µs", remark=f"p99 {cost.p99_us:.1f}", numeric=True),
        Cell(f"{cost.rows_a_second:,.0f}", numeric=True),
        Cell(memory, numeric=True),
    ]


def _size(size: int) -> str:
    """A size as people say it.

    >>> _size(104_985), _size(7_340_032)
    ('103 KiB', '7.00 MiB')
    """
    return f"{size / 2**10:.0f} KiB" if size < 2**20 else f"{size / 2**20:.2f} MiB"


def _size_figure(rows: Sequence[CandidateRow]) -> Figure:
    from detectory.judge.pareto import Spot, drawn_front

    spots = [Spot(row.name, row.size_bytes / 2**10, row.quality, _kind(row)) for row in rows]
    return _figure(rows, drawn_front(spots, x="size, KiB", name=f"size-{rows[0].head}"), "size, KiB", spots)


def _time_figure(rows: Sequence[CandidateRow]) -> Figure:
    from detectory.judge.pareto import Spot, drawn_front

    timed = [(row, row.cost) for row in rows if row.cost]
    spots = [Spot(row.name, cost.p50_us, row.quality, _kind(row)) for row, cost in timed]
    return _figure(rows, drawn_front(spots, x="µs a row", name=f"time-{rows[0].head}"), "µs a row", spots)


def _kind(row: CandidateRow) -> str:
    return "ships" if row.chosen else "variant" if row.way else "candidate"


def _figure(rows: Sequence[CandidateRow], svg: str, x: str, spots: Sequence[Any]) -> Figure:
    cells = [
        [text(spot.name), Cell(number(spot.x), numeric=True), measured(spot.quality), text(spot.kind)]
        for spot in spots
    ]
    title = f"{rows[0].head}: quality over {x.split(',')[0].replace('µs a row', 'time')}"
    caption = "On the line lies what is the best of its price: nothing cheaper is better."
    return Figure(title, svg, caption, Table(("model", x, title_of(rows[0].metric), "what it is"), cells))
