"""Scores beside the rows that they answer: records in the order of the file, each row with its fate.

Comes in: a chunk of a file and a scorer. Goes out: a record for every row read, scored or rejected.
Columns are joined, not rows: writing must not cost more than scoring.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from detectory.formats.chunk import Chunk, Refused
from detectory.runtime import Scorer, Scores

ANSWER = ("score", "alert", "label", "version")
WHY = ("error", "line", "raw")
Record = dict[str, Any]


def records(scorer: Scorer, chunk: Chunk) -> list[Record]:
    """One record for each entity and each row that cannot be scored, in the order of the file.

    Every record holds the input's columns and ``score``, ``alert``, ``label``, ``version``. A rejected
    row has these empty and says why in ``error`` and where in ``line``; a line that is no row at all
    begins as ``raw`` says. A column of the input that is
    called as one of these goes on as ``input_NAME``.
    """
    scored = list(_scored(scorer, chunk)) if chunk.lines else []
    if not chunk.refused:
        return [record for _, record in scored]
    refused = [(item.line, _refused(item, chunk, scorer)) for item in chunk.refused]
    return [record for _, record in sorted([*scored, *refused], key=lambda pair: pair[0])]


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


def _scored(scorer: Scorer, chunk: Chunk) -> Iterator[tuple[int, Record]]:
    scores = scorer.score(chunk.asked())
    rows, order = _order(scores)
    names = [*map(renamed, chunk.columns), *ANSWER]
    columns = [_taken(column, rows) for column in chunk.columns.values()]
    answers = [_padded(column, order) for column in _answer(scores)]
    version = [scores.version] * len(rows)
    found = [dict(zip(names, row, strict=True)) for row in zip(*columns, *answers, version, strict=True)]
    lines = _taken(chunk.lines, rows)
    _explain(found, lines, scores, order)
    if chunk.absent:
        _leave_out(found, rows, chunk.absent)
    return zip(lines, found, strict=True)


def _answer(scores: Scores) -> Iterator[list[Any]]:
    nothing = [None] * len(scores.rejected)
    for column in (np.round(scores.score, 6), scores.alert, scores.label):
        yield [*column.tolist(), *nothing]


def _order(scores: Scores) -> tuple[list[int], list[int]]:
    """For each record its row in the chunk, and its place among entities followed by rejected rows."""
    first = np.full(len(scores.alert), np.iinfo(np.int64).max)
    np.minimum.at(first, scores.parsed.entity, scores.parsed.source)
    rows = np.concatenate([first, np.array([item.row for item in scores.rejected], dtype=np.int64)])
    order = np.argsort(rows, kind="stable")
    return rows[order].tolist(), order.tolist()


def _taken(column: Sequence[Any], rows: list[int]) -> Sequence[Any]:
    return [column[row] for row in rows]


def _padded(column: list[Any], order: list[int]) -> list[Any]:
    return [column[at] for at in order]


def _explain(found: list[Record], lines: Sequence[int], scores: Scores, order: list[int]) -> None:
    if not scores.rejected:
        return
    entities = len(scores.alert)
    for at, place in enumerate(order):
        if place >= entities:
            found[at] |= {"error": scores.rejected[place - entities].reason, "line": lines[at]}


def _refused(item: Refused, chunk: Chunk, scorer: Scorer) -> Record:
    """An object keeps its members; a line that is none has empty columns, and its text as ``raw``."""
    if item.reason == "missing_field":
        found: Record = {renamed(name): value for name, value in item.kept.items()}
        raw: Record = {}
    else:
        found, raw = dict.fromkeys(map(renamed, _columns(scorer, chunk))), dict(item.kept)
    why = {"version": scorer.version, "error": item.reason, "line": item.line}
    return found | dict.fromkeys(ANSWER) | why | raw


def _leave_out(found: list[Record], rows: Sequence[int], absent: Mapping[int, list[str]]) -> None:
    """A row that has not a key that others have does not get it."""
    for record, row in zip(found, rows, strict=True):
        for name in absent.get(row, ()):
            del record[renamed(name)]
