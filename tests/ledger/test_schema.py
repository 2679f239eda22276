"""The tables are made once, brought up to date as a whole or not at all, and never by an older program."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import Connection, inspect

from detectory.errors import LedgerTooNew
from detectory.ledger import schema
from detectory.ledger.database import Database
from detectory.ledger.tables import metadata


def shape(connection: Connection) -> int:
    return int(connection.exec_driver_sql("SELECT schema FROM ledger").scalar_one())


def add_a_column(connection: Connection) -> None:
    connection.exec_driver_sql("ALTER TABLE feedback ADD COLUMN weight FLOAT")


def fail(connection: Connection) -> None:
    add_a_column(connection)
    raise RuntimeError("half-way")


def test_an_empty_database_gets_every_table(database: Database) -> None:
    with database.connected() as connection:
        assert set(inspect(connection).get_table_names()) == set(metadata.tables)
        assert shape(connection) == len(schema.UPGRADES) + 1


def test_an_older_database_is_brought_up_to_date_once(database: Database) -> None:
    with database.connected() as connection:
        for _ in range(2):
            schema.prepare(connection, upgrades=(add_a_column,))
        assert "weight" in {column["name"] for column in inspect(connection).get_columns("feedback")}
        assert shape(connection) == 2


def test_an_upgrade_that_fails_leaves_the_database_as_it_was(database: Database) -> None:
    with database.connected() as connection:
        with pytest.raises(RuntimeError, match="half-way"):
            schema.prepare(connection, upgrades=(fail,))
        assert "weight" not in {column["name"] for column in inspect(connection).get_columns("feedback")}
        assert shape(connection) == 1


def test_a_newer_database_is_refused(database: Database) -> None:
    with database.connected() as connection:
        connection.exec_driver_sql("UPDATE ledger SET schema = 9")
    database.close()
    with pytest.raises(LedgerTooNew, match="shape 9, and this Detectory knows 1"), database.connected():
        pass


def test_of_many_that_open_an_empty_ledger_at_once_one_makes_the_tables(where: str) -> None:
    def opened(_: int) -> int:
        database = Database(where)
        with closing(database), database.connected() as connection:
            return shape(connection)

    with ThreadPoolExecutor(6) as pool:
        assert set(pool.map(opened, range(6))) == {1}


def test_a_file_that_is_opened_for_the_first_time_makes_its_folder(tmp_path: Path) -> None:
    database = Database(str(tmp_path / "new" / "ledger.db"))
    with closing(database), database.connected() as connection:
        assert shape(connection) == 1
