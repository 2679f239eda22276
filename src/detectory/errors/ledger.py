"""What can go wrong with predictions, labels and the database that keeps them."""

from __future__ import annotations

from collections.abc import Iterable

from detectory.errors.tree import (
    ConfigurationError,
    DataError,
    NotFound,
    OutsideError,
    UsageError,
    did_you_mean,
)


class LabelConflict(UsageError):
    """An event that was stored before comes with another label; the first one is kept."""

    code, status, title = "E2030", 409, "The event said something else before"

    def __init__(self, event: str, *, kept: str) -> None:
        super().__init__(
            f"the event '{event[:80]}' was stored with the label '{kept}'",
            why="an event is stored once; the first label is kept, and this refusal is noted",
            fix="to correct a label, send the new one under an Idempotency-Key of its own: the newest counts",
        )


class LedgerTooNew(ConfigurationError):
    """A newer Detectory has changed the tables of the ledger."""

    code, title = "E3020", "The ledger is newer than this Detectory"

    def __init__(self, found: int, *, newest: int) -> None:
        super().__init__(
            f"the ledger's tables have shape {found}, and this Detectory knows {newest}",
            why="a newer version of Detectory has opened it",
            fix="use that version, or another ledger (setting ledger.url)",
        )


class UnknownLabel(DataError):
    """A label is none that the detector knows."""

    code, title = "E4040", "No such label"

    def __init__(self, label: str, *, detector: str, known: Iterable[str] = ()) -> None:
        names = list(known)
        super().__init__(
            f"'{label[:80]}' is no label of the detector '{detector}'",
            why=did_you_mean(label[:80], names) if names else "it predicts a number, so its truth is one",
            fix="give one of its labels, or a finite number where it predicts numbers",
        )
        self.members = {"errors": [{"pointer": "/label", "reason": self.why}]}


class UnknownPrediction(NotFound):
    """The ledger has no prediction of that id."""

    code, title = "E6030", "No such prediction"

    def __init__(self, prediction_id: str) -> None:
        super().__init__(
            f"the ledger has no prediction '{prediction_id[:80]}'",
            why="it was not kept, or is older than the setting ledger.days",
            fix="send the prediction_id of a record that was answered here; it is stored within a second",
        )


class UnknownFeedback(NotFound):
    """There is no label of that number, batch or key to take back."""

    code, title = "E6031", "No such label"

    def __init__(self, named: str) -> None:
        super().__init__(
            f"there is no label {named} to take back", fix="detectory feedback list   shows what there is"
        )


class LedgerAway(OutsideError):
    """The ledger is locked, full, damaged or cannot be reached; predictions go on without it."""

    code, title = "E8020", "The ledger cannot be used"

    def __init__(self, where: str, *, reason: str) -> None:
        super().__init__(
            "the ledger of predictions and labels cannot be used",
            why=reason,
            where=where,
            fix="nothing was stored: send it again in a while; the setting ledger.url says where it is kept",
        )
