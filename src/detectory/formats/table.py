"""CSV: a header, then one record a row (RFC 4180), separated by commas, semicolons or tabs.

A block in which every line is a record, as nearly always, is read at once; any other one record by
record. Where quotes do not match, one line is refused and the next one is read.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence

from detectory.formats.chunk import (
    CHUNK_ROWS,
    REASONS,
    Chunk,
    Doors,
    Found,
    Refused,
    beginning,
    divided,
    door_of,
)
from detectory.formats.lines import Cut, Lines, reason_of
from detectory.formats.source import HEAD_BYTES, SEPARATORS, Source

_RECORD_LINES = 1000  # a quote that is never closed would swallow the rest of the file
_SURROGATES = range(0xDC80, 0xDD00)  # what "surrogateescape" makes of a byte that is not UTF-8


def read(source: Source, doors: Doors) -> Iterator[Chunk]:
    """A header, then one record a row (RFC 4180), separated by commas, semicolons or tabs."""
    lines = Lines(source.stream)
    separator, header = _header(source, lines)
    yield from _chunks(lines, separator, header, tuple(door_of(header, doors, where=f"{source.name}:1")))


def read_headless(source: Source, doors: Doors, *, names: Sequence[str]) -> Iterator[Chunk]:
    """Records from the first line on; columns beyond the ``names`` are called ``c`` and their position.

    Raises `UnreadableFile` when the first record has fewer columns than there are names.
    """
    lines = Lines(source.stream)
    separator = _separator(source)
    record = _record(lines, separator, width=None)
    if record is None or record[2]:
        raise source.unreadable(REASONS[record[2]] if record else "it is empty", line=1, fix="mend it")
    number, cells, _ = record
    header = [*names, *(f"c{at}" for at in range(len(names) + 1, len(cells) + 1))]
    if len(header) > len(cells):
        why = f"its first row has {len(cells)} columns, and there are {len(names)} names"
        raise source.unreadable(why, line=1, fix="name the columns that there are, in their order")
    fields = tuple(door_of(header, doors, where=f"{source.name}:1"))
    yield Chunk({name: [cell] for name, cell in zip(header, cells, strict=True)}, fields, [number])
    yield from _chunks(lines, separator, header, fields)


def _chunks(lines: Lines, separator: str, header: list[str], fields: tuple[str, ...]) -> Iterator[Chunk]:
    while True:
        first, block = lines.next_number, lines.take(CHUNK_ROWS)
        if not block:
            return
        cells = _plain_records(block, separator, width=len(header))
        numbers, refused = list(range(first, first + len(block))), list[Refused]()
        if cells is None:
            lines.put_back(block)
            one_by_one = (_record(lines, separator, width=len(header)) for _ in block)
            cells, numbers, refused = divided(record for record in one_by_one if record)
        columns = map(list, zip(*cells, strict=True)) if cells else ([] for _ in header)
        yield Chunk(dict(zip(header, columns, strict=True)), fields, numbers, refused)


def _header(source: Source, lines: Lines) -> tuple[str, list[str]]:
    separator = _separator(source)
    record = _record(lines, separator, width=None)
    if record is None or record[2]:
        why = REASONS[record[2]] if record else "it holds no header"
        raise source.unreadable(why, line=1, fix="begin a CSV with a header: the names of its columns")
    names: list[str] = record[1]
    if len(set(names)) < len(names) or "" in names:
        fix = "give every column a name of its own"
        raise source.unreadable("two columns have the same name, or one has none", line=1, fix=fix)
    return separator, names


def _separator(source: Source) -> str:
    """The separator that the first line has most of."""
    first = source.stream.peek(HEAD_BYTES)[:HEAD_BYTES].split(b"\n", 1)[0].decode("utf-8", "replace")
    return max(SEPARATORS, key=first.count)


def _plain_records(block: Sequence[bytes], separator: str, *, width: int) -> list[list[str]] | None:
    """The records of a block where every line is one, as nearly always; otherwise None."""
    try:
        cells = list(csv.reader([line.decode() for line in block], strict=True, delimiter=separator))
    except (UnicodeDecodeError, csv.Error):
        return None
    is_plain = (
        len(cells) == len(block) and {width} == set(map(len, cells)) and Cut not in set(map(type, block))
    )
    return cells if is_plain else None


def _record(lines: Lines, separator: str, *, width: int | None) -> Found | None:
    """The next record with the number of its first line; None at the end.

    Where quotes do not match, the first line alone is refused and reading goes on with the second.
    """
    taken: list[bytes] = []
    number = lines.next_number
    cells, reason = None, ""
    try:
        cells = next(csv.reader(_decoded(lines, taken), strict=True, delimiter=separator), None)
    except csv.Error:
        lines.put_back(taken[1:])
        reason = "bad_csv"
    if not taken:
        return None
    reason = reason_of(taken[0]) or reason or _misfit(cells, width)
    return number, beginning(taken[0]) if reason else cells, reason


def _decoded(lines: Lines, taken: list[bytes]) -> Iterator[str]:
    for line in lines:
        taken.append(line)
        yield "" if type(line) is Cut else line.decode("utf-8", "surrogateescape")
        if len(taken) >= _RECORD_LINES or type(line) is Cut:
            return


def _misfit(cells: list[str] | None, width: int | None) -> str:
    if any(ord(letter) in _SURROGATES for cell in cells or () for letter in cell):
        return "not_utf8"
    return "column_count" if width is not None and len(cells or ()) != width else ""
