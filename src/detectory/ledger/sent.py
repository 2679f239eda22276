"""Rows that servers were sent, to be answered again."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from detectory.ledger.database import Database

PAGE = 5_000  # rows; a ledger may hold millions

#: when it was sent, in Unix seconds; the share of such rows that is kept; its fields
Sent = tuple[float, float, dict[str, Any]]


def sent(database: Database, detector: str, *, since: float) -> Iterator[Sent]:
    """The rows that a detector was sent since then, oldest first. Raises `LedgerAway`."""
    from sqlalchemy import select, tuple_

    from detectory.ledger.tables import predictions as told

    after: tuple[float, str] = (since, "")
    while True:
        wanted = (
            select(told.c.at, told.c.id, told.c.share, told.c.row)
            .where(told.c.detector == detector, tuple_(told.c.at, told.c.id) > after)
            .order_by(told.c.at, told.c.id)
            .limit(PAGE)
        )
        with database.connected() as connection:
            page = connection.execute(wanted).all()
        for at, _, share, row in page:
            yield at, share, row
        if len(page) < PAGE:
            return
        after = (page[-1].at, page[-1].id)
