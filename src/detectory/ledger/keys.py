"""The API keys in the ledger: added, revoked, listed. A row is never taken away.

Comes in: records of keys, without their secrets. Goes out: the same. Raises `LedgerAway` where the database
cannot be used.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from detectory.apikey import Key
from detectory.errors import UnknownApiKey

if TYPE_CHECKING:
    from sqlalchemy import Row

    from detectory.ledger.database import Database


class LedgerKeys:
    """The keys of one ledger."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def all(self) -> list[Key]:
        """Every key, the oldest first; where there is no file yet there is none, and none is made for it."""
        where = self._database.where
        if "://" not in where and not Path(where).exists():
            return []
        from sqlalchemy import select

        from detectory.ledger.tables import keys

        with self._database.connected() as connection:
            rows = connection.execute(select(keys).order_by(keys.c.created, keys.c.id)).all()
        return [_key(row) for row in rows]

    def add(self, key: Key) -> None:
        """Keep a new key."""
        from detectory.ledger.tables import keys

        row = {"scopes": " ".join(sorted(key.scopes)), "id": key.id, "name": key.name, "sha256": key.sha256}
        times = {"created": key.created, "expires": key.expires, "revoked": key.revoked}
        with self._database.connected() as connection:
            connection.execute(keys.insert().values(**row, **times))

    def revoke(self, identity: str, *, now: float) -> None:
        """Let a key open nothing from now on; one that is revoked keeps its time. Raises `UnknownApiKey`."""
        from sqlalchemy import func

        from detectory.ledger.tables import keys

        revoked = keys.update().where(keys.c.id == identity)
        with self._database.connected() as connection:
            done = connection.execute(revoked.values(revoked=func.coalesce(keys.c.revoked, now)))
        if not done.rowcount:
            raise UnknownApiKey(identity, known=[key.id for key in self.all()])


def _key(row: Row[tuple[object, ...]]) -> Key:
    scopes = frozenset(row.scopes.split())
    return Key(row.id, row.name, row.sha256, scopes, row.created, row.expires, row.revoked)
