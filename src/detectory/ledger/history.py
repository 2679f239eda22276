"""What was said, in the order in which it was stored; what was taken back is told with it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import select

from detectory.ledger.database import Database
from detectory.ledger.tables import feedback, stands


@dataclass(frozen=True, slots=True)
class Event:
    """One label as it was stored; ``stands`` is False once it was taken back."""

    seq: int
    id: str
    prediction_id: str
    detector: str
    label: str
    note: str
    who: str
    at: float
    batch: str
    source: str
    stands: bool


def events(
    database: Database, detector: str | None = None, *, since: float = 0.0, newest_first: bool = False
) -> Iterator[Event]:
    """The labels since then (Unix seconds), the oldest first unless told. Raises `LedgerAway`."""
    order = feedback.c.seq.desc() if newest_first else feedback.c.seq
    wanted = select(feedback, stands().label("stands")).where(feedback.c.at >= since).order_by(order)
    if detector is not None:
        wanted = wanted.where(feedback.c.detector == detector)
    return (Event(**found._mapping) for found in database.streamed(wanted))
