"""The ledger on a PostgreSQL server, for several processes or machines that share one.

A password stands in no setting: it is in what the setting refers to, or libpq finds it in ``PGPASSWORD``, in
a password file or in a service (https://www.postgresql.org/docs/current/libpq-envars.html).
"""

from __future__ import annotations

from sqlalchemy import URL, Engine, create_engine

from detectory.errors import MissingExtra

CONNECT_S = 5
LOCK_MS = 5000  # how long a statement waits for another one's lock


def engine_of(url: URL) -> Engine:
    """An engine over a server, whose statements each commit by themselves.

    Raises `MissingExtra` without psycopg.
    """
    try:
        return create_engine(
            url.set(drivername="postgresql+psycopg"),
            isolation_level="AUTOCOMMIT",
            pool_size=2,
            pool_pre_ping=True,  # the server may have been restarted since the last statement
            connect_args={"connect_timeout": CONNECT_S, "options": f"-c lock_timeout={LOCK_MS}"},
        )
    except ImportError as error:
        raise MissingExtra("psycopg", extra="postgres", because="for a ledger on PostgreSQL") from error
