"""Scores beside the rows that they answer: records in the order of the file, each row with its fate.

Comes in: a chunk of a file and a scorer. Goes out: a record for every row read, scored or rejected.
"""

from __future__ import annotations

from collections.abc import Sequence
from operator import itemgetter

from detectory.formats.chunk import Chunk
from detectory.runtime import ANSWER, Record, Scorer

WHY = ("error", "line")


def records(scorer: Scorer, chunk: Chunk) -> list[Record]:
    """One record for each entity and each row that cannot be scored, in the order of the file.

    Every record holds the input's columns and ``score``, ``alert``, ``label``, ``version``. A rejected
    row has these empty and says why in ``error`` and where in ``line``. A column of the input that is
    called as one of these goes on as ``input_NAME``.
    """
    scored = _scored(scorer, chunk) if chunk.lines else []
    if not chunk.refused:
        return [record for _, record in scored]
    refused = [(item.line, _refused(item.reason, item.line, chunk, scorer)) for item in chunk.refused]
    return [record for _, record in sorted([*scored, *refused], key=itemgetter(0))]


def header(scorer: Scorer, chunk: Chunk) -> list[str]:
    """The columns of the records, for formats that name them once."""
    return [*map(renamed, _columns(scorer, chunk)), *ANSWER, *WHY]


def renamed(column: str) -> str:
    """The name under which a column of the input goes on.

    >>> renamed("domain"), renamed("label")
    ('domain', 'input_label')
    """
    return f"input_{column}" if column in (*ANSWER, *WHY) else column


def _columns(scorer: Scorer, chunk: Chunk) -> Sequence[str]:
    doors = scorer.spec.doors
    return list(chunk.columns) or list(next(iter(doors.values())).fields)


def _scored(scorer: Scorer, chunk: Chunk) -> list[tuple[int, Record]]:
    """The records of the rows that could be read, each with its line."""
    scores = scorer.score(chunk.asked())
    found = scores.records({renamed(name): column for name, column in chunk.columns.items()})
    lines = [chunk.lines[row] for row in scores.order()[0]]
    if scores.rejected:
        for line, record in zip(lines, found, strict=True):
            if "error" in record:
                record["line"] = line
    return list(zip(lines, found, strict=True))


def _refused(reason: str, line: int, chunk: Chunk, scorer: Scorer) -> Record:
    empty: Record = dict.fromkeys((*map(renamed, _columns(scorer, chunk)), *ANSWER))
    return empty | {"version": scorer.version, "error": reason, "line": line}
