"""A source of rows: a file or standard input, and what its first bytes look like.

Nothing is consumed here: what is looked at is read again by the reader.
"""

from __future__ import annotations

import io
import re
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, cast

from detectory.errors import NoSuchFile, UnreadableFile
from detectory.formats.chunk import Doors

Form = Literal["lines", "csv", "jsonl", "parquet", "zeek"]
SUFFIXES: Mapping[str, Form] = {
    ".txt": "lines",
    ".csv": "csv",
    ".tsv": "csv",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".parquet": "parquet",
}
LOG = ".log"  # of Zeek, of JSON, or of plain lines that may well hold commas
HEAD_BYTES = 4096
SEPARATORS = ",;\t"
_SEPARATED = re.compile(f"[{SEPARATORS}]")
ZEEK = (b"#separator", b"#fields")  # the line that a Zeek log begins with
BYTE_ORDER_MARK = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class Source:
    """Where rows come from: a name for messages, and a buffered stream of bytes."""

    name: str
    stream: io.BufferedReader

    def unreadable(self, why: str, *, fix: str, line: int | None = None) -> UnreadableFile:
        """The error that says why this source cannot be read."""
        return UnreadableFile(self.name, why=why, line=line, fix=fix)


@contextmanager
def opened(path: str) -> Iterator[Source]:
    """A file, or standard input for ``-``. Raises `NoSuchFile` and `UnreadableFile`."""
    if path == "-":
        yield Source("standard input", cast("io.BufferedReader", sys.stdin.buffer))
        return
    try:
        stream = Path(path).open("rb")  # noqa: SIM115  # closed below, after errors of opening were told apart
    except FileNotFoundError as error:
        raise NoSuchFile(path) from error
    except OSError as error:
        raise UnreadableFile(
            path, why=error.strerror or str(error), fix="name a file that can be read"
        ) from error
    with stream:
        yield Source(path, stream)


def sniffed(source: Source, doors: Doors) -> Form:
    """What the first bytes look like; nothing is consumed."""
    head = source.stream.peek(HEAD_BYTES)[:HEAD_BYTES]
    if head.startswith(b"PAR1"):
        return "parquet"
    if head.removeprefix(BYTE_ORDER_MARK).startswith(ZEEK):
        return "zeek"
    first = head.removeprefix(BYTE_ORDER_MARK).lstrip().split(b"\n", 1)[0].strip().decode("utf-8", "replace")
    if first.startswith("{"):
        return "jsonl"
    names = {name for door in doors for name in door}
    if not names.isdisjoint(cell.strip().strip('"') for cell in _SEPARATED.split(first)):
        return "csv"
    is_log = Path(source.name).suffix.lower() == LOG
    return "csv" if _SEPARATED.search(first) and not is_log else "lines"


def check_text(source: Source) -> None:
    """Refuse as a whole what no line of can be read: empty, compressed, UTF-16, binary, a JSON array."""
    head = source.stream.peek(HEAD_BYTES)[:HEAD_BYTES]
    if not head:
        raise source.unreadable("it is empty", fix="give at least one row")
    if head.startswith((b"\x1f\x8b", b"PK\x03\x04", b"\x28\xb5\x2f\xfd", b"BZh", b"\xfd7zXZ")):
        raise source.unreadable(
            "it is compressed", fix="unpack it first:  gunzip -c FILE | detectory score NAME -"
        )
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise source.unreadable(
            "it is UTF-16, not UTF-8", fix="convert it:  iconv -f UTF-16 -t UTF-8 FILE", line=1
        )
    if head.count(0) > len(head) // 4:
        raise source.unreadable(
            "it is binary: it is full of NUL bytes",
            fix="give lines, CSV, JSONL, Parquet or a Zeek log",
            line=1,
        )
    if head.lstrip().startswith(b"[{"):
        fix = "write one object a line:  jq -c '.[]' FILE > FILE.jsonl"
        raise source.unreadable("it is one JSON array, which cannot be read row by row", fix=fix, line=1)
