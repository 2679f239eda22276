"""Labels: what somebody says a prediction should have been. Stored once, never changed, never deleted.

Comes in: a label for a prediction, with who gives it and the name he gives the event. Goes out: its number,
once it is committed. Two that say the same are one; one that says something else is refused, and the refusal
is noted. Which of two at once is first is decided by a unique constraint, not by looking before writing.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import quote

from sqlalchemy import Connection, Select, func, insert, literal, select
from sqlalchemy.dialects import postgresql, sqlite

from detectory.errors import LabelConflict, UnknownFeedback, UnknownPrediction
from detectory.ledger.database import Database
from detectory.ledger.tables import feedback, predictions, refusals, retractions, stands

_SAFE = ":@ "  # of what a caller is called; never the slash behind which the event's own name begins
_GIVEN = ("id", "prediction_id", "detector", "label", "note", "who", "at", "batch", "source")


@dataclass(frozen=True, slots=True)
class Label:
    """What one event says.

    ``event`` names it among those of its ``batch``, or of ``who`` where it comes alone; by default it is
    the prediction's id.
    """

    prediction_id: str
    label: str
    note: str = ""
    who: str = ""
    event: str = ""
    batch: str = ""
    source: str = "api"

    @property
    def name(self) -> str:
        """What the caller calls the event."""
        return self.event or self.prediction_id

    @property
    def id(self) -> str:
        """The event's name among all: what two callers name alike are two events, an import is one."""
        kind, caller = ("batch", self.batch) if self.batch else ("key", self.who)
        return f"{kind} {quote(caller, safe=_SAFE)}/{self.name}"


@dataclass(frozen=True, slots=True)
class Stored:
    """A label that is committed: its number, and whether it was not there before."""

    seq: int
    is_new: bool


@dataclass(frozen=True, slots=True)
class Asked:
    """Whose prediction an id is."""

    detector: str
    version: str


class Feedback:
    """The labels of one ledger. Every method raises `LedgerAway` where nothing could be stored."""

    def __init__(self, database: Database, *, clock: Callable[[], float] = time.time) -> None:
        self._database, self._clock = database, clock

    def asked(self, prediction_id: str) -> Asked:
        """Which detector gave a prediction. Raises `UnknownPrediction`."""
        wanted = select(predictions.c.detector, predictions.c.version)
        with self._database.connected() as connection:
            found = connection.execute(wanted.where(predictions.c.id == prediction_id)).one_or_none()
        if found is None:
            raise UnknownPrediction(prediction_id)
        return Asked(*found)

    def record(self, label: Label) -> Stored:
        """Store a label; when this returns, it is committed.

        Raises `UnknownPrediction`, and `LabelConflict` for an event that said something else before.
        """
        with self._database.connected() as connection:
            new = _inserted(connection, label, at=self._clock())
            if new is not None:
                return Stored(new, is_new=True)
            seq = _found(connection, label)
            if seq is None:
                raise UnknownPrediction(label.prediction_id)
            kept = _kept_if_other(connection, seq, label)
            if kept is not None:
                _note_refusal(connection, seq, label, at=self._clock())
                raise LabelConflict(label.name, kept=kept)
            return Stored(seq, is_new=False)

    def take_back(self, seq: int, *, who: str, reason: str) -> int:
        """Take one label back; gives how many stood until then. Raises `UnknownFeedback`."""
        return self._take_back({"feedback_seq": seq}, who, reason)

    def take_back_batch(self, batch: str, *, who: str, reason: str) -> int:
        """Take back what one import brought. Raises `UnknownFeedback`."""
        return self._take_back({"batch": batch}, who, reason)

    def take_back_key(self, key: str, *, who: str, reason: str) -> int:
        """Take back what one key has said so far. Raises `UnknownFeedback`."""
        return self._take_back({"key": key}, who, reason)

    def _take_back(self, named: dict[str, int | str], who: str, reason: str) -> int:
        ((name, value),) = named.items()
        column = {"feedback_seq": feedback.c.seq, "batch": feedback.c.batch, "key": feedback.c.who}[name]
        standing = select(func.count(), func.max(feedback.c.seq)).where(column == value, stands())
        with self._database.connected() as connection:
            count, upto = connection.execute(standing).one()
            if not count or value == "":  # the empty batch is that of labels which came one by one
                raise UnknownFeedback(
                    f"that stands with {'number' if name == 'feedback_seq' else name} {value}"
                )
            entry = {**named, "upto": upto, "who": who, "at": self._clock(), "reason": reason}
            connection.execute(insert(retractions).values(entry))
        return int(count)


def _inserted(connection: Connection, label: Label, *, at: float) -> int | None:
    """The number of the label if it is new, and about a prediction that there is; in one statement."""
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    added = dialect.insert(feedback).on_conflict_do_nothing(index_elements=["id"])
    told = added.from_select(_GIVEN, _new_event(label, at)).returning(feedback.c.seq)
    return connection.execute(told).scalars().one_or_none()


def _new_event(label: Label, at: float) -> Select[tuple[object, ...]]:
    texts = (label.label, label.note, label.who)
    return select(
        literal(label.id), predictions.c.id, predictions.c.detector, *map(literal, texts),
        literal(at), literal(label.batch), literal(label.source),
    ).where(predictions.c.id == label.prediction_id)  # fmt: skip


def _found(connection: Connection, label: Label) -> int | None:
    """The number of the event that was stored under the same id."""
    return connection.execute(select(feedback.c.seq).where(feedback.c.id == label.id)).scalar_one_or_none()


def _kept_if_other(connection: Connection, seq: int, label: Label) -> str | None:
    """The label that an event was stored with, if it said something else than now."""
    said = (feedback.c.prediction_id, feedback.c.label, feedback.c.note)
    stored = connection.execute(select(*said).where(feedback.c.seq == seq)).one()
    return None if tuple(stored) == (label.prediction_id, label.label, label.note) else stored.label


def _note_refusal(connection: Connection, seq: int, label: Label, *, at: float) -> None:
    said = {"prediction_id": label.prediction_id, "label": label.label, "note": label.note}
    connection.execute(insert(refusals).values(feedback_seq=seq, who=label.who, at=at, **said))
