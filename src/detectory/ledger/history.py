"""What was said, in the order in which it was stored; what was taken back is told with it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from detectory.ledger.database import Database
from detectory.ledger.tables import feedback, newest, predictions, stands

#: what an export holds beside the fields of the row; ``at`` is when it was asked, ``given`` the label
TOLD = (
    *("prediction_id", "at", "version", "said", "level", "alert"),
    *("label", "note", "who", "given", "batch", "source"),
)


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


def export(database: Database, detector: str, *, since: float = 0.0) -> Iterator[dict[str, Any]]:
    """What counts as true of the predictions labelled since then (Unix seconds), the oldest label first.

    Each has the fields of its row, as long as that is kept, then what was said and what it was. Raises
    `LedgerAway`.
    """
    p, f = predictions.c, feedback.c
    wanted = (
        select(p.row, f.prediction_id, p.at, p.version, p.label.label("said"), p.level, p.alert)
        .add_columns(f.label, f.note, f.who, f.at.label("given"), f.batch, f.source)
        .join_from(feedback, predictions, p.id == f.prediction_id, isouter=True)
        .where(f.seq.in_(newest()), f.detector == detector, f.at >= since)
        .order_by(f.seq)
    )
    for found in database.streamed(wanted):
        yield {**(found.row or {}), **{name: getattr(found, name) for name in TOLD}}
