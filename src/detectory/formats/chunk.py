"""A chunk: some rows of a file as columns, and the lines between them that hold none.

Good rows plus refused ones are the rows read: no reader drops a line, and none guesses what a broken
one meant.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, NamedTuple

from detectory.errors import MissingColumn

CHUNK_ROWS = 8192
#: the fields of a door, and whether a row must have each
Door = Mapping[str, bool]
Doors = Sequence[Door]
RAW_CHARACTERS = 200
#: a line's number; what it holds, or how its text begins; why it holds nothing (empty when it does)
Found = tuple[int, Any, str]

REASONS: Mapping[str, str] = {
    "blank_line": "the line is empty",
    "line_too_long": "the line is longer than 1 MiB",
    "not_utf8": "the line is not UTF-8",
    "bad_json": "the line is not one JSON object (no NaN, no 1e400, no lone surrogates, RFC 8259)",
    "not_an_object": "the line is JSON, but not an object",
    "missing_field": "the object lacks a field that the detector asks for",
    "bad_csv": "the row's quotes do not match (RFC 4180)",
    "column_count": "the row has more or fewer columns than the header",
}
"""Every reason why a row of a file cannot be read, and what it means."""


class Refused(NamedTuple):
    """A line that holds no row; ``reason`` is a key of `REASONS`, ``line`` counts from 1.

    ``kept`` is what can be said of it all the same: an object's members, or the beginning of the
    text as ``raw``.
    """

    line: int
    reason: str
    kept: Mapping[str, Any] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Chunk:
    """Some rows of a file, as columns, in their order.

    ``fields`` are the columns that the detector asks for; others pass through. ``lines`` says where
    each row began, counted from 1. ``refused`` are the lines between them that hold no row. ``absent``
    names, by position, the columns that a row does not have although others do; they hold None.
    """

    columns: Mapping[str, list[Any]]
    fields: tuple[str, ...]
    lines: Sequence[int]
    refused: list[Refused] = field(default_factory=list)
    absent: Mapping[int, list[str]] = field(default_factory=dict)

    def __len__(self) -> int:
        """Rows read: those here and those refused."""
        return len(self.lines) + len(self.refused)

    @property
    def first_line(self) -> int:
        """The line at which the chunk begins."""
        return min([*self.lines[:1], *(item.line for item in self.refused[:1])])

    def asked(self) -> dict[str, list[Any]]:
        """The columns that the detector asks for, and no other; one that is not there holds None."""
        nothing = [None] * len(self.lines)
        return {name: self.columns.get(name, nothing) for name in self.fields}


def beginning(data: bytes) -> str:
    """What a broken line began with, for whoever must find it.

    >>> beginning(b'{"domain": \\xff\\n')
    '{"domain": \ufffd'
    """
    return data[: 4 * RAW_CHARACTERS].decode("utf-8", "replace").rstrip("\r\n")[:RAW_CHARACTERS]


def divided(found: Iterable[Found]) -> tuple[list[Any], list[int], list[Refused]]:
    """Values with their line numbers, apart from lines that hold none."""
    values: list[Any] = []
    numbers: list[int] = []
    refused: list[Refused] = []
    for number, value, reason in found:
        if reason:
            refused.append(Refused(number, reason, {"raw": value} if value else {}))
        else:
            values.append(value)
            numbers.append(number)
    return values, numbers, refused


def door_of(columns: Iterable[str], doors: Doors, *, where: str) -> Door:
    """The first door whose required fields are all there. Raises `MissingColumn` for the nearest one.

    >>> door_of(["port"], [{"url": True}, {"port": True, "service": False}], where="flows.csv:1")
    {'port': True, 'service': False}
    """
    found = list(columns)
    missing = [[name for name in required(door) if name not in found] for door in doors]
    nearest = min(missing, key=len)
    if nearest:
        raise MissingColumn(nearest[0], where=where, known=found)
    return doors[missing.index(nearest)]


def required(door: Door) -> list[str]:
    """The fields that every row must have."""
    return [name for name, is_required in door.items() if is_required]
