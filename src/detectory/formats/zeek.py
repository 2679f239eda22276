"""Zeek logs: tab-separated rows under header lines that begin with ``#``.

https://docs.zeek.org/en/master/log-formats.html. Header lines are no rows, and may come again where logs
were joined or rotated. What the header calls unset becomes None, what it calls empty an empty text. Columns
that someone added with blanks between (IoT-23's ``tunnel_parents   label   detailed-label``) are columns of
their own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from detectory.formats.chunk import CHUNK_ROWS, Chunk, Doors, Found, beginning, divided, door_of
from detectory.formats.lines import Lines, reason_of
from detectory.formats.source import Source

_PACKED = re.compile(r" {2,}")  # how IoT-23 parts the columns that it adds to the last one
_ESCAPED = re.compile(r"\\x([0-9a-fA-F]{2})")  # how a header writes its separator: #separator \x09
Cell = str | None


@dataclass(frozen=True, slots=True)
class Header:
    """What the header lines say: column names, and how values are parted and spelled."""

    names: tuple[str, ...] = ()
    separator: str = "\t"
    unset: str = "-"
    empty: str = "(empty)"
    is_packed: bool = False

    def after(self, line: str) -> Header:
        r"""The header once this line was read; a line that says nothing of the rows changes nothing.

        >>> Header().after("#separator \\x2c").after("#fields,ts,id.resp_p").names
        ('ts', 'id.resp_p')
        """
        if line.startswith("#separator "):
            return replace(self, separator=_unescaped(line.split()[-1]))
        key, _, value = line.rstrip("\r\n").partition(self.separator)
        if key == "#fields":
            *names, last = value.split(self.separator)
            packed = _PACKED.split(last)
            return replace(self, names=(*names, *packed), is_packed=len(packed) > 1)
        if key == "#unset_field":
            return replace(self, unset=value)
        return replace(self, empty=value) if key == "#empty_field" else self

    def cells(self, line: str) -> list[Cell]:
        """The values of a row, in the order of the columns; more or fewer where it does not fit."""
        found = line.rstrip("\r\n").split(self.separator)
        if self.is_packed:
            found[-1:] = _PACKED.split(found[-1])
        return [self._value(text) for text in found]

    def _value(self, text: str) -> Cell:
        if text == self.unset:
            return None
        return "" if text == self.empty else text


def read(source: Source, doors: Doors) -> Iterator[Chunk]:
    """The rows of a Zeek log, as they arrive.

    Raises `UnreadableFile` for rows before any ``#fields``, or where that names a column twice.
    """
    lines, header, fields = Lines(source.stream), Header(), tuple[str, ...]()
    while True:
        number, block = lines.next_number, lines.take(CHUNK_ROWS)
        if not block:
            return
        for is_header, run in groupby(block, key=_is_header):
            rows = list(run)
            if is_header:
                header = _headed(header, rows)
                fields = _fields(header, source, doors, line=number)
            else:
                yield _chunk(header, fields or _headless(source, number), rows, first=number)
            number += len(rows)


def _is_header(line: bytes) -> bool:
    return line.startswith(b"#")


def _headed(header: Header, lines: Sequence[bytes]) -> Header:
    for line in lines:
        header = header.after(line.decode("utf-8", "replace"))
    return header


def _fields(header: Header, source: Source, doors: Doors, *, line: int) -> tuple[str, ...]:
    if not header.names:
        return ()
    if len(set(header.names)) < len(header.names):
        why = "its header names a column twice"
        raise source.unreadable(why, line=line, fix="give every column a name of its own")
    return tuple(door_of(header.names, doors, where=f"{source.name}:{line}"))


def _headless(source: Source, line: int) -> tuple[str, ...]:
    fix = "keep the lines that begin with #: they name the columns"
    raise source.unreadable("a row comes before the line #fields", line=line, fix=fix)


def _chunk(header: Header, fields: tuple[str, ...], lines: Sequence[bytes], *, first: int) -> Chunk:
    rows, numbers, refused = divided(_rows(header, lines, first))
    columns = map(list, zip(*rows, strict=True)) if rows else ([] for _ in header.names)
    return Chunk(dict(zip(header.names, columns, strict=True)), fields, numbers, refused)


def _rows(header: Header, lines: Sequence[bytes], first: int) -> Iterator[Found]:
    for number, line in enumerate(lines, start=first):
        reason, cells = reason_of(line), None
        if not reason:
            cells, reason = _row(header, line)
        yield number, beginning(line) if reason else cells, reason


def _row(header: Header, line: bytes) -> tuple[list[Cell] | None, str]:
    try:
        cells = header.cells(line.decode())
    except UnicodeDecodeError:
        return None, "not_utf8"
    return (cells, "") if len(cells) == len(header.names) else (None, "column_count")


def _unescaped(text: str) -> str:
    r"""
    >>> _unescaped("\\x7c")
    '|'
    """
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text)
