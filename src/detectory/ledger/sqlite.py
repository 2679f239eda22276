"""The ledger in one file: SQLite, with a write-ahead log that is on the disk before a commit returns.

Comes in: a path. Goes out: an engine whose statements each commit by themselves. A file that SQLite cannot
read any more is put beside itself, so that the next label has somewhere to go. Never: a file deleted.
"""

from __future__ import annotations

import fcntl
import os
import sqlite3
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.pool import QueuePool

from detectory.errors import BadSetting

LEAST = (3, 38)  # since then ``->>`` reads a member of a JSON document
BUSY_S = 5.0  # how long a statement waits for another process's; then the caller is told to come back
MAKING = Lock()  # nobody opens a file here before whoever made it has closed it
DAMAGED = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}
PRAGMAS = (
    "journal_mode = WAL",  # readers and the writer do not wait for one another
    "synchronous = FULL",  # what is acknowledged survives a loss of power (https://sqlite.org/pragma.html)
    "cache_size = -512",  # KiB a connection; the default of 2 MiB is a lot beside a detector
)


def engine_of(path: Path) -> Engine:
    """An engine over a file, made readable by its owner alone where there is none.

    Raises `BadSetting` where Python brings an SQLite that is too old.
    """
    if sqlite3.sqlite_version_info < LEAST:
        why = (
            f"this Python brings SQLite {sqlite3.sqlite_version} and 3.38 is needed; take PostgreSQL or none"
        )
        raise BadSetting("ledger.url", why=why)
    _make(path)
    engine = create_engine(
        f"sqlite:///{path}",
        isolation_level="AUTOCOMMIT",
        poolclass=QueuePool,
        pool_size=2,
        connect_args={"timeout": BUSY_S, "check_same_thread": False},
    )
    event.listen(engine, "connect", _configure)
    return engine


def _make(path: Path) -> None:
    """Make the file where there is none.

    One that is there is never opened here: to close it would give back the locks that SQLite holds on it in
    this process, and another process would then take away the write-ahead log under our hands
    (https://sqlite.org/howtocorrupt.html, 2.2).
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with MAKING, suppress(FileExistsError):
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))


def _configure(connection: sqlite3.Connection, _record: object) -> None:
    for pragma in PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")


def identity(path: Path) -> tuple[int, int] | None:
    """Which file a path leads to now; None for none."""
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    return found.st_dev, found.st_ino


def is_damaged(error: BaseException | None) -> bool:
    """Whether SQLite says that the file is not what it wrote."""
    code = getattr(error, "sqlite_errorcode", 0)
    return code & 0xFF in DAMAGED  # the low byte; the others say where it was seen


def set_aside(path: Path, opened: tuple[int, int] | None) -> bool:
    """Put a damaged file beside itself as ``.corrupt-TIME``; gives whether this call did it.

    Another process may have been first: then the path leads to another file than was ``opened``.
    """
    with path.with_name(f"{path.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if opened is None or identity(path) != opened:
            return False
        mark = f"{datetime.now(UTC):corrupt-%Y%m%dT%H%M%S.%f}"
        for suffix in ("-wal", "-shm", ""):
            part = path.with_name(path.name + suffix)
            if part.exists():
                part.rename(path.with_name(f"{path.name}.{mark}{suffix}"))
        return True
