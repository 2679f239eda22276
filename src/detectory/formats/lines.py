"""Numbered lines in bounded memory, and the format that is nothing else: one value a line.

A line of more than `LINE_BYTES` is cut off and refused; its rest is skipped, not kept. Lines of a pipe
are given as they arrive.
"""

from __future__ import annotations

import io
from collections import deque
from collections.abc import Iterator, Sequence

from detectory.formats.chunk import CHUNK_ROWS, Chunk, Doors, Found, divided
from detectory.formats.source import BYTE_ORDER_MARK, Source

BLOCK_BYTES = 256 << 10  # read at a time; what a pipe holds is less, and is not waited for
LINE_BYTES = 1 << 20


class Cut(bytes):
    """The beginning of a line that was too long; the rest was skipped."""


class Lines:
    """The lines of a stream with their numbers; lines may be put back to be read again."""

    def __init__(self, stream: io.BufferedReader) -> None:
        self._stream, self._whole, self.next_number = stream, deque[bytes](), 1
        self._rest = b""  # the beginning of a line whose end has not arrived
        self._has_begun = False

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        taken = self.take(1)
        if not taken:
            raise StopIteration
        return taken[0]

    def take(self, rows: int) -> list[bytes]:
        """At most so many lines of those that have arrived; waits for the first one only."""
        while not self._whole and self._read():
            continue
        taken = [self._whole.popleft() for _ in range(min(rows, len(self._whole)))]
        self.next_number += len(taken)
        return taken

    def put_back(self, lines: Sequence[bytes]) -> None:
        """Read these lines again next."""
        self._whole.extendleft(reversed(lines))
        self.next_number -= len(lines)

    def _read(self) -> bool:
        """Cut what has arrived into lines; false at the end of the stream."""
        block = self._stream.read1(BLOCK_BYTES)
        lines = io.BytesIO(self._rest + block).readlines()
        ends_within = bool(block and lines) and not lines[-1].endswith(b"\n")
        # of a line that is too long already, no more is kept
        self._rest = lines.pop()[: LINE_BYTES + 1] if ends_within else b""
        if lines:
            lines[0] = self._checked(lines[0])  # a block is shorter than a line may be: no other is too long
        self._whole.extend(filter(None, lines))  # a byte order mark alone is no line
        return bool(block)

    def _checked(self, line: bytes) -> bytes:
        if not self._has_begun:
            self._has_begun, line = True, line.removeprefix(BYTE_ORDER_MARK)
        return Cut(line[:80]) if len(line.removesuffix(b"\n")) > LINE_BYTES else line


def read(source: Source, doors: Doors) -> Iterator[Chunk]:
    """One value a line, for a door of one field."""
    single = next((next(iter(door)) for door in doors if len(door) == 1), None)
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
