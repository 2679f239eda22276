"""JSONL: one JSON object a line (RFC 8259, https://jsonlines.org)."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import chain
from operator import attrgetter
from typing import Any

import msgspec

from detectory.formats.chunk import (
    CHUNK_ROWS,
    Chunk,
    Door,
    Doors,
    Found,
    Refused,
    beginning,
    divided,
    door_of,
    required,
)
from detectory.formats.lines import Lines, reason_of
from detectory.formats.source import Source

_OBJECTS = msgspec.json.Decoder(dict[str, Any])


def read(source: Source, doors: Doors) -> Iterator[Chunk]:
    """One JSON object a line."""
    lines, door = Lines(source.stream), None
    while True:
        first, block = lines.next_number, lines.take(CHUNK_ROWS)
        if not block:
            return
        objects, numbers, refused = _objects(block, first)
        if objects and door is None:
            door = door_of(
                dict.fromkeys(chain.from_iterable(objects)), doors, where=f"{source.name}:{numbers[0]}"
            )
        yield _of_objects(objects, numbers, refused, door or {})


def _objects(block: Sequence[bytes], first: int) -> tuple[list[dict[str, Any]], list[int], list[Refused]]:
    try:
        objects = _OBJECTS.decode_lines(b"".join(block))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        objects = []
    if len(objects) == len(block):
        return objects, list(range(first, first + len(block))), []
    return divided(_each_object(block, first))


def _each_object(block: Sequence[bytes], first: int) -> Iterator[Found]:
    for number, line in enumerate(block, start=first):
        reason, value = reason_of(line), None
        if not reason:
            value, reason = _object(line)
        yield number, beginning(line) if reason else value, reason


def _object(line: bytes) -> tuple[Any, str]:
    try:
        return _OBJECTS.decode(line), ""
    except UnicodeDecodeError:
        return None, "not_utf8"
    except msgspec.ValidationError:  # an object has one where a number in it is beyond a double
        return None, "bad_json" if line.lstrip().startswith(b"{") else "not_an_object"
    except (msgspec.DecodeError, RecursionError):
        return None, "bad_json"


def _of_objects(
    objects: list[dict[str, Any]], numbers: list[int], refused: list[Refused], door: Door
) -> Chunk:
    needed = required(door)
    lacking = {at for at, row in enumerate(objects) if any(name not in row for name in needed)}
    if lacking:
        kept = (Refused(numbers[at], "missing_field", objects[at]) for at in lacking)
        refused = sorted([*refused, *kept], key=attrgetter("line"))
        objects = [row for at, row in enumerate(objects) if at not in lacking]
        numbers = [number for at, number in enumerate(numbers) if at not in lacking]
    names = dict.fromkeys(chain(door, chain.from_iterable(objects)))
    columns = {name: [row.get(name) for row in objects] for name in names}
    return Chunk(columns, tuple(door), numbers, refused, dict(_absent(objects, names)))


def _absent(objects: Sequence[Mapping[str, Any]], names: Collection[str]) -> Iterator[tuple[int, list[str]]]:
    for at, row in enumerate(objects):
        if len(row) < len(names):
            yield at, [name for name in names if name not in row]
