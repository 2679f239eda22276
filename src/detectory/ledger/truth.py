"""Truth joined to predictions: what was said of a row, and what it was, by the newest label that stands."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, func, select

from detectory.ledger.database import Database
from detectory.ledger.tables import feedback, newest, predictions


@dataclass(frozen=True, slots=True)
class Labelled:
    """A prediction with its truth; ``share`` is the probability with which a row like it is kept."""

    prediction_id: str
    row: dict[str, Any]
    level: float
    alert: bool | None
    said: str | None
    low: float | None
    high: float | None
    share: float
    label: str


def labelled(
    database: Database, detector: str, *, version: str | None = None, since: float = 0.0
) -> list[Labelled]:
    """The predictions since then (Unix seconds) whose truth is known. Raises `LedgerAway`."""
    p = predictions.c
    asked = (p.id, p.row, p.level, p.alert, p.label, p.low, p.high, p.share, feedback.c.label)
    joined = select(*asked).join(feedback, feedback.c.prediction_id == p.id)
    wanted = joined.where(feedback.c.seq.in_(newest()), *_of(detector, version, since)).order_by(p.at, p.id)
    with database.connected() as connection:
        return [Labelled(*found) for found in connection.execute(wanted)]


def population(
    database: Database, detector: str, *, version: str | None = None, since: float = 0.0
) -> dict[bool, float]:
    """How many rows alerted and how many did not, those that were not kept too: each stands for 1 ÷ share."""
    weight = func.sum(1.0 / predictions.c.share)
    wanted = select(predictions.c.alert, weight).where(
        predictions.c.alert.is_not(None), *_of(detector, version, since)
    )
    with database.connected() as connection:
        found = connection.execute(wanted.group_by(predictions.c.alert)).all()
    return {bool(alert): float(rows) for alert, rows in found}


def rows(
    database: Database, detector: str, *, since: float = 0.0
) -> Iterator[tuple[float, float, dict[str, Any]]]:
    """Rows as they were sent since then, the oldest first: time, share, fields."""
    p = predictions.c
    wanted = select(p.at, p.share, p.row).where(*_of(detector, None, since)).order_by(p.at, p.id)
    for found in database.streamed(wanted):
        yield found.at, found.share, found.row


def _of(detector: str, version: str | None, since: float) -> Iterator[ColumnElement[bool]]:
    yield predictions.c.detector == detector
    yield predictions.c.at >= since
    if version is not None:
        yield predictions.c.version == version
