"""Which predictions a person should look at next: those whose truth tells most, and nobody has told.

Rows on which two versions disagree decide a trial; alerts tell how many of them are true; rows that did not
alert tell what is missed. Of each kind the newest come first, whatever their score: a label must not be more
likely for a row that is easy, or rates made from labels would be wrong.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal, get_args

import msgspec
from sqlalchemy import ColumnElement, exists, select

from detectory.ledger.database import Database
from detectory.ledger.tables import differ, feedback, predictions, shadows, stands

Kind = Literal["disagreed", "alerts", "quiet"]
KINDS: tuple[Kind, ...] = get_args(Kind)
_AHEAD = 4  # rows are sent again and again: so many are looked at for each that is asked about


@dataclass(frozen=True, slots=True)
class Question:
    """A prediction whose truth is wanted: its row, what was said of it, and why it is asked about."""

    prediction_id: str
    at: float
    detector: str
    version: str
    row: dict[str, Any]
    level: float
    alert: bool | None
    said: str | None
    why: Kind


def queue(
    database: Database, detector: str | None = None, *, kinds: tuple[Kind, ...] = KINDS[:2], limit: int = 20
) -> list[Question]:
    """What to ask about, at most ``limit`` rows, the same row once. Raises `LedgerAway`."""
    asked: dict[bytes, Question] = {}
    for kind in kinds:
        for question in _newest(database, detector, kind, limit * _AHEAD):
            asked.setdefault(msgspec.json.encode([question.detector, question.row]), question)
    return list(asked.values())[:limit]


def _newest(database: Database, detector: str | None, kind: Kind, limit: int) -> list[Question]:
    p = predictions.c
    columns = (p.id, p.at, p.detector, p.version, p.row, p.level, p.alert, p.label)
    wanted = select(*columns).where(*_unknown(detector), _is(kind)).order_by(p.at.desc(), p.id).limit(limit)
    with database.connected() as connection:
        return [Question(*found, why=kind) for found in connection.execute(wanted)]


def _unknown(detector: str | None) -> Iterator[ColumnElement[bool]]:
    yield ~exists().where(feedback.c.prediction_id == predictions.c.id, stands())
    if detector is not None:
        yield predictions.c.detector == detector


def _is(kind: Kind) -> ColumnElement[bool]:
    match kind:
        case "disagreed":
            return exists().where(shadows.c.prediction_id == predictions.c.id, differ())
        case "alerts":
            return predictions.c.alert.is_(True)
        case "quiet":  # a detector that predicts numbers never alerts
            return predictions.c.alert.is_not(True)
