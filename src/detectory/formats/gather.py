"""Chunks of rows that become entities together, made one: no entity is cut at the end of a chunk."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from detectory.formats.chunk import Chunk


def gathered(chunks: Iterable[Chunk], is_gathered: Callable[[tuple[str, ...]], bool]) -> Iterator[Chunk]:
    """The chunks as they come, but one of all rows whose fields ``is_gathered`` says yes to.

    >>> parts = [Chunk({"line": ["a"]}, ("line",), [1]), Chunk({"line": ["b"]}, ("line",), [2])]
    >>> [chunk.columns for chunk in gathered(parts, lambda fields: True)]
    [{'line': ['a', 'b']}]
    """
    waiting: dict[tuple[str, ...], list[Chunk]] = {}
    for chunk in chunks:
        if is_gathered(chunk.fields):
            waiting.setdefault(chunk.fields, []).append(chunk)
        else:
            yield chunk
    for fields, parts in waiting.items():
        columns = {name: [value for part in parts for value in part.asked()[name]] for name in fields}
        lines = [line for part in parts for line in part.lines]
        yield Chunk(columns, fields, lines, [item for part in parts for item in part.refused])
