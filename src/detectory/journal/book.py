"""All records of a store: begun, written on, listed, found by the beginning of an id, removed.

::

    .detectory/journal/20261121-153101-dga-1f3a.json         the record
    .detectory/journal/20261121-153101-dga-1f3a.steps.json   its metrics by step, where there are any

A record has one writer, the run itself; after its end, whoever sends it somewhere notes that in it. What is
written while a run goes on outlives the process, and the record of its end outlives the machine too.
"""

from __future__ import annotations

import re
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from typing import Any, NamedTuple, TypeVar

import msgspec

from detectory.artifacts import Store
from detectory.errors import (
    AmbiguousRun,
    ArtifactDamaged,
    DetectoryError,
    RecordTooNew,
    RunUnfinished,
    UnknownRun,
)
from detectory.journal.process import is_here, lives, this
from detectory.journal.record import SCHEMA_VERSION, Process, Record, Series
from detectory.journal.running import Clock, Running, Tell, silent, stamp

Kind = TypeVar("Kind")

FOLDER = "journal"
ID = re.compile(
    r"(?P<id>(?P<second>\d{8}-\d{6})-(?P<detector>[a-z0-9][a-z0-9._-]*)-(?P<part>[0-9a-f]{4}))\.json"
)
LATEST = re.compile(r"latest(?:~(\d+))?")
#: a write takes milliseconds, in a bucket seconds; who waits longer waits for something that hangs
LOCK_S = 30.0


class Unreadable(NamedTuple):
    """A record that cannot be read, and why."""

    id: str
    why: DetectoryError


def _now() -> datetime:
    return datetime.now(UTC)


class Journal:
    """The records of a store. ``process`` is who writes, ``clock`` gives moments in UTC."""

    def __init__(self, store: Store, *, clock: Clock = _now, process: Process | None = None) -> None:
        self._store, self._clock = store, clock
        self._process = process or this()

    # ── writing ──────────────────────────────────────────────────────────────────────────────────

    def begin(self, verb: str, detector: str, *, tell: Tell = silent, **known: Any) -> Running:
        """Begin a run: its record is there, and ``running``, when this returns.

        ``known`` are fields of `Record`; ``environment`` is one that must be known. A journal that cannot be
        written fails no run: ``tell`` hears of it, once.
        """
        now = self._clock()
        record = Record(
            id=id_of(detector, now),
            verb=verb,
            detector=detector,
            began=stamp(now),
            process=self._process,
            **known,
        )
        running = Running(record, self._write, clock=self._clock, tell=tell)
        running.save()
        return running

    def mark(self, run: str, **sinks: str) -> None:
        """Note in a record that is over what became of it in trackers: ``mlflow="sent"``."""
        with self._changing():
            while True:
                before = self._store.swappable(_path(run))
                if before.body is None:
                    return  # it was removed meanwhile
                body = {**before.body, "sinks": {**before.body.get("sinks", {}), **sinks}}
                if self._store.swap(before, body):
                    return

    def remove(self, run: str) -> None:
        """Remove a record for good. Raises `RunUnfinished` for one whose process lives on this machine."""
        with self._changing():
            found = self._read(run)
            if isinstance(found, Record) and not found.is_over and is_here(found.process):
                raise RunUnfinished(run, host=found.process.host, pid=found.process.pid)
            self._store.remove(_path(run))
            self._store.remove(_steps(run))

    def _write(self, record: Record, with_steps: bool) -> None:
        body = msgspec.to_builtins(record)
        series = body.pop("series")
        keep = self._store.put if record.is_over else self._store.jot
        with self._changing():
            if with_steps:
                keep(_steps(record.id), series)
            keep(_path(record.id), body)
            if record.is_over:
                self._store.sweep(FOLDER)

    def _changing(self) -> AbstractContextManager[None]:
        """Held for a write: what a dead writer left may be swept away, and no live one's."""
        return self._store.locked(FOLDER, wait_s=LOCK_S)

    # ── reading ──────────────────────────────────────────────────────────────────────────────────

    def ids(self, detector: str = "") -> list[str]:
        """The ids of all runs, or of a detector's, oldest first."""
        names = (ID.fullmatch(name) for name in self._store.listing(FOLDER))
        found = [one for one in names if one and detector in ("", one["detector"])]
        return [one["id"] for one in sorted(found, key=lambda one: (one["second"], one["part"]))]

    def records(self, detector: str = "", *, last: int = 0) -> list[Record | Unreadable]:
        """Records without their series, oldest first: all, or the ``last`` ones."""
        return [self._read(run) for run in self.ids(detector)[-last:]]

    def get(self, wanted: str) -> Record:
        """One record, whole: by its id, the beginning of it, ``latest``, or ``latest~2``, two before that.

        Raises `UnknownRun`, `AmbiguousRun`, `ArtifactDamaged`, `RecordTooNew`.
        """
        found = self._read(self.resolve(wanted))
        if isinstance(found, Unreadable):
            raise found.why
        series = self._body(found.id, _steps(found.id)) or []
        return msgspec.structs.replace(found, series=self._typed(found.id, series, list[Series]))

    def resolve(self, wanted: str) -> str:
        """The id that is meant. Raises `UnknownRun`, `AmbiguousRun`."""
        known = self.ids()
        if latest := LATEST.fullmatch(wanted):
            back = int(latest[1] or 0)
            meant = known[-1 - back :][:1] if back < len(known) else []
        else:
            meant = [run for run in known if run == wanted] or [r for r in known if r.startswith(wanted)]
        if not meant:
            raise UnknownRun(wanted, known=known)
        if len(meant) > 1:
            raise AmbiguousRun(wanted, meant=meant)
        return meant[0]

    def _read(self, run: str) -> Record | Unreadable:
        try:
            return _as_it_is(self._decoded(run))
        except DetectoryError as error:
            return Unreadable(run, error)

    def _decoded(self, run: str) -> Record:
        body = self._body(run, _path(run))
        if body is None:
            raise UnknownRun(run, known=self.ids())
        if body.get("schema_version", 0) > SCHEMA_VERSION:
            raise RecordTooNew(run, found=body["schema_version"], newest=SCHEMA_VERSION)
        return self._typed(run, body, Record)

    def _body(self, run: str, name: str) -> Any:
        """A document as it was written, or None. Raises `ArtifactDamaged`, which says what to do."""
        try:
            return self._store.document(name)
        except ArtifactDamaged as error:
            raise _damaged(run, where=error.where, found="something else") from error

    def _typed(self, run: str, body: Any, kind: type[Kind]) -> Kind:
        try:
            return msgspec.convert(body, kind)
        except msgspec.ValidationError as error:
            raise _damaged(run, where=_path(run), found=str(error)) from error


def _damaged(run: str, *, where: str, found: str) -> ArtifactDamaged:
    fix = f"remove it: detectory runs remove {run}"
    return ArtifactDamaged(where, expected="a record of the journal", found=found, fix=fix)


def id_of(detector: str, moment: datetime) -> str:
    """The id of a run that begins now: the second, the detector, and the part of the second.

    >>> id_of("dga", datetime(2026, 11, 21, 15, 31, 1, 500_000, tzinfo=UTC))
    '20261121-153101-dga-8000'
    """
    return f"{moment:%Y%m%d-%H%M%S}-{detector}-{moment.microsecond * 0x10000 // 1_000_000:04x}"


def _as_it_is(record: Record) -> Record:
    """A record that was never ended, and whose process is no more, is that of a killed run."""
    if record.is_over or lives(record.process):
        return record
    return msgspec.structs.replace(record, state="killed")


def _path(run: str) -> str:
    return f"{FOLDER}/{run}.json"


def _steps(run: str) -> str:
    return f"{FOLDER}/{run}.steps.json"
