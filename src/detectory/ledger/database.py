"""The database of the ledger, opened when it is first used, and again whenever it was lost.

Comes in: an address. Goes out: connections, each statement of which commits by itself. Whatever ails the
database — locked, full, deleted, damaged — is a `LedgerAway`, and the next call tries again.

SQLAlchemy is loaded when the database is opened, not before: a server listens without it.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

from detectory.errors import BadSetting, LedgerAway

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine, Row, Select

logger = logging.getLogger(__name__)
CHUNK = 1000
PASSWORD = re.compile(r"(://[^:/@]*):[^@]*@")
POSTGRES = ("postgres", "postgresql", "postgresql+psycopg")


class Database:
    """Where the ledger is kept: a path for SQLite, or ``postgresql://USER@HOST/NAME``.

    ``set_aside`` counts how often this process has put a damaged file out of the way.

    >>> database = Database(":memory:.db")  # nothing is opened or made yet
    >>> database.where
    ':memory:.db'
    """

    def __init__(self, where: str) -> None:
        """Raises `BadSetting` for an address that leads to no ledger."""
        kind, is_address, _ = where.partition("://")
        if is_address and kind not in POSTGRES:
            raise BadSetting("ledger.url", why=f"'{kind}' is neither a path nor postgresql://…")
        self.where, self.set_aside = where, 0
        self._path = None if "://" in where else Path(where)
        self._engine: Engine | None = None
        self._identity: tuple[int, int] | None = None
        self._lock = Lock()

    @contextmanager
    def connected(self) -> Iterator[Connection]:
        """A connection. Raises `LedgerAway`, and what a wrong setting raises."""
        from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, ProgrammingError, TimeoutError

        try:
            with self._opened().connect() as connection:
                yield connection
        except (DataError, IntegrityError, ProgrammingError):
            raise  # the statement is at fault, not the database
        except (DBAPIError, TimeoutError, OSError) as error:
            raise self._lost(error) from error

    def streamed(self, wanted: Select[Any]) -> Iterator[Row[Any]]:
        """The rows of a query, all as they are at one moment; a thousand are held at a time.

        Raises `LedgerAway`.
        """
        with self.connected() as connection:
            if connection.dialect.name == "postgresql":  # its cursors live in a transaction
                connection = connection.execution_options(isolation_level="REPEATABLE READ")
            yield from connection.execution_options(yield_per=CHUNK).execute(wanted)

    def close(self) -> None:
        """Close what is open; it is opened again when it is needed."""
        with self._lock:
            self._dispose()

    def _opened(self) -> Engine:
        from detectory.ledger.sqlite import identity

        with self._lock:
            # whoever writes to a file that was deleted or replaced writes to nobody
            if self._path and self._engine and identity(self._path) != self._identity:
                self._dispose()
            if self._engine is None:
                self._engine = self._made()
            return self._engine

    def _made(self) -> Engine:
        from detectory.ledger import schema, sqlite

        engine = self._engine_of()
        self._identity = sqlite.identity(self._path) if self._path else None
        try:
            with engine.connect() as connection:
                schema.prepare(connection)
        except BaseException:
            engine.dispose()
            raise
        return engine

    def _engine_of(self) -> Engine:
        from sqlalchemy import make_url

        from detectory.ledger import postgres, sqlite

        if self._path:
            return sqlite.engine_of(self._path)
        return postgres.engine_of(make_url(self.where))

    def _lost(self, error: Exception) -> LedgerAway:
        """What ails the database, in words; it is closed, so that the next call opens it anew."""
        from detectory.ledger import sqlite

        cause = getattr(error, "orig", None)
        with self._lock:
            if self._path and sqlite.is_damaged(cause) and sqlite.set_aside(self._path, self._identity):
                self.set_aside += 1
                logger.error("ledger set aside", extra={"facts": {"reason": str(cause)}})
            self._dispose()
        shown = PASSWORD.sub(r"\1:***@", self.where)
        return LedgerAway(shown, reason=str(cause or error).strip().partition("\n")[0])

    def _dispose(self) -> None:
        engine, self._engine = self._engine, None
        if engine is not None:
            engine.dispose()
