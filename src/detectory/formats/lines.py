"""Numbered lines in bounded memory, and the format that is nothing else: one value a line.

A line of more than `LINE_BYTES` is cut off and refused; its rest is skipped, not kept.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from typing import BinaryIO

from detectory.formats.chunk import CHUNK_ROWS, Chunk, Doors, Found, divided
from detectory.formats.source import BYTE_ORDER_MARK, Source

CHUNK_BYTES = 16 << 20  # a chunk of very long lines ends here, so that memory stays bounded
LINE_BYTES = 1 << 20


class Cut(bytes):
    """The beginning of a line that was too long; the rest was skipped."""


class Lines:
    """The lines of a stream with their numbers; lines may be put back to be read again."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream, self._back, self.next_number = stream, deque[bytes](), 1
        self._is_first = True

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        line = self._back.popleft() if self._back else self._read()
        if not line:
            raise StopIteration
        self.next_number += 1
        return line

    def take(self, rows: int) -> list[bytes]:
        """At most so many lines, and no more bytes than a chunk may hold."""
        taken: list[bytes] = []
        size = 0
        for line in self:
            taken.append(line)
            size += len(line)
            if len(taken) >= rows or size >= CHUNK_BYTES:
                break
        return taken

    def put_back(self, lines: Sequence[bytes]) -> None:
        """Read these lines again next."""
        self._back.extendleft(reversed(lines))
        self.next_number -= len(lines)

    def _read(self) -> bytes:
        line = self._stream.readline(LINE_BYTES + 1)
        if self._is_first:
            self._is_first = False
            line = line.removeprefix(BYTE_ORDER_MARK) or line[3:]
        if len(line) <= LINE_BYTES or line.endswith(b"\n"):
            return line
        while (rest := self._stream.readline(LINE_BYTES)) and not rest.endswith(b"\n"):
            continue
        return Cut(line[:80])


def read(source: Source, doors: Doors) -> Iterator[Chunk]:
    """One value a line, for a door of one field."""
    single = next((door[0] for door in doors if len(door) == 1), None)
    if single is None:
        fix = "give CSV with a header, or JSONL: one object a line"
        raise source.unreadable(f"a line holds one value, and a row needs {', '.join(doors[0])}", fix=fix)
    lines = Lines(source.stream)
    while True:
        first, block = lines.next_number, lines.take(CHUNK_ROWS)
        if not block:
            return
        values, numbers, refused = divided(_texts(block, first))
        yield Chunk({single: values}, (single,), numbers, refused)


def _texts(block: Sequence[bytes], first: int) -> Iterator[Found]:
    for number, line in enumerate(block, start=first):
        reason, value = reason_of(line), None
        if not reason:
            try:
                value = line.rstrip(b"\r\n").decode()
            except UnicodeDecodeError:
                reason = "not_utf8"
        yield number, value, reason


def reason_of(line: bytes) -> str:
    """Why a line holds nothing, whatever the format; empty when it may hold something."""
    if type(line) is Cut:
        return "line_too_long"
    return "" if line.strip() else "blank_line"
