"""Bytes as a source, and what is read of them, row by row."""

import io
from collections.abc import Iterator

from detectory.formats.chunk import Chunk
from detectory.formats.read import read
from detectory.formats.source import Form, Source

DOORS = [{"domain": True}]


PAIR = [{"name": True, "size": True}]


def source(data: bytes, name: str = "standard input") -> Source:
    return Source(name, io.BufferedReader(io.BytesIO(data)))


def chunks(data: bytes, form: Form | None = None, doors: list[dict[str, bool]] = DOORS) -> Iterator[Chunk]:
    return read(source(data), doors, form=form)


def fates(data: bytes, form: Form | None = None) -> list[tuple[int, object]]:
    """Every row read, by line: its domain, or why there is none."""
    found: list[tuple[int, object]] = []
    for chunk in chunks(data, form):
        found += zip(chunk.lines, chunk.columns.get("domain", []), strict=True)
        found += [(one.line, one.reason) for one in chunk.refused]
    return sorted(found, key=lambda one: one[0])
