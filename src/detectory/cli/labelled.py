"""A labelled file: its rows and labels, and the verdict on them in words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from detectory.cli.session import Session
from detectory.cli.summary import HEADLINES, interval
from detectory.errors import LabelsMissing, MissingColumn, NoThreshold
from detectory.formats.chunk import Chunk
from detectory.formats.read import opened, read
from detectory.runtime import Scorer
from detectory.spec import Binary, Spec


@dataclass(frozen=True, slots=True)
class Labelled:
    """Rows, a label for each, and how many lines hold no row, by reason."""

    rows: dict[str, list[Any]] = field(default_factory=dict)
    labels: list[Any] = field(default_factory=list)
    unreadable: Counter[str] = field(default_factory=Counter)

    def add(self, chunk: Chunk, labels: Sequence[Any]) -> None:
        """Append a chunk."""
        for name, column in chunk.asked().items():
            self.rows.setdefault(name, []).extend(column)
        self.labels.extend(labels)
        self.unreadable.update(item.reason for item in chunk.refused)

    def complete(self, verdict: Mapping[str, Any]) -> dict[str, Any]:
        """A verdict with the lines that hold no row; they count as read and rejected like any other."""
        rejected = Counter(verdict["rejected"]) + self.unreadable
        read_rows = verdict["read"] + self.unreadable.total()
        return {**verdict, "read": read_rows, "rejected": dict(sorted(rejected.items()))}


def read_labelled(scorer: Scorer, file: str, *, label: str, positive: str | None) -> Labelled:
    """The rows of a file and what is true of them, labels or numbers.

    Raises `MissingColumn`, `LabelsMissing`, `UnreadableFile`, and `NoThreshold` for a ``positive`` number.
    """
    found = Labelled()
    with opened(file) as source:
        for chunk in read(source, scorer.spec.asked):
            if chunk.lines and label not in chunk.columns:
                raise MissingColumn(label, where=file, known=chunk.columns)
            found.add(chunk, _truth(chunk.columns.get(label, []), scorer.spec, positive))
    if isinstance(scorer.spec, Binary):
        known = known_labels(scorer, scorer.spec, positive)
        _check(found.labels, known, f"the column '{label}'")
    return found


def known_labels(scorer: Scorer, spec: Binary, positive: str | None) -> set[str]:
    """The labels of which at least one must be there, or the rows say nothing."""
    if positive is not None:
        return {spec.label.positive}
    heads = scorer.bundle.manifest.heads
    return {spec.label.negative, spec.label.positive, *(heads["family"].classes if "family" in heads else ())}


def _check(labels: Sequence[str], known: set[str], where: str) -> None:
    if known.isdisjoint(labels):
        given = ", ".join(sorted(set(labels))[:5])
        raise LabelsMissing(
            why=f"{where} holds {given}; none is {', '.join(sorted(known))}", rows=len(labels)
        )


def _truth(column: Sequence[Any], spec: Spec, positive: str | None) -> Sequence[Any]:
    """Numbers as they are; labels as text."""
    if isinstance(spec, Binary):
        return _labels(column, spec, positive)
    if positive is not None:
        raise NoThreshold(spec.name, asked="--positive")
    return column


def _labels(column: Sequence[Any], spec: Binary, positive: str | None) -> list[str]:
    texts = ["" if value is None else str(value).strip() for value in column]
    if positive is None:
        return texts
    return [
        spec.label.positive if text == positive else spec.label.negative if text else "" for text in texts
    ]


def show_verdict(session: Session, verdict: Mapping[str, Any]) -> None:
    """Print the verdict on a stranger's rows."""
    session.answer(verdict, "\n".join(f"{name:28}{text}" for name, text in _lines(verdict)))
    session.next(f"detectory report {verdict['detector']}@{verdict['version']} --open")


def _lines(verdict: Mapping[str, Any]) -> list[tuple[str, str]]:
    refused, known = verdict["rejected"], verdict["in_training"]
    reasons = ", ".join(f"{reason} {count:,}" for reason, count in refused.items())
    counted = f"{verdict['read']:,} read, {sum(refused.values()):,} rejected"
    return [
        ("version", f"{verdict['detector']}@{verdict['version']}"),
        ("rows", counted + (f": {reasons}" if reasons else "")),
        ("in training", "unknown: not in this store" if known is None else f"{known:,}"),
        *((name, interval(verdict["metrics"][name])) for name in HEADLINES if name in verdict["metrics"]),
        *(("not a known family", f"{name} {n:,}") for name, n in verdict.get("unknown_families", {}).items()),
    ]
