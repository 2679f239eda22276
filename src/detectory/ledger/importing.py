"""Labels of a file into the ledger. Every line is counted: as new, known, blank, or refused for a reason."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

from detectory.errors import LabelConflict, UnknownLabel, UnknownPrediction
from detectory.ledger.exchange import Read
from detectory.ledger.feedback import Feedback, Label
from detectory.ledger.labels import checked
from detectory.spec import Binary, Spec

EXAMPLES = 5  # refused lines that are told one by one
REASONS = {
    UnknownPrediction: "unknown_prediction",
    UnknownLabel: "unknown_label",
    LabelConflict: "conflict",
}
#: the words of a detector, and the kinds that its version can name
Known = Callable[[str], tuple[Spec, Sequence[str]]]


@dataclass(slots=True)
class Tally:
    """What became of the lines: ``read`` is the sum of all others."""

    batch: str
    read: int = 0
    new: int = 0
    known: int = 0
    blank: int = 0
    refused: dict[str, int] = field(default_factory=dict)
    examples: list[dict[str, str | int]] = field(default_factory=list)

    def refuse(self, line: Read, reason: str, why: str) -> None:
        """Count a line that gives no label."""
        self.refused[reason] = self.refused.get(reason, 0) + 1
        if len(self.examples) < EXAMPLES:
            self.examples.append({"line": line.number, "reason": reason, "why": why})


def digest(path: Path) -> str:
    """What an import is called by default: the same file is the same import."""
    return sha256(path.read_bytes()).hexdigest()[:16]


def imported(lines: Iterable[Read], feedback: Feedback, known: Known, *, batch: str, who: str) -> Tally:
    """Store the labels of the lines, each at once: one that is cut short goes on where it is done again.

    Raises `LedgerAway`.
    """
    tally = Tally(batch)
    for line in lines:
        tally.read += 1
        if line.why:
            tally.refuse(line, "malformed", line.why)
        elif line.label is None:
            tally.blank += 1
        else:
            _store(line, feedback, known, tally, who)
    return tally


def _store(line: Read, feedback: Feedback, known: Known, tally: Tally, who: str) -> None:
    try:
        spec, families = known(feedback.asked(line.prediction_id).detector)
        label = checked(_named(line, spec), spec, families)
        said = Label(line.prediction_id, label, line.note, who, batch=tally.batch, source="import")
        is_new = feedback.record(said).is_new
    except (UnknownPrediction, UnknownLabel, LabelConflict) as error:
        tally.refuse(line, REASONS[type(error)], f"{error.what}: {error.why}")
    else:
        tally.new += is_new
        tally.known += not is_new


def _named(line: Read, spec: Spec) -> str | float:
    """The label; of a detector that alerts, 1 and 0 of late labels are its positive and negative one."""
    if line.is_bit and isinstance(spec, Binary):
        return spec.label.positive if line.label == "1" else spec.label.negative
    return line.label if line.label is not None else ""
