"""Tables as they are sent to MLflow and SageMaker ↔ rows and records: JSON, JSON lines, CSV.

Comes in: a body of one of these kinds. Goes out: rows, or the lines of an answer. Never: a guess at what a
broken document meant. A line that is none is refused in its place; a cell that is empty is a field not said.

Sources: mlflow ``pyfunc/scoring_server/__init__.py`` (behaviour measured on 3.17.2); Amazon SageMaker
developer guide, "Use Your Own Inference Code" (CSV without a header, JSON lines).
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from detectory.errors import RequestInvalid, RequestMalformed
from detectory.serve.decoding import UNREADABLE, decoded
from detectory.serve.instances import Row, named, row_of
from detectory.spec import Spec

FRAMES = ("dataframe_split", "dataframe_records", "instances", "inputs")
ANYTHING = msgspec.json.Decoder()


def object_of(body: bytes) -> dict[str, Any]:
    """A JSON object. Raises `RequestMalformed` or `RequestInvalid`."""
    found = decoded(ANYTHING, body)
    if not isinstance(found, dict):
        raise RequestInvalid(pointer="", why="it is no JSON object")
    return found


def framed(document: dict[str, Any], spec: Spec) -> list[Row]:
    """The rows of an MLflow document: an object with exactly one of `FRAMES`.

    Raises `RequestInvalid`, as MLflow does for a bare list and for two of them.
    """
    present = [name for name in FRAMES if name in document]
    if len(present) != 1:
        raise RequestInvalid(pointer="", why=f"it holds none or several of {', '.join(FRAMES)}")
    if not isinstance(document.get("params", {}), dict):
        raise RequestInvalid(pointer="/params", why="they are no object")
    frame, held = present[0], document[present[0]]
    if frame == "dataframe_split":
        return _split(held)
    if frame == "inputs" and isinstance(held, dict):
        return _columns(held)
    if not isinstance(held, list):
        raise RequestInvalid(pointer=f"/{frame}", why="it is no list")
    return [row_of(instance, spec) for instance in held]


def instances(document: dict[str, Any], spec: Spec) -> list[Row]:
    """The rows of ``{"instances": […], "parameters": {…}}``. Raises `RequestInvalid`."""
    held = document.get("instances")
    if not isinstance(held, list):
        raise RequestInvalid(pointer="/instances", why="there is no such list")
    if not isinstance(document.get("parameters", {}), dict):
        raise RequestInvalid(pointer="/parameters", why="they are no object")
    return [row_of(instance, spec) for instance in held]


def _split(held: Any) -> list[Row]:
    columns, data = (held.get("columns"), held.get("data")) if isinstance(held, dict) else (None, None)
    if not isinstance(columns, list) or not isinstance(data, list):
        raise RequestInvalid(pointer="/dataframe_split", why="it lacks the list 'columns' or 'data'")
    if not all(isinstance(name, str) for name in columns) or len(set(columns)) < len(columns):
        raise RequestInvalid(pointer="/dataframe_split/columns", why="they are no different names")
    return [_paired(columns, row) for row in data]


def _paired(names: list[str], row: Any) -> Any:
    fits = isinstance(row, list) and len(row) == len(names)
    return dict(zip(names, row, strict=True)) if fits else row


def _columns(held: dict[str, Any]) -> list[Row]:
    """Rows of columns; a single value is a column of one."""
    columns = {name: value if isinstance(value, list) else [value] for name, value in held.items()}
    if len({len(column) for column in columns.values()}) != 1:
        raise RequestInvalid(pointer="/inputs", why="its columns are not equally long")
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]


def json_lines(body: bytes, spec: Spec) -> list[Any]:
    """A row for every line that is not blank; what is no JSON is refused in its place."""
    return [row_of(_line(line), spec) for line in body.splitlines() if line.strip()]


def _line(line: bytes) -> Any:
    try:
        return msgspec.json.decode(line)
    except UNREADABLE:
        return []  # a list without values is no row of any door


def csv_rows(body: bytes, spec: Spec) -> list[Row]:
    """A row a record (RFC 4180). There is no header, unless the first record names the fields of a door.

    Raises `RequestMalformed` where it is not UTF-8, or its quotes do not match.
    """
    try:
        records = [one for one in csv.reader(io.StringIO(body.decode(), newline=""), strict=True) if one]
    except (UnicodeDecodeError, csv.Error) as error:
        why = "it is not UTF-8" if isinstance(error, UnicodeDecodeError) else f"as CSV: {error}"
        raise RequestMalformed(why=why) from error
    doors = list(spec.doors.values())
    if records and any(set(door.required) <= set(records[0]) for door in doors):
        rows = [_paired(records[0], record) for record in records[1:]]
    else:
        rows = [named(record, doors) for record in records]
    texts = {name for door in doors for name, field in door.fields.items() if field.type == "string"}
    return [_without_empty(row, texts) for row in rows]


def _without_empty(row: Any, texts: set[str]) -> Any:
    """An empty cell is no number: a field that is not said."""
    if not isinstance(row, dict):
        return row
    return {name: value for name, value in row.items() if value != "" or name in texts}


def csv_lines(records: Iterable[Row], names: Sequence[str]) -> bytes:
    r"""One line a record, in the order of the names, without a header.

    >>> csv_lines([{"score": 0.5, "alert": False}, {"error": "empty"}], ["score", "alert", "error"])
    b'0.5,false,\n,,empty\n'
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerows([[_cell(record.get(name)) for name in names] for record in records])
    return out.getvalue().encode()


def _cell(value: Any) -> Any:
    return str(value).lower() if isinstance(value, bool) else value
