"""The shape of the tables in a database: made once, brought up to date where it is older.

One number in the table ``ledger`` says which shape a database has, and `UPGRADES` holds what leads from
each to the next. That is all a migration tool would do here, and Alembic costs a server another 12 MiB and
each table a second description.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sqlalchemy import Connection, inspect, select, update

from detectory.errors import LedgerTooNew
from detectory.ledger.tables import metadata, versions

Upgrade = Callable[[Connection], None]
#: the first leads from shape 1 to 2; whoever adds one changes ``tables`` too
UPGRADES: Sequence[Upgrade] = ()
BEGIN = {"sqlite": "BEGIN IMMEDIATE", "postgresql": "BEGIN"}
#: PostgreSQL's lock that one process holds while it makes the tables; the number is ours alone
ADVISORY_LOCK = "SELECT pg_advisory_xact_lock(5138209417)"


def prepare(connection: Connection, upgrades: Sequence[Upgrade] = UPGRADES) -> None:
    """Bring a database to the newest shape, wholly or not at all; several processes may try at once.

    The connection commits every statement by itself. Raises `LedgerTooNew`.
    """
    dialect = connection.dialect.name
    if inspect(connection).has_table(versions.name) and _found(connection) == len(upgrades) + 1:
        return
    connection.exec_driver_sql(BEGIN[dialect])
    try:
        if dialect == "postgresql":
            connection.exec_driver_sql(ADVISORY_LOCK)
        _make(connection, upgrades)
    except BaseException:
        connection.exec_driver_sql("ROLLBACK")
        raise
    connection.exec_driver_sql("COMMIT")


def _make(connection: Connection, upgrades: Sequence[Upgrade]) -> None:
    newest = len(upgrades) + 1
    if not inspect(connection).has_table(versions.name):
        metadata.create_all(connection)
        connection.execute(versions.insert().values(schema=newest))
        return
    found = _found(connection)
    if found > newest:
        raise LedgerTooNew(found, newest=newest)
    for upgrade in upgrades[found - 1 :]:
        upgrade(connection)
    connection.execute(update(versions).values(schema=newest))


def _found(connection: Connection) -> int:
    """The shape that a database says it has."""
    return int(connection.execute(select(versions.c.schema)).scalar_one())
