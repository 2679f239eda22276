"""What a caller knows of blocks to blocks: raw log lines, sequences of events, or counts of events.

Goes in: rows of one of three doors. Comes out: entities with ``block``, ``sequence`` (event numbers in the
order of the lines; counts know no order and are sorted), ``latency_s`` (None: not known), ``new_lines`` (that
no known statement wrote) and ``key`` (the block, or of a nameless one its sequence). Many lines become one
block, and a line may name several. Every row that holds no block is rejected with a reason. Stateless;
never raises on a value.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from detectory.blocks import hdfs, table
from detectory.blocks.logs import Grouped, grouped
from detectory.blocks.text import pack
from detectory.kernels import columns, listed
from detectory.schema import Array, Column, Parsed, Rejected, Rows, Without

__all__ = ["MOST_EVENTS", "REASONS", "parse", "without_parts"]

REASONS: dict[str, str] = {
    "not_text": "the value is not text, or holds half a surrogate",
    "no_block": "the line names no block (`blk_` and a number of 64 bits): it says nothing of any",
    "too_many_blocks": "the line names more than 1,000 blocks; the name node deletes 100 at once",
    "bad_event": "the sequence holds something that is no event: neither `22` nor `E22`",
    "bad_count": "a count that is missing, negative, no whole number, or no number at all",
    "empty": "no event at all",
    "too_many_events": "more than 65,536 events; the longest block of HDFS_v1 has 298",
    "bad_latency": "a latency that is negative or no number",
}
"""Every reason a row is rejected for, and what it means."""

MOST_EVENTS = 1 << 16
MOST_BLOCKS = 1_000  # of a line: each block is judged with all of its lines
_NAMES = [str(number) for number in range(hdfs.LAST + 1)]


def parse(rows: Rows, *, door: Literal["sequence", "counts", "lines"] = "sequence") -> Parsed:
    """Blocks of the rows of a door.

    >>> lines = ["081109 203518 143 INFO dfs.DataNode$DataXceiver: Receiving block blk_-7 src: /a dest: /b"]
    >>> lines += ["081109 203521 35 INFO dfs.FSNamesystem: BLOCK* NameSystem.allocateBlock: /c. blk_-7"]
    >>> parsed = parse({"log_line": [*lines, "Good morning"]}, door="lines")
    >>> parsed.rows["block"], parsed.rows["sequence"], parsed.rows["latency_s"], parsed.rejected
    (['blk_-7'], ['5 22'], [3.0], [Rejected(row=2, field='log_line', reason='no_block')])
    >>> parse({"sequence": ["[E5,E22]"], "block": [None], "latency_s": [None]}).rows["sequence"]
    ['5 22']
    """
    if door == "lines":
        return _of_lines(rows["log_line"])
    blocks, unnamed = table.texts(rows["block"])
    latency, wrong = table.numbers(rows["latency_s"])
    found = _Rows(len(blocks))
    found.refuse(unnamed, "block", "not_text")
    found.refuse(wrong | (latency < 0), "latency_s", "bad_latency")
    sequences = _counted(rows, found) if door == "counts" else _told(rows["sequence"], found)
    return found.parsed(blocks, sequences, latency)


def without_parts(rows: Rows) -> Without:
    """The parsed blocks, each without the lines of one event.

    >>> without = without_parts({"block": ["blk_1"], "sequence": ["5 22 5"], "latency_s": [3.0]})
    >>> without.part, without.text[1], without.rows["sequence"]
    (['E5', 'E22'], '1 × BLOCK* NameSystem.allocateBlock: …', ['22', '5 5'])
    """
    names = ("block", "latency_s")
    without = Without({"sequence": [], **{name: [] for name in names}})
    for entity, sequence in enumerate(rows["sequence"]):
        same = {name: rows[name][entity] for name in names}
        events = sequence.split()
        for event, count in Counter(events).items():
            rest = " ".join(one for one in events if one != event)
            text = f"{count} × {hdfs.in_words(int(event))}"
            without.add(entity, f"E{event}", text, same | {"sequence": rest})
    return without


class _Rows:
    """Which rows are rejected: for each the first field at fault, and why."""

    def __init__(self, rows: int) -> None:
        self._why: dict[int, Rejected] = {}
        self._rows = rows

    def refuse(self, which: NDArray[np.bool_], field: str, reason: str) -> None:
        for row in np.flatnonzero(which).tolist():
            self._why.setdefault(row, Rejected(row, field, reason))

    def parsed(self, blocks: list[str], sequences: list[str], latency: NDArray[np.float64]) -> Parsed:
        """The rows that are left, an entity each."""
        good = [row for row in range(self._rows) if row not in self._why]
        entities = _entities(
            [blocks[row] for row in good], [sequences[row] for row in good], latency[good] if good else []
        )
        source = np.array(good, dtype=np.int64)
        return Parsed(entities, np.arange(len(good)), source, [self._why[row] for row in sorted(self._why)])


def _entities(blocks: list[str], sequences: list[str], latency: Sequence[float] | Array) -> Rows:
    return {
        "block": blocks,
        "sequence": sequences,
        "latency_s": [None if second != second else float(second) for second in latency],
        "new_lines": [sequence.split().count("0") for sequence in sequences],
        "key": [block or sequence for block, sequence in zip(blocks, sequences, strict=True)],
    }


def _told(column: Column, found: _Rows) -> list[str]:
    """Sequences in canonical form: numbers with a blank between, 0 for an event that is not in the table."""
    packed = pack(column)
    ends, ids, wrong = listed.numbers(packed, most=hdfs.LAST)
    found.refuse(packed.kind != columns.TEXT, "sequence", "not_text")
    found.refuse(wrong, "sequence", "bad_event")
    _refuse_lengths(np.diff(ends), "sequence", found)
    return _joined(ids, ends)


def _counted(rows: Rows, found: _Rows) -> list[str]:
    """The sorted sequences that counts stand for."""
    names = [f"E{number}" for number in range(1, hdfs.COUNTED + 1)]
    counts = np.zeros((len(rows[names[0]]), len(names)), dtype=np.int64)
    for at, name in enumerate(names):
        values, wrong = table.numbers(rows[name])
        bad = wrong | ~(values >= 0) | (values % 1 != 0)
        found.refuse(bad, name, "bad_count")
        counts[:, at] = np.where(bad, 0, np.minimum(values, MOST_EVENTS + 1))
    _refuse_lengths(counts.sum(axis=1), names[0], found)
    counts[counts.sum(axis=1) > MOST_EVENTS] = 0
    ids = np.repeat(np.tile(np.arange(1, len(names) + 1), len(counts)), counts.ravel())
    return _joined(ids, np.concatenate([[0], np.cumsum(counts.sum(axis=1))]))


def _refuse_lengths(lengths: NDArray[np.int64], field: str, found: _Rows) -> None:
    found.refuse(lengths == 0, field, "empty")
    found.refuse(lengths > MOST_EVENTS, field, "too_many_events")


def _of_lines(lines: Column) -> Parsed:
    found = _grouped(lines)
    crowded = np.flatnonzero(np.bincount(found.source, minlength=len(lines)) > MOST_BLOCKS).tolist()
    if crowded:
        kept = list(lines)
        for row in crowded:
            kept[row] = ""
        found = _grouped(kept)
    prefix = hdfs.KEY_PREFIX.decode()
    blocks = [f"{prefix}{number}" for number in found.key.tolist()]
    entities = _entities(blocks, _joined(found.event, found.starts), found.spans())
    return Parsed(entities, found.entity, found.source, _without_block(found, set(crowded)), found.time)


def _grouped(lines: Column) -> Grouped:
    return grouped(lines, statements=hdfs.statements(), prefix=hdfs.KEY_PREFIX)


def _without_block(found: Grouped, crowded: set[int]) -> list[Rejected]:
    silent = np.ones(len(found.kind), dtype=bool)
    silent[found.source] = False
    reasons = {True: "no_block", False: "not_text"}
    rows = np.flatnonzero(silent).tolist()
    said = {row: reasons[bool(found.kind[row] == columns.TEXT)] for row in rows}
    said |= dict.fromkeys(crowded, "too_many_blocks")
    return [Rejected(row, "log_line", reason) for row, reason in said.items()]


def _joined(ids: NDArray[Any], ends: NDArray[np.int64]) -> list[str]:
    """The texts of sequences that lie one behind another."""
    words = [_NAMES[number] for number in ids.tolist()]
    return [" ".join(words[start:end]) for start, end in pairwise(ends.tolist())]
