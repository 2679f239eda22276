"""The storage of a search: its trials in one SQLite file, whichever engine runs them.

Comes in: the parameters of a trial when it begins, and its result when it ends. Goes out: the same, also
after ``kill -9``. Each note is one commit in WAL mode, which a killed process cannot damage
(sqlite.org/wal.html), and carries its own digest. A file that is damaged in another way is refused and left
as it is.
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
_FIELDS = ("number", "params", "state", "value", "seconds", "why", "steps", "noted")


class History(NamedTuple):
    """What was kept, by number: the trials that ended, with what Optuna wants back, and the begun ones."""

    ended: dict[int, tuple[Trial, Any]]
    begun: dict[int, dict[str, Value]]


@dataclass(frozen=True, slots=True)
class Storage:
    """The trials of one search in an open file; see `opened`."""

    path: Path
    _file: sqlite3.Connection

    def read(self) -> History:
        """Everything, by number. Raises `StudyDamaged`."""
        history = History({}, {})
        with _explained(self.path):
            rows = self._file.execute("SELECT number, begun, ended FROM trials ORDER BY number")
            for number, begun, ended in rows:
                if ended is None:
                    history.begun[number] = unwrapped(begun, where=str(self.path))
                else:
                    document = unwrapped(ended, where=str(self.path))
                    history.ended[number] = _trial(document["trial"]), document["extra"]
        return history

    def trials(self) -> list[Trial]:
        """The trials that ended, by number."""
        return [trial for trial, _ in self.read().ended.values()]

    def begin(self, number: int, params: Mapping[str, Value]) -> None:
        """Note that a trial begins; noting the same number again changes nothing."""
        with _explained(self.path):
            self._file.execute(
                "INSERT OR IGNORE INTO trials (number, begun) VALUES (?, ?)", (number, wrapped(dict(params)))
            )

    def end(self, trial: Trial, *, extra: Any = None) -> None:
        """Note how a trial ended; only the first note of a number counts."""
        document = {"trial": {name: getattr(trial, name) for name in _FIELDS}, "extra": extra}
        with _explained(self.path):
            self._file.execute(
                "UPDATE trials SET ended = ? WHERE number = ? AND ended IS NULL",
                (wrapped(document), trial.number),
            )


@contextmanager
def opened(folder: Path) -> Iterator[Storage]:
    """The trials that are kept in a folder, which is made where there is none.

    Raises `StudyDamaged` for a file that is none of ours or not whole, and `StoreUnwritable`.
    """
    path = folder / FILE
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreUnwritable(str(folder), reason=error.strerror or str(error)) from error
    with _explained(path):
        file = sqlite3.connect(path, isolation_level=None, timeout=30)
    with closing(file):
        with _explained(path):
            _prepare(path, file)
        yield Storage(path, file)


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
def _explained(path: Path) -> Iterator[None]:
    """Raise what SQLite and the digests report as errors that say how to mend it."""
    try:
        yield
    except sqlite3.OperationalError as error:
        raise StoreUnwritable(str(path), reason=str(error)) from error
    except ArtifactDamaged as error:
        raise StudyDamaged(str(path), why=error.why) from error
    except (sqlite3.DatabaseError, TypeError, KeyError) as error:
        raise StudyDamaged(str(path), why=str(error)) from error


def _trial(fields: Mapping[str, Any]) -> Trial:
    return Trial(**{**fields, "steps": tuple((int(step), float(loss)) for step, loss in fields["steps"])})
