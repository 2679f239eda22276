"""Read rows of any format, chunk by chunk: `read` is the way in, a reader a format is beside it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from detectory.formats import jsonl, lines, parquet, table, zeek
from detectory.formats.chunk import Chunk, Doors
from detectory.formats.source import SUFFIXES, Form, Source, check_text, opened, sniffed

__all__ = ["FORMS", "opened", "read"]

_READERS: Mapping[Form, Callable[[Source, Doors], Iterator[Chunk]]] = {
    "lines": lines.read,
    "csv": table.read,
    "jsonl": jsonl.read,
    "parquet": parquet.read,
    "zeek": zeek.read,
}
FORMS = tuple(_READERS)


def read(source: Source, doors: Doors, *, form: Form | None = None) -> Iterator[Chunk]:
    """The rows of a source in chunks; ``doors`` are the sets of fields that the detector takes.

    Without ``form``, the file's suffix decides, and where that says nothing its first bytes. Raises
    `UnreadableFile` when nothing of it can be read, `MissingColumn` when no door's fields are there.

    >>> import io
    >>> stream = io.BufferedReader(io.BytesIO(b"a.com\\n\\nb.com\\n"))
    >>> [chunk] = read(Source("names.txt", stream), [{"domain": True}])
    >>> chunk.columns, chunk.lines, chunk.refused[0].reason
    ({'domain': ['a.com', 'b.com']}, [1, 3], 'blank_line')
    """
    chosen = form or SUFFIXES.get(Path(source.name).suffix.lower()) or sniffed(source, doors)
    if chosen != "parquet":
        check_text(source)
    empty = True
    for chunk in _READERS[chosen](source, doors):
        empty = False
        yield chunk
    if empty:
        raise source.unreadable("it holds no row", fix="give at least one row")
