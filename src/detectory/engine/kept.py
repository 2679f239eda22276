"""Trials on disk: what a search did so far, whoever ran it.

Comes in: a trial's parameters when it begins, and all there is to say when it ends. Goes out: the same,
also after ``kill -9``: what had ended is there, and what had only begun is known by its parameters. Each
is one commit to one SQLite file in WAL mode, which a killed process cannot damage (sqlite.org/wal.html),
and carries its own digest. A file that is damaged otherwise is told, and not written to.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from detectory.engine.search import Trial
from detectory.errors import ArtifactDamaged, StoreUnwritable, StudyDamaged
from detectory.models.candidate import Value
from detectory.stores.documents import unwrapped, wrapped

FILE = "trials.db"
#: what a file of ours says it is (sqlite.org/pragma.html#pragma_application_id): "dtct"
APPLICATION = 0x64746374
_TABLE = "CREATE TABLE trials (number INTEGER PRIMARY KEY, begun BLOB NOT NULL, ended BLOB)"
_SAID = ("number", "params", "state", "value", "seconds", "why", "steps", "noted")


class Past(NamedTuple):
    """What is kept: trials that ended, each with what its engine wants back, and those that only began."""

    ended: dict[int, tuple[Trial, Any]]
    begun: dict[int, dict[str, Value]]


@dataclass(frozen=True, slots=True)
class Kept:
    """An open file of trials; see `opened`."""

    path: Path
    _file: sqlite3.Connection

    def read(self) -> Past:
        """Everything, by number. Raises `StudyDamaged`."""
        past = Past({}, {})
        with _told(self.path):
            rows = self._file.execute("SELECT number, begun, ended FROM trials ORDER BY number")
            for number, begun, ended in rows:
                if ended is None:
                    past.begun[number] = unwrapped(begun, where=str(self.path))
                else:
                    said = unwrapped(ended, where=str(self.path))
                    past.ended[number] = _trial(said["trial"]), said["extra"]
        return past

    def trials(self) -> list[Trial]:
        """The trials that ended, by number."""
        return [trial for trial, _ in self.read().ended.values()]

    def begin(self, number: int, params: Mapping[str, Value]) -> None:
        """Note that a trial begins. Once more for the same number changes nothing."""
        with _told(self.path):
            self._file.execute(
                "INSERT OR IGNORE INTO trials (number, begun) VALUES (?, ?)", (number, wrapped(dict(params)))
            )

    def end(self, trial: Trial, *, extra: Any = None) -> None:
        """Note how a trial that was begun ended. The first word counts."""
        said = {"trial": {name: getattr(trial, name) for name in _SAID}, "extra": extra}
        with _told(self.path):
            self._file.execute(
                "UPDATE trials SET ended = ? WHERE number = ? AND ended IS NULL",
                (wrapped(said), trial.number),
            )


@contextmanager
def opened(folder: Path) -> Iterator[Kept]:
    """The trials that are kept in a folder, which is made where there is none.

    Raises `StudyDamaged` for a file that is none of ours or not whole, and `StoreUnwritable`.
    """
    path = folder / FILE
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreUnwritable(str(folder), reason=error.strerror or str(error)) from error
    with _told(path):
        file = sqlite3.connect(path, isolation_level=None, timeout=30)
    with closing(file):
        with _told(path):
            _prepare(path, file)
        yield Kept(path, file)


def _prepare(path: Path, file: sqlite3.Connection) -> None:
    if (found := file.execute("PRAGMA quick_check").fetchone()[0]) != "ok":
        raise StudyDamaged(str(path), why=found)
    (application,) = file.execute("PRAGMA application_id").fetchone()
    (tables,) = file.execute("SELECT count(*) FROM sqlite_master").fetchone()
    if not application and not tables:
        # the mark and the table are one commit: a file is empty, or it is ours
        file.executescript(f"BEGIN; PRAGMA application_id = {APPLICATION}; {_TABLE}; COMMIT")
    elif application != APPLICATION:
        raise StudyDamaged(str(path), why="it is a database of something else")
    file.execute("PRAGMA journal_mode = WAL")
    # a power cut may cost the latest trials, and never the file; kill -9 costs nothing
    file.execute("PRAGMA synchronous = NORMAL")


@contextmanager
def _told(path: Path) -> Iterator[None]:
    """Turn what SQLite and the digests say into what a user can mend."""
    try:
        yield
    except sqlite3.OperationalError as error:
        raise StoreUnwritable(str(path), reason=str(error)) from error
    except ArtifactDamaged as error:
        raise StudyDamaged(str(path), why=error.why) from error
    except (sqlite3.DatabaseError, TypeError, KeyError) as error:
        raise StudyDamaged(str(path), why=str(error)) from error


def _trial(said: Mapping[str, Any]) -> Trial:
    return Trial(**{**said, "steps": tuple((int(step), float(loss)) for step, loss in said["steps"])})
