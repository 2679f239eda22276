"""Rows of other people's contracts: each stands for itself, and each is answered in its place.

Comes in: rows as another contract had them (objects, lists in the order of a door's fields, single
values). Goes out: columns for the scorer, then one record for every row that was sent. Never: a row that
moves or vanishes because another one, or it itself, cannot be read.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from detectory.doors import Door
from detectory.errors import RequestInvalid
from detectory.schema import length
from detectory.serve.contract import Scored
from detectory.serve.rows import RowsDecoder
from detectory.serve.sent import Sent
from detectory.spec import Spec

if TYPE_CHECKING:  # runtime loads onnxruntime; a server listens before that
    from detectory.runtime import Record

Row = dict[str, Any]


class Instances:
    """The rows of one request; remembers which of them could not be read, and why."""

    def __init__(self) -> None:
        self._unread: dict[int, str] = {}

    def columns(self, rows: list[Row], decoder: RowsDecoder, *, strict: bool = True) -> Sent:
        """The rows that can be read, as columns; unless ``strict``, numbers may be text.

        Raises `TooManyRows`, and `RequestInvalid` when not one can be read.
        """
        try:
            return decoder.typed(rows, strict=strict)
        except RequestInvalid as refused:
            read = list(self._one_by_one(rows, decoder, strict))
            if not read:
                raise refused
            return Sent(tuple(read[0]), [tuple(row.values()) for row in read])

    def answers(self, scored: Scored) -> list[Record]:
        """What is said of every row that was sent, in that order, without the fields that were sent."""
        told = iter(by_row(scored))
        nothing = {**dict.fromkeys(scored.scorer.ANSWER), "version": scored.scorer.version}
        count = length(scored.rows) + len(self._unread)
        return [
            {**nothing, "error": self._unread[place]} if place in self._unread else _said(next(told), scored)
            for place in range(count)
        ]

    def _one_by_one(self, rows: list[Row], decoder: RowsDecoder, strict: bool) -> Iterator[Row]:
        """Rows of one door, that of the first that can be read."""
        names: list[str] = []
        for place, row in enumerate(rows):
            try:
                columns = decoder.typed([row], strict=strict)
            except RequestInvalid as refused:
                self._unread[place] = _reason(refused)
                continue
            names = names or list(columns)
            if list(columns) == names:
                yield {name: column[0] for name, column in columns.items()}
            else:
                self._unread[place] = "it has other fields than the rows before it"


def by_row(scored: Scored) -> Sequence[Record]:
    """A record for every row: where many rows are one entity, each is answered with what that one is."""
    rows = length(scored.rows)
    if len(scored.records) == rows:
        return scored.records
    parsed = scored.scorer.parse(scored.rows)
    pairs = list(zip(parsed.entity.tolist(), parsed.source.tolist(), strict=True))
    first: dict[int, int] = {}
    for entity, row in pairs:
        first[entity] = min(row, first.get(entity, row))
    begins = sorted([*first.values(), *(item.row for item in parsed.rejected)])  # as records are ordered
    record_at = dict(zip(begins, scored.records, strict=True))
    owner = {row: first[entity] for entity, row in pairs}
    return [record_at[owner.get(row, row)] for row in range(rows)]


def row_of(instance: Any, spec: Spec) -> Any:
    """An instance as a row: an object as it is, a list or a single value by the order of a door's fields.

    What is none of these stays as it is, and is refused in its place later on.

    >>> from detectory.doors import Door, Field
    >>> door = Door(description="", fields={"domain": Field(type="string", description="", example="")})
    >>> named(["a.com"], [door])
    {'domain': 'a.com'}
    """
    if isinstance(instance, dict):
        return instance
    return named(instance if isinstance(instance, list) else [instance], list(spec.doors.values()))


def named(values: list[Any], doors: list[Door]) -> Row:
    """Values under the names of the first door that has so many fields; optional ones may lack at the end."""
    for door in doors:
        if len(values) == len(door.fields):
            return dict(zip(door.fields, values, strict=True))
    return dict(zip(doors[0].fields, values, strict=False)) if len(values) < len(doors[0].fields) else {}


def _said(record: Record, scored: Scored) -> Record:
    return {name: value for name, value in record.items() if name not in scored.rows}


def _reason(refused: RequestInvalid) -> str:
    field = refused.where.rpartition("/")[2]
    return f"{field}: {refused.why}" if field and not field.isdigit() else refused.why
