"""How long predictions are kept: rows older than so many days go, a few at a time.

Labels stay, without the row that they are about. Never: a statement that holds up the writers for long.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from detectory.ledger.database import Database

if TYPE_CHECKING:  # a server listens before SQLAlchemy is loaded
    from sqlalchemy import ColumnElement

DAY_S = 86_400
STEP_ROWS = 5000  # four times a second, as the keeper calls: more than a server scores
PAUSE_S = 60.0  # between looks, once nothing is old


class Retention:
    """Removes what is too old, a step at each call; looks once a minute when nothing was."""

    def __init__(self, days: int, *, clock: Callable[[], float] = time.time) -> None:
        self._seconds, self._clock = days * DAY_S, clock
        self._due = 0.0

    def __call__(self, database: Database) -> None:
        """Remove one step's rows where it is time to. Raises `LedgerAway`."""
        now = self._clock()
        if now >= self._due:
            removed = purge_step(database, before=now - self._seconds)
            self._due = now if removed >= STEP_ROWS else now + PAUSE_S


def purge_step(database: Database, *, before: float, key: str | None = None) -> int:
    """Remove about `STEP_ROWS` predictions older than ``before``, with their shadows; gives how many.

    With ``key`` only those that this key asked for.
    """
    from sqlalchemy import delete, func, select

    from detectory.ledger.tables import predictions, shadows

    at, asked = predictions.c.at, _asked_by(key)
    oldest = select(at).where(at < before, *asked).order_by(at).limit(STEP_ROWS).subquery()
    with database.connected() as connection:
        last = connection.execute(select(func.max(oldest.c.at))).scalar_one()
        if last is None:
            return 0
        gone = select(predictions.c.id).where(at <= last, *asked)  # rows of one request share their time
        connection.execute(delete(shadows).where(shadows.c.prediction_id.in_(gone)))
        return connection.execute(delete(predictions).where(at <= last, *asked)).rowcount


def purge(database: Database, *, before: float, key: str | None = None) -> int:
    """Remove every prediction older than ``before`` (Unix seconds); gives how many."""
    removed = 0
    while step := purge_step(database, before=before, key=key):
        removed += step
    return removed


def count(database: Database, *, before: float, key: str | None = None) -> int:
    """How many predictions `purge` would remove."""
    from sqlalchemy import func, select

    from detectory.ledger.tables import predictions

    wanted = select(func.count()).where(predictions.c.at < before, *_asked_by(key))
    with database.connected() as connection:
        return int(connection.execute(wanted).scalar_one())


def _asked_by(key: str | None) -> list[ColumnElement[bool]]:
    from detectory.ledger.tables import predictions

    return [] if key is None else [predictions.c.key == key]
