"""Rows on which two versions disagree, and what people have said of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from detectory.ledger.database import Database


@dataclass(frozen=True, slots=True)
class Dispute:
    """A row that was sent, its newest label, and by version what was said: level, alert and label.

    ``share`` is the probability with which the prediction, named by ``id``, was kept.
    """

    id: str
    share: float
    row: dict[str, Any]
    truth: str
    said: dict[str, list[Any]]


def settled(database: Database, detector: str, versions: tuple[str, str], *, since: float) -> list[Dispute]:
    """The disputes of two versions that have a label which stands, the newest label first.

    ``since`` is in Unix seconds. Raises `LedgerAway`.
    """
    from sqlalchemy import select

    from detectory.ledger.tables import differ, feedback, newest, predictions as told, shadows as other

    columns = (told.c.id, told.c.share, told.c.row, feedback.c.label, *_answer(told), *_answer(other))
    wanted = (
        select(*columns)
        .join_from(feedback, told, feedback.c.prediction_id == told.c.id)
        .join(other, other.c.prediction_id == told.c.id)
        .where(told.c.detector == detector, told.c.at >= since, differ())
        .where(told.c.version.in_(versions), other.c.version.in_(versions))
        .where(feedback.c.seq.in_(newest().where(feedback.c.at >= since)))
        .order_by(feedback.c.seq.desc())
    )
    with database.connected() as connection:
        found = connection.execute(wanted).all()
    return [_dispute(*one) for one in found]


def _dispute(name: str, share: float, row: dict[str, Any], truth: str, *said: Any) -> Dispute:
    width = len(said) // 2
    return Dispute(
        name, share, row, truth, {version: answer for version, *answer in (said[:width], said[width:])}
    )


def _answer(table: Any) -> tuple[Any, ...]:
    return table.c.version, table.c.level, table.c.alert, table.c.label
