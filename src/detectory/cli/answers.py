"""Scores beside the rows that they answer: records in the order of the file, each row with its fate.

Comes in: a chunk of a file and a scorer. Goes out: a record for every row read, scored or rejected.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from operator import itemgetter

from detectory.doors import Door
from detectory.explain import REASONS, add_reasons
from detectory.formats.chunk import Chunk, Refused
from detectory.runtime import Answers, Record, Scorer
from detectory.schema import Rejected

WHY = ("error", "line", "raw")
REVISION = "revision"  # of an entity of a stream


class RowByRow:
    """The records of rows that are each answered at once."""

    late = None

    def __init__(self, scorer: Scorer, door: Door) -> None:
        self._scorer = scorer
        self.counted = dict.fromkeys(door.counts, 0)

    def header(self, chunk: Chunk) -> list[str]:
        """The columns of the records, for formats that name them once."""
        return header(self._scorer, chunk)

    def records(self, chunk: Chunk) -> list[Record]:
        """A record for every row."""
        found = records(self._scorer, chunk, self._beside)
        for name in self.counted:
            self.counted[name] += sum(record[name] or 0 for record in found)
        return found

    def end(self) -> list[Record]:
        """Nothing is left over."""
        return []

    def _beside(self, found: list[Record], answers: Answers) -> None:
        """What the records of these answers hold besides."""


class Explained(RowByRow):
    """The same, and each with its reasons."""

    def header(self, chunk: Chunk) -> list[str]:
        """One column more."""
        return [*super().header(chunk), REASONS]

    def _beside(self, found: list[Record], answers: Answers) -> None:
        add_reasons(found, answers, self._scorer)


def records(scorer: Scorer, chunk: Chunk, beside: Callable[[list[Record], Answers], None]) -> list[Record]:
    """One record for each entity and each row that cannot be scored, in the order of the file.

    Every record holds the input's columns, what is told of its entity, those of ``scorer.ANSWER``, and what
    ``beside`` adds. A rejected row has these empty and says why in ``error`` and where in ``line``; a line
    that is no row at all begins as ``raw`` says. A column of the input that is called as one of these goes
    on as ``input_NAME``.
    """
    scored = _scored(scorer, chunk, beside) if chunk.lines else []
    if not chunk.refused:
        return [record for _, record in scored]
    refused = [(item.line, _refused(item, chunk, scorer)) for item in chunk.refused]
    return [record for _, record in sorted([*scored, *refused], key=itemgetter(0))]


def not_scored(scorer: Scorer, chunk: Chunk, rejected: Sequence[Rejected]) -> list[Record]:
    """The records of the rows that did not parse, and of the lines that hold none, in the file's order."""
    found = [_refused(item, chunk, scorer) for item in chunk.refused]
    names = _renamed(scorer, chunk, chunk.columns)
    for item in rejected:
        row = {name: column[item.row] for name, column in zip(names, chunk.columns.values(), strict=True)}
        found.append(row | _nothing(scorer, chunk, item.reason, line=chunk.lines[item.row]))
    return sorted(found, key=itemgetter("line"))


def header(scorer: Scorer, chunk: Chunk) -> list[str]:
    """The columns of the records, for formats that name them once."""
    return [*_renamed(scorer, chunk, _columns(scorer, chunk)), *told(scorer, chunk), *scorer.ANSWER, *WHY]


def door_of(scorer: Scorer, chunk: Chunk) -> Door:
    """The door through which these rows come."""
    return scorer.spec.doors[scorer.spec.door_of(list(chunk.fields or _columns(scorer, chunk)))]


def told(scorer: Scorer, chunk: Chunk) -> list[str]:
    """What the records tell of their entities besides the answer."""
    return door_of(scorer, chunk).tells


def taken(scorer: Scorer, door: Door) -> frozenset[str]:
    """The names in a record of this door that are no column of the input."""
    revision = [REVISION] if door.window else []
    return frozenset({*door.tells, *scorer.ANSWER, *WHY, REASONS, *revision})


def renamed(column: str, taken: Collection[str]) -> str:
    """The name under which a column of the input goes on, beside those that are taken.

    >>> renamed("domain", ["label"]), renamed("label", ["label"])
    ('domain', 'input_label')
    """
    return f"input_{column}" if column in taken else column


def _renamed(scorer: Scorer, chunk: Chunk, columns: Iterable[str]) -> list[str]:
    names = taken(scorer, door_of(scorer, chunk))
    return [renamed(column, names) for column in columns]


def _columns(scorer: Scorer, chunk: Chunk) -> Sequence[str]:
    doors = scorer.spec.doors
    return list(chunk.columns) or list(next(iter(doors.values())).fields)


def _scored(
    scorer: Scorer, chunk: Chunk, beside: Callable[[list[Record], Answers], None]
) -> list[tuple[int, Record]]:
    """The records of the rows that could be read, each with its line."""
    scores = scorer.score(chunk.asked())
    names = _renamed(scorer, chunk, chunk.columns)
    found = scores.records(dict(zip(names, chunk.columns.values(), strict=True)))
    beside(found, scores)
    rows = scores.order()[0]
    lines = [chunk.lines[row] for row in rows]
    if scores.rejected:
        for line, record in zip(lines, found, strict=True):
            if "error" in record:
                record["line"] = line
    if chunk.absent:
        _leave_out(found, rows, chunk.absent, taken(scorer, door_of(scorer, chunk)))
    return list(zip(lines, found, strict=True))


def _refused(item: Refused, chunk: Chunk, scorer: Scorer) -> Record:
    """An object keeps its members; a line that is none has empty columns, and its text as ``raw``."""
    if item.reason == "missing_field":
        found: Record = dict(zip(_renamed(scorer, chunk, item.kept), item.kept.values(), strict=True))
        raw: Record = {}
    else:
        found, raw = dict.fromkeys(_renamed(scorer, chunk, _columns(scorer, chunk))), dict(item.kept)
    return found | _nothing(scorer, chunk, item.reason, line=item.line) | raw


def _nothing(scorer: Scorer, chunk: Chunk, reason: str, *, line: int) -> Record:
    """What a row that is not scored has for an answer."""
    empty: Record = dict.fromkeys([*told(scorer, chunk), *scorer.ANSWER])
    return empty | {"version": scorer.version, "error": reason, "line": line}


def _leave_out(
    found: list[Record], rows: Sequence[int], absent: Mapping[int, list[str]], names: Collection[str]
) -> None:
    """A row that has not a key that others have does not get it."""
    for record, row in zip(found, rows, strict=True):
        for name in absent.get(row, ()):
            del record[renamed(name, names)]
