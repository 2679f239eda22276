"""The words of ``[doors.NAME]``: what a caller may send, and when what was sent is whole.

Comes in: a table of ``detector.toml``, decoded. Goes out: a frozen `Door`. Code is never here.
"""

from __future__ import annotations

from typing import Literal

import msgspec

#: columns that bronze, silver and split have for themselves
RESERVED = frozenset(
    {"label", "population", "batch", "origin", "source", "line", "rows", "target", "entity", "fault", "told"}
    | {"part", "group", "seen", "learnable", "draw", "stratum", "when", "whole"}
)


class Field(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One named input that a caller sends; an ``optional`` one may be absent or null."""

    type: Literal["string", "float", "integer"]
    description: str
    example: str | float | int
    optional: bool = False


class Window(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """When an entity of a stream is complete: ``idle_s`` of event time after its last row.

    At most ``max_open`` entities and ``max_rows`` rows wait for that: then the least recently active
    one is complete.
    """

    idle_s: float
    max_open: int = 10_000
    max_rows: int = 500_000


class Door(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A set of fields that goes together; an ``open`` door lets other members of a row pass unread.

    Where many rows become one entity, ``key`` names the entity's column that says which one it is, and
    ``window`` says when one is complete in a stream. ``counts`` are columns of entities that count what
    people should know of: each answer tells them, and a file's are added up.
    """

    description: str
    fields: dict[str, Field]
    open: bool = False
    key: str = ""
    window: Window | None = None
    counts: list[str] = []

    def __post_init__(self) -> None:
        if taken := RESERVED.intersection(self.fields):
            raise ValueError(f"the field '{min(taken)}' is called as a column that silver has for itself")

    @property
    def required(self) -> list[str]:
        """The fields that every row must have."""
        return [name for name, field in self.fields.items() if not field.optional]

    @property
    def tells(self) -> list[str]:
        """The columns of an entity that an answer holds besides the score."""
        return [*([self.key] if self.key else []), *self.counts]
