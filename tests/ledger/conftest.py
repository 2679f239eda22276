"""Ledgers to write to: a file for each test, or a database on a PostgreSQL server that runs here."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from detectory.ledger.database import Database
from detectory.ledger.keeper import Keeper
from tests import needs

NUMBERS = count()
START_S = 30


@pytest.fixture(scope="session")
def postgres() -> Iterator[Path]:
    """The folder of the socket of a PostgreSQL server, which runs as somebody who is not root."""
    needs.debian_package("postgresql", program="pg_lsclusters")
    programs = max(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name))
    user = "postgres" if os.getuid() == 0 else None  # it refuses to run as root
    folder = Path(tempfile.mkdtemp(prefix="ledger-"))
    if user:
        shutil.chown(folder, user)
    try:
        with _server(programs, folder, user):
            yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _server(programs: Path, folder: Path, user: str | None) -> Iterator[None]:
    data = str(folder / "data")
    options: dict[str, Any] = {"user": user, "cwd": folder, "stdout": subprocess.DEVNULL}
    subprocess.run(
        [programs / "initdb", "-D", data, "-U", "tester", "-A", "trust", "-E", "UTF8", "--locale=C"],
        check=True, **options,
    )  # fmt: skip
    here = ["-k", str(folder), "-c", "listen_addresses=", "-c", "fsync=off"]
    command = [programs / "postgres", "-D", data, *here]
    with subprocess.Popen(command, stderr=subprocess.DEVNULL, **options) as server:
        try:
            _wait_for(programs / "pg_isready", folder)
            yield
        finally:
            server.terminate()
            server.wait(timeout=START_S)


def _wait_for(is_ready: Path, folder: Path) -> None:
    end = time.monotonic() + START_S
    while subprocess.run([is_ready, "-h", folder, "-U", "tester", "-d", "postgres", "-q"]).returncode:
        assert time.monotonic() < end, "PostgreSQL does not start"
        time.sleep(0.05)


def new_postgres(folder: Path) -> str:
    """The address of an empty database."""
    import psycopg

    name = f"ledger{next(NUMBERS)}"
    with psycopg.connect(f"host={folder} user=tester dbname=postgres", autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    return f"postgresql:///{name}?host={folder}&user=tester"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Where a ledger in a file is, or will be."""
    return tmp_path / "ledger.db"


@pytest.fixture(params=["sqlite", "postgresql"])
def where(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty ledger, of each kind."""
    if request.param == "sqlite":
        return str(tmp_path / "ledger.db")
    return new_postgres(request.getfixturevalue("postgres"))


@pytest.fixture
def opened() -> Iterator[Callable[[Path | str], Database]]:
    """Opens ledgers, and closes them when the test is over: ``opened(file)``."""
    with ExitStack() as stack:
        yield lambda where: stack.enter_context(closing(Database(str(where))))


@pytest.fixture
def database(where: str, opened: Callable[[Path | str], Database]) -> Database:
    """An empty ledger."""
    return opened(where)


@pytest.fixture
def keep(database: Database) -> Callable[..., list[dict[str, Any]]]:
    """Keep records of dga and write them: ``keep(record("a.com"))``."""

    def kept(*records: dict[str, Any], **more: Any) -> list[dict[str, Any]]:
        return kept_in(database, *records, **more)

    return kept


def kept_in(
    database: Database, *records: dict[str, Any], at: float = 1000.0, values: bool = False, share: float = 1.0
) -> list[dict[str, Any]]:
    """Write records through a keeper; gives them with their ids."""
    keeper = Keeper(database, clock=lambda: at, share=share)
    detector = "late" if values else "dga"
    keeper.keep(records, detector=detector, values=values, request_id="r1", key="k1")
    keeper.flush()
    return list(records)


def record(domain: str, *, alert: bool = False, label: str = "", version: str = "1") -> dict[str, Any]:
    """What dga answers of a domain."""
    label = label or ("gozi" if alert else "benign")
    return {
        "domain": domain, "score": 0.9 if alert else 0.1, "alert": alert, "label": label, "version": version,
    }  # fmt: skip


def forecast(stop: str, value: float, *, low: float = 0.0, high: float = 10.0) -> dict[str, Any]:
    """What a detector that predicts numbers answers."""
    return {"stop": stop, "value": value, "low": low, "high": high, "version": "1"}
