"""Labels in files: what is exported, and what is read back.

CSV and JSON lines hold a row's own fields beside what was said and what it was; reading needs the columns
``prediction_id`` and ``label``, and takes a ``note``. Late labels of SageMaker (developer guide, "Ingest
ground truth labels and merge them with predictions") are read and written too. Never: a cell that a
spreadsheet would run.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import msgspec

from detectory.errors import MissingColumn, UnreadableFile
from detectory.formats.write import restored

COLUMNS = ("prediction_id", "label", "note")


class GroundTruth(msgspec.Struct, rename="camel"):
    """A label as SageMaker's Model Monitor merges it: by the id of the event."""

    class Data(msgspec.Struct):
        """The label, as one cell of CSV."""

        data: str
        encoding: str = "CSV"

    class Metadata(msgspec.Struct, rename="camel"):
        """Which prediction it is about."""

        event_id: str

    ground_truth_data: Data
    event_metadata: Metadata
    event_version: str = "0"


class Line(msgspec.Struct):
    """A label in our own words; other members are passed over."""

    prediction_id: Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
    label: str | float | None = None
    note: Annotated[str, msgspec.Meta(max_length=2000)] | None = None


@dataclass(frozen=True, slots=True)
class Read:
    """One line of a file: the label that it gives, or in ``why`` the reason that it gives none.

    ``label`` is None where nobody has filled it in. ``is_bit`` says that it is 1 or 0, not a name.
    """

    number: int
    prediction_id: str = ""
    label: str | float | None = None
    note: str = ""
    is_bit: bool = False
    why: str = ""


def read(path: Path) -> Iterator[Read]:
    """The lines of a file: CSV by its suffix, JSON otherwise. Raises `MissingColumn`, `UnreadableFile`."""
    try:
        yield from _csv(path) if path.suffix.lower() == ".csv" else _json(path)
    except UnicodeDecodeError as error:
        raise UnreadableFile(str(path), why="it is not UTF-8", fix="save it as UTF-8") from error
    except csv.Error as error:
        raise UnreadableFile(str(path), why=str(error), fix="save it as CSV with a header") from error


def _csv(path: Path) -> Iterator[Read]:
    with path.open(encoding="utf-8-sig", newline="") as stream:  # a spreadsheet marks UTF-8
        rows = csv.DictReader(stream)
        for name in COLUMNS[:2]:
            if name not in (rows.fieldnames or ()):
                raise MissingColumn(name, where=str(path), known=rows.fieldnames or ())
        for row in rows:
            cells = {name: restored(row.get(name) or "") for name in COLUMNS}
            yield _checked(rows.line_num, {**cells, "label": cells["label"] or None})


def _json(path: Path) -> Iterator[Read]:
    with path.open("rb") as stream:
        for number, line in enumerate(stream, start=1):
            if line.strip():
                yield _line(number, line)


def _line(number: int, line: bytes) -> Read:
    try:
        members = msgspec.json.decode(line, type=dict[str, Any])
    except (msgspec.DecodeError, UnicodeDecodeError):
        return Read(number, why="it is no JSON object")
    return _late(number, members) if "groundTruthData" in members else _checked(number, members)


def _checked(number: int, members: dict[str, Any]) -> Read:
    try:
        line = msgspec.convert(members, Line)
    except msgspec.ValidationError as error:
        return Read(number, why=str(error))
    return Read(number, line.prediction_id, line.label, line.note or "")


def _late(number: int, members: dict[str, Any]) -> Read:
    try:
        late = msgspec.convert(members, GroundTruth)
    except msgspec.ValidationError as error:
        return Read(number, why=str(error))
    label = late.ground_truth_data.data.strip()
    return Read(number, late.event_metadata.event_id, label or None, is_bit=label in ("0", "1"))


def late_of(prediction_id: str, label: str) -> dict[str, Any]:
    """A label as SageMaker reads it.

    >>> late_of("4eb5-1", "benign")["eventMetadata"]
    {'eventId': '4eb5-1'}
    """
    record: dict[str, Any] = msgspec.to_builtins(
        GroundTruth(GroundTruth.Data(label), GroundTruth.Metadata(prediction_id))
    )
    return record


def moment(at: float) -> str:
    """Unix seconds as people and tables read them (RFC 3339, UTC).

    >>> moment(0.5)
    '1970-01-01T00:00:00.500+00:00'
    """
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds")
