"""Requests that arrive together are scored together: what a call of the scorer costs is paid once.

Comes in: the rows of one request. Goes out: its records. Never: a wait for more requests to come: what
arrived in one turn of the event loop is scored in the next, so a lone request is not held up.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from itertools import accumulate, chain, pairwise
from time import perf_counter
from typing import TYPE_CHECKING

from detectory.serve.promises import Promise
from detectory.serve.sent import Sent
from detectory.serve.telemetry import Metrics

if TYPE_CHECKING:  # runtime loads onnxruntime; a server listens before that
    from detectory.runtime import Record, Scorer
    from detectory.schema import Parsed


_Asked = tuple[Sent, Promise]


class Batches:
    """What is to be scored in the next turn of the event loop, apart by scorer and door."""

    def __init__(self, metrics: Metrics) -> None:
        self._metrics = metrics
        self._waiting: dict[tuple[Scorer, tuple[str, ...]], list[_Asked]] = {}

    def add(self, scorer: Scorer, rows: Sent, promise: Promise) -> None:
        """Promise the records of these rows; whoever asks in the same turn of the loop shares the call."""
        if not self._waiting:
            asyncio.get_running_loop().call_soon(self._score)
        self._waiting.setdefault((scorer, rows.fields), []).append((rows, promise))

    def _score(self) -> None:
        waiting, self._waiting = self._waiting, {}
        for (scorer, _), asked in waiting.items():
            still = [one for one in asked if not one[1].done()]  # a caller may have gone
            if still:
                self._settle(scorer, still)

    def _settle(self, scorer: Scorer, asked: list[_Asked]) -> None:
        began = perf_counter()
        try:
            found = together(scorer, [rows for rows, _ in asked])
        except Exception as error:  # noqa: BLE001  # whatever it is, those who wait must hear of it
            for _, promise in asked:
                promise.set_exception(error)
            return
        seconds = perf_counter() - began
        records = list(chain.from_iterable(found))
        self._metrics.scored(scorer.spec.name, asked[0][0].rows, records, seconds=seconds)
        for (_, promise), theirs in zip(asked, found, strict=True):
            promise.set_result(theirs)


def together(scorer: Scorer, asked: Sequence[Sent]) -> list[list[Record]]:
    """The records of each request, from one call of the scorer.

    Where rows are grouped into entities every request is scored by itself: one entity must not be made
    of two callers' rows.
    """
    whole = Sent.joined(asked)
    rows = whole.columns
    ends = accumulate((len(one.rows) for one in asked), initial=0)
    parsed = scorer.parse(rows)
    if not _row_by_row(parsed, len(whole.rows)):
        return [scorer.score(one.columns).records(one.columns) for one in asked]
    records = scorer.score_parsed(parsed).telling(scorer.tells(rows)).records(rows)
    return [records[start:end] for start, end in pairwise(ends)]


def _row_by_row(parsed: Parsed, rows: int) -> bool:
    """Whether every row is one entity or rejected, so that records stand as the rows do."""
    pairs = len(parsed.entity)
    return pairs == len(next(iter(parsed.rows.values()))) == rows - len(parsed.rejected)
