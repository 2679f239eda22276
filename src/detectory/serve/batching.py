"""Requests that arrive together are scored together: what a call of the scorer costs is paid once.

Comes in: the rows of one request. Goes out: its records. Never: a wait for more requests to come: what
arrived in one turn of the event loop is scored in the next, so a lone request is not held up.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from itertools import accumulate, chain, pairwise
from typing import TYPE_CHECKING, Any

from detectory.serve.telemetry import Metrics

if TYPE_CHECKING:  # runtime loads onnxruntime; a server listens before that
    from detectory.runtime import Record, Scorer
    from detectory.schema import Parsed

Columns = Mapping[str, list[Any]]
_Asked = tuple[Columns, "asyncio.Future[list[Record]]"]


class Batches:
    """What is to be scored in the next turn of the event loop, apart by scorer and door."""

    def __init__(self, metrics: Metrics) -> None:
        self._metrics = metrics
        self._waiting: dict[tuple[Scorer, tuple[str, ...]], list[_Asked]] = {}

    def records(self, scorer: Scorer, rows: Columns) -> asyncio.Future[list[Record]]:
        """The records of these rows, scored with those of whoever asks in the same turn of the loop."""
        loop = asyncio.get_running_loop()
        if not self._waiting:
            loop.call_soon(self._score)
        answer: asyncio.Future[list[Record]] = loop.create_future()
        self._waiting.setdefault((scorer, tuple(rows)), []).append((rows, answer))
        return answer

    def _score(self) -> None:
        waiting, self._waiting = self._waiting, {}
        for (scorer, _), asked in waiting.items():
            still = [(rows, answer) for rows, answer in asked if not answer.done()]  # a caller may have gone
            if still:
                self._settle(scorer, still)

    def _settle(self, scorer: Scorer, asked: list[_Asked]) -> None:
        try:
            found = together(scorer, [rows for rows, _ in asked])
        except Exception as error:  # noqa: BLE001  # whatever it is, those who wait must hear of it
            for _, answer in asked:
                answer.set_exception(error)
            return
        self._metrics.scored(scorer.spec.name, list(chain.from_iterable(found)))
        for (_, answer), records in zip(asked, found, strict=True):
            answer.set_result(records)


def together(scorer: Scorer, asked: Sequence[Columns]) -> list[list[Record]]:
    """The records of each request, from one call of the scorer.

    Where rows are grouped into entities every request is scored by itself: one entity must not be made
    of two callers' rows.
    """
    pieces = zip(*(one.values() for one in asked), strict=True)  # of each column: all were sent by one door
    rows = {name: list(chain.from_iterable(column)) for name, column in zip(asked[0], pieces, strict=True)}
    ends = accumulate((_length(one) for one in asked), initial=0)
    parsed = scorer.parse(rows)
    if not _row_by_row(parsed, _length(rows)):
        return [scorer.score(one).records(one) for one in asked]
    records = scorer.score_parsed(parsed).telling(scorer.spec.tells(list(rows))).records(rows)
    return [records[start:end] for start, end in pairwise(ends)]


def _row_by_row(parsed: Parsed, rows: int) -> bool:
    """Whether every row is one entity or rejected, so that records stand as the rows do."""
    pairs = len(parsed.entity)
    return pairs == len(next(iter(parsed.rows.values()))) == rows - len(parsed.rejected)


def _length(rows: Columns) -> int:
    return len(next(iter(rows.values())))
