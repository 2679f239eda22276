"""Keeps what was answered, so that truth can join it later. Never at the cost of an answer.

Comes in: the records of each request, as they are answered. Goes out: the same records, each with the
``prediction_id`` that a label names; and rows in the ledger, written by one thread, a batch a statement.
Never: a wait, an error or a failed answer. What finds no room is dropped, and counted.
"""

from __future__ import annotations

import logging
import random
import secrets
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import count
from threading import Event, Lock
from typing import Any

import msgspec

from detectory.errors import LedgerAway
from detectory.ledger.batches import PREDICTIONS, SHADOWS, Pending
from detectory.ledger.database import Database

GATHER_S = 0.25  # how long rows wait for others, so that one statement writes them all
RETRY_S = 1.0  # between attempts while the database is away
LIMIT_BYTES = 16 << 20  # about a hundred thousand rows
ID = "prediction_id"
Record = dict[str, Any]
logger = logging.getLogger(__name__)


@dataclass(slots=True)
class Counts:
    """Since the process began: rows written, rows dropped for want of room, and attempts that failed."""

    kept: int = 0
    dropped: int = 0
    failed: int = 0


class Keeper:
    """Keeps predictions of one process.

    Every row that alerts is kept, and of the others a ``share``, which stands beside each row: a rate is
    then a weighted one. Ids are 64 random bits of the process and a number.
    """

    def __init__(
        self,
        database: Database,
        *,
        share: float = 1.0,
        limit: int = LIMIT_BYTES,
        clock: Callable[[], float] = time.time,
        upkeep: Callable[[Database], None] = lambda database: None,
    ) -> None:
        self.counts = Counts()
        self.database, self.share, self._clock, self._upkeep = database, share, clock, upkeep
        self._predictions, self._shadows = Pending(PREDICTIONS, limit=limit), Pending(SHADOWS, limit=limit)
        self._prefix, self._numbers = f"{secrets.token_hex(8)}-", count(1)
        self._reason = ""  # why the database is away, as long as it is
        self._stopping, self._writing, self._counting = Event(), Lock(), Lock()

    @property
    def away(self) -> bool:
        """Whether the database could not be used when it was needed last."""
        return bool(self._reason)

    def run(self) -> None:
        """Write until `stop`; the database is opened here, in the thread that writes."""
        pause = 0.0
        while not self._stopping.wait(pause):
            pause = GATHER_S if self._turn() else RETRY_S

    def stop(self) -> None:
        """Write what is queued, as far as the database lets us, and close it."""
        self._stopping.set()
        self._turn()
        self.database.close()

    def keep(
        self, records: Sequence[Record], *, detector: str, values: bool, request_id: str, key: str
    ) -> None:
        """Queue what is to be kept of a request, and give each such record its ``prediction_id``.

        ``values`` says that the detector predicts numbers.
        """
        kept = [record for record in records if self._is_kept(record)]
        if not kept:
            return
        for record in kept:
            record[ID] = f"{self._prefix}{next(self._numbers):x}"
        ask = {"at": self._clock(), "detector": detector, "request_id": request_id, "key": key}
        more = {"share": self.share, "values": values}
        if not self._predictions.add(msgspec.json.encode(ask | more | {"records": kept}), rows=len(kept)):
            self._forget(kept)

    def shadowed(self, records: Sequence[Record], others: Sequence[Record]) -> None:
        """Queue what another version says of the same rows, in the same order; of those that are kept."""
        for record, other in zip(records, others, strict=True):
            if ID in record and "error" not in other:
                level = other["score"] if "score" in other else other["value"]
                said = [record[ID], other["version"], level, other.get("alert"), other.get("label")]
                self._shadows.add(msgspec.json.encode(said), rows=1)

    def flush(self) -> None:
        """Write everything that is queued now. Raises `LedgerAway`; what is not written stays queued."""
        with self._writing:
            for pending in (self._predictions, self._shadows):
                while self._written(pending):
                    pass

    def _is_kept(self, record: Record) -> bool:
        if "error" in record:
            return False
        if self.share == 1.0 or record.get("alert") is True:
            return True
        return random.random() < self.share  # noqa: S311  # a sample, no secret

    def _forget(self, records: Sequence[Record]) -> None:
        """There is no room: nobody shall be asked for the truth of what is not there."""
        with self._counting:
            self.counts.dropped += len(records)
        for record in records:
            del record[ID]

    def _written(self, pending: Pending) -> bool:
        elements, rows = pending.first()
        if not elements:
            return False
        try:
            with self.database.connected() as connection:
                pending.write(connection, elements)
        except LedgerAway:
            raise
        except Exception:  # a statement that fails for what is in it would fail for ever
            logger.exception("predictions dropped", extra={"facts": {"rows": rows}})
            with self._counting:
                self.counts.dropped += rows
        else:
            self.counts.kept += rows
        pending.drop(len(elements))
        return True

    def _turn(self) -> bool:
        """Write what is queued and do what is due; False when the database is away."""
        try:
            self.flush()
            self._upkeep(self.database)
        except LedgerAway as error:
            self._say_away(error.why)
            return False
        except Exception:  # this thread must outlive whatever happens
            logger.exception("a bug met while keeping the ledger")
        self._reason = ""
        return True

    def _say_away(self, reason: str) -> None:
        """Count it each time, and say it once."""
        self.counts.failed += 1
        if reason != self._reason:
            logger.warning("ledger away", extra={"facts": {"reason": reason}})
        self._reason = reason
