"""A ledger that is locked, full, deleted or damaged says so, and is there again when it can be (F27)."""

from __future__ import annotations

import sqlite3
import stat
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from detectory.errors import BadSetting, LedgerAway
from detectory.ledger import sqlite
from detectory.ledger.database import Database
from detectory.ledger.feedback import Feedback, Label
from detectory.ledger.keeper import Keeper
from detectory.ledger.tables import feedback, predictions
from detectory.library import Workspace
from detectory.settings import Ledger, Settings
from tests.ledger.conftest import kept_in, new_postgres, record

Open = Callable[[Path | str], Database]


@pytest.fixture
def database(file: Path, opened: Open) -> Database:
    """A ledger in a file, with a prediction in it."""
    database = opened(file)
    kept_in(database, record("first.com"))
    return database


def rows(database: Database) -> int:
    with database.connected() as connection:
        return int(connection.execute(select(func.count()).select_from(predictions)).scalar_one())


def test_a_ledger_is_for_its_owners_eyes(database: Database, file: Path) -> None:
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.with_name("ledger.db-wal").stat().st_mode) == 0o600


def test_what_is_acknowledged_is_on_the_disk_before(database: Database) -> None:
    with database.connected() as connection:
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2  # FULL


def test_a_locked_ledger_is_away_until_the_lock_is_gone(
    database: Database, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite, "BUSY_S", 0.05)
    database.close()
    other = sqlite3.connect(file, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(LedgerAway, match="cannot be used") as refused:
        kept_in(database, record("a.com"))
    other.execute("ROLLBACK")
    other.close()

    assert refused.value.why == "database is locked"
    kept_in(database, record("b.com"))
    assert rows(database) == 2


def test_a_full_disk_is_told_and_what_was_stored_stays(
    database: Database, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite, "PRAGMAS", (*sqlite.PRAGMAS, "max_page_count = 40"))
    database.close()
    with pytest.raises(LedgerAway) as refused:
        kept_in(database, *(record("x" * 200) for _ in range(2000)))

    assert refused.value.why == "database or disk is full"
    assert rows(database) == 1
    monkeypatch.undo()
    kept_in(database, record("b.com"))
    assert rows(database) == 2


def test_a_deleted_ledger_is_made_anew(database: Database, file: Path) -> None:
    for path in file.parent.glob("ledger.db*"):
        path.unlink()
    kept_in(database, record("b.com"))

    assert file.exists()
    assert rows(database) == 1


def test_a_ledger_whose_folder_cannot_be_made_is_away(file: Path, opened: Open) -> None:
    file.write_text("")
    with pytest.raises(LedgerAway, match="cannot be used"):
        rows(opened(file / "inside" / "ledger.db"))


def test_a_damaged_ledger_is_set_aside_and_the_next_call_has_a_new_one(
    database: Database, file: Path
) -> None:
    database.close()
    damage(file)
    with pytest.raises(LedgerAway) as refused:
        kept_in(database, record("b.com"))

    assert refused.value.why == "file is not a database"
    assert database.set_aside == 1
    (aside,) = file.parent.glob("ledger.db.corrupt-*")
    assert aside.read_bytes()[:16] == b"\xff" * 16
    kept_in(database, record("c.com"))
    assert rows(database) == 1


def test_damage_while_the_ledger_is_open_is_seen_when_a_damaged_page_is_read(
    database: Database, file: Path
) -> None:
    kept = kept_in(database, *(record(f"{n}{'x' * 100}.com") for n in range(10_000)))
    checkpoint(file)
    damage(file)
    with pytest.raises(LedgerAway, match="cannot be used"):
        label_all(database, kept[::100])

    assert database.set_aside == 1
    kept_in(database, record("c.com"))
    assert rows(database) == 1


def test_another_process_that_closes_the_ledger_takes_nothing_from_this_one(file: Path, opened: Open) -> None:
    first, second = opened(file), opened(file)  # a server's keeper and its keys, say
    for database in (first, second):
        kept_in(database, record("a.com"))

    assert rows_elsewhere(file) == 2
    kept_in(first, record("b.com"))
    assert rows_elsewhere(file) == rows(second) == 3


def rows_elsewhere(file: Path) -> int:
    """The rows that another process counts, which is then the last but us to close the file."""
    count = "SELECT count(*) FROM predictions"
    said = f"import sqlite3; print(*sqlite3.connect({str(file)!r}).execute({count!r}).fetchone())"
    return int(subprocess.run([sys.executable, "-c", said], check=True, capture_output=True).stdout)


def test_a_damaged_ledger_is_set_aside_by_one_of_two_processes(file: Path, opened: Open) -> None:
    first, second = opened(file), opened(file)
    for database in (first, second):
        kept_in(database, record("a.com"))
    checkpoint(file)
    first.close()
    damage(file)
    with pytest.raises(LedgerAway):
        kept_in(first, record("b.com"))
    for database in (first, second):
        kept_in(database, record("c.com"))

    assert (first.set_aside, second.set_aside, rows(first)) == (1, 0, 2)


def test_a_keeper_loses_no_row_to_a_damaged_ledger(file: Path, opened: Open) -> None:
    database = opened(file)
    kept_in(database, record("a.com"))
    database.close()
    damage(file)
    keeper = Keeper(database)
    keeper.keep([record("b.com")], detector="dga", values=False, request_id="", key="")
    with pytest.raises(LedgerAway):
        keeper.flush()
    keeper.flush()

    assert (keeper.counts.kept, rows(database)) == (1, 1)


def test_a_label_for_a_ledger_that_is_away_is_not_stored(
    database: Database, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (answered,) = kept_in(database, record("a.com"))
    labels = Feedback(database)
    monkeypatch.setattr(sqlite, "BUSY_S", 0.05)
    database.close()
    with sqlite3.connect(file) as other:
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(LedgerAway):
            labels.record(Label(answered["prediction_id"], "gozi"))
        other.execute("ROLLBACK")
    other.close()
    with database.connected() as connection:
        assert connection.execute(select(func.count()).select_from(feedback)).scalar() == 0


def test_an_address_that_cannot_be_a_ledger_is_a_wrong_setting() -> None:
    with pytest.raises(BadSetting) as refused:  # before a server listens: it would start, and keep nothing
        Database("mysql://host/name")
    assert "neither a path nor postgresql" in refused.value.why


def ledger_of(root: Path, url: str, **environment: str) -> Database:
    found = Workspace(root, Settings(ledger=Ledger(url=url)), environment).ledger
    assert found is not None
    return found


def test_a_setting_refers_to_an_address_with_a_password_and_never_holds_one(tmp_path: Path) -> None:
    url = "postgresql://me:secret@127.0.0.1:1/name"
    assert ledger_of(tmp_path, "env:LEDGER", LEDGER=url).where == url
    with pytest.raises(BadSetting) as refused:
        ledger_of(tmp_path, url)
    assert "a password stands in it" in refused.value.why
    with pytest.raises(LedgerAway) as away, Database(url).connected():
        pass
    assert "secret" not in str(away.value) + str(refused.value)


def test_a_server_that_is_gone_is_away_and_used_again_when_it_is_back(postgres: Path, opened: Open) -> None:
    where = new_postgres(postgres)
    database = opened(where)
    kept_in(database, record("a.com"))
    with pytest.raises(LedgerAway):
        kept_in(opened(where.replace(str(postgres), f"{postgres}/nowhere")), record("b.com"))
    with database.connected() as connection:  # as when the server was restarted in between
        others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
        connection.exec_driver_sql(f"{others} AND datname = current_database()")
    kept_in(database, record("c.com"))
    assert rows(database) == 2


def label_all(database: Database, records: Sequence[dict[str, Any]]) -> None:
    labels = Feedback(database)
    for answered in records:
        labels.record(Label(answered["prediction_id"], "gozi"))


def checkpoint(file: Path) -> None:
    """Bring what is in the write-ahead log into the file."""
    other = sqlite3.connect(file)
    other.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    other.close()


def damage(file: Path) -> None:
    """Overwrite what SQLite has written, as a failing disk might; it stays the same file to its readers."""
    with file.open("r+b") as stream:
        stream.write(b"\xff" * file.stat().st_size)
