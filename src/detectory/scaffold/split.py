"""How to split the rows so that a test is like tomorrow: forward in time, by group, or row by row.

Goes in: the facts of all columns and the labels. Comes out: a `Protocol` with the reason. Identical rows
are one entity in any case, so they are never on two sides.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal, NoReturn

import numpy as np
from numpy.typing import NDArray

from detectory.errors import UsageError
from detectory.formats.times import CLOCK, NUMBER, sortable
from detectory.scaffold.labels import Labels
from detectory.scaffold.leaks import Reason
from detectory.scaffold.profile import Codes, Facts

Kind = Literal["forward", "grouped", "rows"]
PARTS = {"train": 0.55, "validation": 0.10, "calibration": 0.20, "test": 0.15}
_LEAST_ROWS_A_PART = 15  # of either side of the label; so many certify a rate of 0.2
_LEAST_GROUPS = 20


@dataclass(frozen=True, slots=True)
class Protocol:
    """``column`` is the one by which it is split (empty for ``rows``), ``format`` how its times are written.

    ``expected`` counts, part by part, the entities of each side of the label. ``notes`` say which better
    protocol was not possible, and why.
    """

    kind: Kind
    why: str
    expected: Mapping[str, Mapping[str, int]]
    column: str = ""
    format: str = ""
    notes: tuple[str, ...] = ()


def propose(
    facts: Mapping[str, Facts],
    dropped: Mapping[str, Reason],
    labels: Labels,
    *,
    time: str | None = None,
    group: str | None = None,
) -> Protocol:
    """The split of these entities that leaks least, or the one by the column that a person chose.

    Raises `UsageError` when they cannot be split by that column.
    """
    notes: list[str] = []
    if time is not None:
        return _forward(_as_time(facts[time]), labels, notes) or _refused(time, notes)
    if group is not None:
        return _grouped(facts[group], labels, notes) or _refused(group, notes)
    for one in facts.values():
        if one.kind == "time" and one.format != CLOCK and (found := _forward(one, labels, notes)):
            return found
    for one in _groups(facts, dropped):
        if found := _grouped(one, labels, notes):
            return found
    why = "row by row: no column can be used that tells when a row was or what it belongs to"
    return Protocol("rows", why, _shares(labels), notes=tuple(notes))


def _as_time(facts: Facts) -> Facts:
    """A column that a person calls a time: one that is, or numbers that have its order."""
    if facts.kind == "time" and facts.format != CLOCK:
        return facts
    if facts.numbers is None or np.nanmin(facts.numbers) < 0:
        fix = "name a column of dates, of seconds, or of numbers from 0 up that grow with time"
        raise UsageError(f"'{facts.name}' holds no times that can be read", fix=fix)
    return replace(facts, kind="time", format=NUMBER)


def _refused(column: str, notes: Sequence[str]) -> NoReturn:
    why = notes[-1].partition(": ")[2]
    raise UsageError(
        f"the rows cannot be split by '{column}'", why=why, fix="leave it out, or name another column"
    )


def _groups(facts: Mapping[str, Facts], dropped: Mapping[str, Reason]) -> list[Facts]:
    """Identifiers before addresses, the finer ones first."""
    codes = {name: reason.code for name, reason in dropped.items()}
    named = [one for one in facts.values() if codes.get(one.name) in ("identifier", "address")]
    return sorted(named, key=lambda one: (codes[one.name] != "identifier", -one.distinct))


def _forward(facts: Facts, labels: Labels, notes: list[str]) -> Protocol | None:
    parts = _dealt(facts)
    sides = labels.sides.items()
    expected = {part: {side: int((rows & (parts == part)).sum()) for side, rows in sides} for part in PARTS}
    if lacking := _lacking(expected):
        notes.append(f"not forward in time by '{facts.name}': {lacking}")
        return None
    why = f"forward in time by '{facts.name}': the oldest rows train, the newest test"
    return Protocol("forward", why, expected, facts.name, facts.format, tuple(notes))


def _dealt(facts: Facts) -> NDArray[np.str_]:
    """The part of every row, whole values on one side, the oldest first."""
    times = np.array([sortable(word, facts.format) for word in facts.words])[facts.codes]
    place = np.searchsorted(np.sort(times), times, side="left") / len(times)
    edges = np.cumsum(list(PARTS.values()))[:-1]
    return np.array(list(PARTS))[np.searchsorted(edges, place, side="right")]


def _lacking(expected: Mapping[str, Mapping[str, int]]) -> str:
    """What a part has too little of, in words; empty when every part has enough of every side."""
    for part, sides in expected.items():
        for side, rows in sides.items():
            if rows < _LEAST_ROWS_A_PART:
                return f"{part} would have {rows} distinct rows that are {side}"
    return ""


def _shares(labels: Labels) -> dict[str, dict[str, int]]:
    """What the parts have where each keeps its share of every side."""
    counts = {side: int(rows.sum()) for side, rows in labels.sides.items()}
    return {part: {side: int(share * rows) for side, rows in counts.items()} for part, share in PARTS.items()}


def _grouped(facts: Facts, labels: Labels, notes: list[str]) -> Protocol | None:
    if why := _unfit(facts.codes, labels):
        notes.append(f"not grouped by '{facts.name}': {why}")
        return None
    why = f"grouped by '{facts.name}': all rows of one of its {facts.distinct:,} values on one side"
    return Protocol("grouped", why, _shares(labels), facts.name, notes=tuple(notes))


def _unfit(codes: Codes, labels: Labels) -> str:
    """Why rows cannot be dealt out by these groups; empty when they can."""
    if len(np.unique(codes)) == len(codes):
        return "no value has two rows"
    return next(filter(None, (_uneven(codes[rows], side) for side, rows in labels.sides.items())), "")


def _uneven(codes: Codes, side: str) -> str:
    """Why groups would leave a part empty: there are few, or one is larger than the smallest part."""
    _, rows = np.unique(codes, return_counts=True)
    if len(rows) < _LEAST_GROUPS:
        return f"{len(rows)} of its values have rows that are {side}, and {_LEAST_GROUPS} are the least"
    largest = rows.max() / len(codes)
    return f"one value has {largest:.0%} of the rows that are {side}" if largest > min(PARTS.values()) else ""
