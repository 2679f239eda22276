"""A table that a person gave to learn from: CSV with or without a header, JSONL or Parquet, gzip or not.

Goes in: a path and the columns that are asked for. Comes out: chunks of rows, as found. A line that holds no
row stops the reading: what is learned from must be whole, and its owner can mend it.
"""

from __future__ import annotations

import gzip
import io
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

from detectory.formats import jsonl, parquet, table
from detectory.formats.chunk import REASONS, Chunk, Door
from detectory.formats.source import SUFFIXES, Form, Source, check_text, opened, sniffed

__all__ = ["rows", "word"]

_GZIP = b"\x1f\x8b"


def rows(path: Path, door: Door, *, names: Sequence[str] | None = None) -> Iterator[Chunk]:
    """The rows of a table in chunks; ``door`` says which columns are asked for, and which must be there.

    ``names`` are those of a CSV without a header; what they leave over is called ``c`` and its position.
    Blank lines are passed over. Raises `NoSuchFile`, `MissingColumn`, and `UnreadableFile` for the first
    line that holds no row.
    """
    with _unpacked(path) as source:
        for chunk in _read(source, door, names):
            _check_whole(chunk, source)
            if chunk.lines:
                yield chunk


def word(value: Any) -> str:
    """A label as a word without blanks around; empty for what is no label.

    >>> word(" normal "), word(1), word(None), word(float("nan"))
    ('normal', '1', '', '')
    """
    return "" if value is None or value != value else str(value).strip()


@contextmanager
def _unpacked(path: Path) -> Iterator[Source]:
    """The file, or what is packed in it. Raises `UnreadableFile` for a broken gzip."""
    with opened(str(path)) as source:
        if source.stream.peek(2)[:2] != _GZIP:
            yield source
            return
        stream = cast("io.BufferedReader", io.BufferedReader(gzip.GzipFile(fileobj=source.stream)))
        try:
            yield Source(source.name, stream)
        except (gzip.BadGzipFile, EOFError, zlib.error) as error:
            raise source.unreadable(f"its gzip is broken: {error}", fix="pack it again") from error


def _read(source: Source, door: Door, names: Sequence[str] | None) -> Iterator[Chunk]:
    form = _form(source)
    if form == "parquet":
        return parquet.read(source, [door])
    check_text(source)
    if form == "jsonl":
        return jsonl.read(source, [door])
    if names is not None:
        return table.read_headless(source, [door], names=names)
    return table.read(source, [door])


def _form(source: Source) -> Form:
    """What the suffix says, without ``.gz``, and the first bytes where it says nothing of a table."""
    named = SUFFIXES.get(Path(source.name.removesuffix(".gz")).suffix.lower(), "lines")
    return sniffed(source, []) if named == "lines" else named


def _check_whole(chunk: Chunk, source: Source) -> None:
    for refused in chunk.refused:
        if refused.reason != "blank_line":
            fix = "mend the line, or take it out"
            raise source.unreadable(REASONS[refused.reason], line=refused.line, fix=fix)
