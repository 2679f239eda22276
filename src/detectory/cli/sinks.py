"""Where records go: JSONL or CSV to stdout or a file, or one JSON document under ``--json``."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext, suppress
from pathlib import Path
from typing import Any, BinaryIO, Protocol

import msgspec

from detectory.cli.session import SCHEMA_VERSION, Session
from detectory.errors import DetectoryError, OutputUnwritable, StrayColumn, UsageError
from detectory.formats.write import Csv, JsonLines

WRITTEN = {"": "jsonl", ".csv": "csv", ".jsonl": "jsonl", ".ndjson": "jsonl", ".json": "jsonl"}


class Sink(Protocol):
    """Takes records as they come."""

    def begin(self, columns: Sequence[str], *, line: int) -> None:
        """Say the columns of the rows from this line of the input on."""

    def write(self, records: Sequence[Mapping[str, Any]]) -> None:
        """Take some records."""

    def finish(self, facts: Mapping[str, Any]) -> None:
        """Take what was counted."""


class _Lines:
    def __init__(self, stream: BinaryIO) -> None:
        self._out = JsonLines(stream)
        self.write = self._out.write

    def begin(self, columns: Sequence[str], *, line: int) -> None:
        """JSON names the columns in every line."""

    def finish(self, facts: Mapping[str, Any]) -> None:
        """The counts are talk: they go to stderr."""


class _Table:
    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._out: Csv | None = None

    def begin(self, columns: Sequence[str], *, line: int) -> None:
        self._out = self._out or Csv(self._stream, columns)
        if stray := [name for name in columns if name not in self._out.columns]:
            raise StrayColumn(stray, line=line)

    def write(self, records: Sequence[Mapping[str, Any]]) -> None:
        if self._out:
            self._out.write(records)

    def finish(self, facts: Mapping[str, Any]) -> None:
        """The counts are talk: they go to stderr."""


class _Document:
    """One JSON document, written as it comes: ``{"schema_version": 1, "rows": […], …}``."""

    def __init__(self, session: Session, stream: BinaryIO) -> None:
        self._session, self._stream, self._before = session, stream, b""

    def begin(self, columns: Sequence[str], *, line: int) -> None:
        if not self._session.has_answered:
            self._session.has_answered = True
            self._stream.write(b'{"schema_version":%d,"rows":[' % SCHEMA_VERSION)

    def write(self, records: Sequence[Mapping[str, Any]]) -> None:
        for record in records:
            self._stream.write(self._before + msgspec.json.encode(record))
            self._before = b",\n"

    def finish(self, facts: Mapping[str, Any]) -> None:
        self._stream.write(b"]," + msgspec.json.encode(facts)[1:] + b"\n")


@contextmanager
def _document(session: Session, stream: BinaryIO) -> Iterator[_Document]:
    """A document that is closed with the error when one comes after its first row."""
    out = _Document(session, stream)
    try:
        yield out
    except DetectoryError as error:
        if session.has_answered:
            out.finish({"error": error.as_dict()})
        raise


class _Apart:
    """Records to a file, and what was counted as a document to stdout."""

    def __init__(self, session: Session, out: Sink) -> None:
        self._session, self.begin, self.write = session, out.begin, out.write

    def finish(self, facts: Mapping[str, Any]) -> None:
        self._session.answer(facts, "")


@contextmanager
def sink(session: Session, output: Path | None, form: str | None) -> Iterator[Sink]:
    """Where to write: ``output`` or stdout, as ``form`` or the ending of ``output`` says."""
    if output is None:
        stream = sys.stdout.buffer
        with (
            _document(session, stream)
            if session.as_json
            else nullcontext(_of(form or "jsonl", stream)) as out
        ):
            yield out
        stream.flush()
        return
    chosen = form or _form_of(output)
    with _written(session, output) as file:
        out = _of(chosen, file)
        yield _Apart(session, out) if session.as_json else out


def _form_of(path: Path) -> str:
    """What the ending says. Raises `UsageError` for one that says nothing of a format we write."""
    form = WRITTEN.get(path.suffix.lower())
    if form is None:
        why = f"output is written as CSV or JSONL, and '{path.name}' does not say which"
        raise UsageError(why, fix=f"end it in {', '.join(filter(None, WRITTEN))}, or name --format")
    return form


def _of(form: str, stream: BinaryIO) -> Sink:
    return _Table(stream) if form == "csv" else _Lines(stream)


@contextmanager
def _written(session: Session, path: Path) -> Iterator[BinaryIO]:
    """A file that is whole at the end, or not there: what is there already goes only when agreed."""
    if path.exists():
        session.confirm(f"write over {path}?")
    scratch = path.with_name(f".{path.name}.part")
    try:
        with writing(path):
            with scratch.open("wb") as stream:
                yield stream
            scratch.replace(path)
    finally:
        with suppress(OSError):  # it was told why it cannot be written; that it cannot be removed is no news
            scratch.unlink(missing_ok=True)


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """Raises `OutputUnwritable` for what the disk refuses."""
    try:
        yield
    except BrokenPipeError:  # nobody reads stdout any more, which is no fault of the file
        raise
    except OSError as error:
        raise OutputUnwritable(str(path), reason=error.strerror or str(error)) from error
