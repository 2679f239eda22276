"""A champion and a challenger asked the same rows: who answers whom, and how the two differ.

Comes in: what the champion answered. Goes out: the same, with the challenger's records for the entities
that are assigned to it; counts of how the two differ; what the other one said, for the ledger. Never: an
error or a delay of the challenger's that a caller could notice: then the champion's answer stands.

Both are asked in a thread of the challenger's own, one after the other and in turn, so that their times can
be compared; the champion's answer that callers get was made before, and as if no trial ran.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Sequence
from concurrent.futures import Future, wait
from dataclasses import dataclass, replace
from functools import partial
from threading import Lock
from time import perf_counter
from typing import TYPE_CHECKING

import numpy as np

from detectory.monitor.comparison import changes, compared, first_rows, predictions_of
from detectory.monitor.evidence import FIRST_ROWS, Counts
from detectory.registry.trial import Trial
from detectory.schema import Array, keys_of, length
from detectory.serve.canary.assignment import assigned
from detectory.serve.canary.worker import Worker

if TYPE_CHECKING:  # runtime loads onnxruntime; a server listens before that
    from detectory.runtime import Answers, Record, Scorer
    from detectory.schema import Rows
    from detectory.serve.contract import Scored

PATIENCE_S = 0.1  # a caller waits so long for a challenger's answer,
PATIENCE_A_ROW_S = 0.0001  # and longer for many rows; then the champion's is given
HANGS_S = 10.0  # at one request: then it is taken out

Tell = Callable[["Scored"], bytes]
#: told of records as they were answered, and of what the other version said of the same rows
Shadows = Callable[["Sequence[Record]", "Sequence[Record]"], None]


@dataclass(frozen=True, slots=True)
class Both:
    """What champion and challenger answer to the same rows; None of a challenger that raised."""

    rows: Rows
    champion: Answers
    challenger: Answers | None

    def theirs(self) -> dict[int, Record]:
        """The challenger's records by row, less those that hold no answer, or one that is no number."""
        if self.challenger is None:
            return {}
        nowhere = first_rows(self.challenger.parsed)[~np.isfinite(self.challenger.level)].tolist()
        found = _by_row(self.challenger, self.rows)
        return {row: record for row, record in found.items() if row not in nowhere}


class Beside:
    """One trial in one server, while both versions are loaded."""

    def __init__(
        self,
        trial: Trial,
        champion: Scorer,
        challenger: Scorer,
        *,
        shadows: Shadows,
        clock: Callable[[], float] = perf_counter,
        patience_s: float = PATIENCE_S,
    ) -> None:
        self.trial, self.champion, self.challenger = trial, champion, challenger
        self.worker = Worker(f"challenger {champion.spec.name}@{challenger.version}")
        self._shadows, self._clock, self._patience_s = shadows, clock, patience_s
        self._seen, self._lock = Counts(), Lock()
        self._first, self._turn = max(0, FIRST_ROWS - trial.counts.get("rows", 0)), 0
        self._levels = (float("nan"), float("nan"))
        self._unfit = _unfit(champion)

    @property
    def trouble(self) -> str:
        """What keeps the challenger from being tried, in words; empty: nothing."""
        if self.worker.busy_s > HANGS_S:
            return f"it has not answered a request for {self.worker.busy_s:,.0f} s"
        return self._unfit

    def take(self) -> Counts:
        """What was counted since the last time."""
        with self._lock:
            seen, self._seen = self._seen, Counts()
        return seen

    def give_back(self, seen: Counts) -> None:
        """Count again what could not be written down."""
        with self._lock:
            self._seen += seen

    # ── one request ──────────────────────────────────────────────────────────────────────────────

    async def answered(self, scored: Scored, tell: Tell) -> bytes:
        """The answer to what the champion scored on the event loop."""
        theirs, both = self._begun(scored)
        if both is not None:
            done = asyncio.wrap_future(both)
            await asyncio.wait([done], timeout=self._patience(scored))
        return self._ended(scored, tell, theirs, both)

    def answered_here(self, scored: Scored, tell: Tell) -> bytes:
        """The same in a thread, which waits itself."""
        theirs, both = self._begun(scored)
        if both is not None:
            wait([both], timeout=self._patience(scored))
        return self._ended(scored, tell, theirs, both)

    def _begun(self, scored: Scored) -> tuple[Collection[int], Future[Both] | None]:
        """The rows whose entity is assigned to the challenger; asked at once where there are any."""
        rows = self._assigned(scored)
        if not rows or self.worker.busy_s > self._patience_s:  # who is late already is not waited for
            return rows, None
        return rows, self.worker.do(partial(self._ask, scored.rows), rows=length(scored.rows))

    def _ended(self, scored: Scored, tell: Tell, rows: Collection[int], both: Future[Both] | None) -> bytes:
        found = both.result() if both is not None and both.done() and not both.exception() else None
        told = _mixed(scored, found, rows) if found else scored
        answer = tell(told)  # the ledger names its records now
        self.worker.do(partial(self._keep, told, both), rows=length(scored.rows))
        return answer

    def _assigned(self, scored: Scored) -> Collection[int]:
        trial, spec = self.trial, self.champion.spec
        if not trial.share:
            return ()
        parsed = self.champion.parse(scored.rows)
        keys = keys_of(parsed.rows, spec.key)
        chosen = assigned(keys, detector=spec.name, trial=trial.id, share=trial.share)
        return {row for row, is_theirs in zip(first_rows(parsed).tolist(), chosen, strict=True) if is_theirs}

    def _patience(self, scored: Scored) -> float:
        return self._patience_s + PATIENCE_A_ROW_S * length(scored.rows)

    # ── in the challenger's thread ───────────────────────────────────────────────────────────────

    def _ask(self, rows: Rows) -> Both:
        """Ask both, count how they differ."""
        self._turn ^= 1  # whoever comes second finds warm caches
        if self._turn:
            champion, champion_s = self._timed(self.champion, rows)
            challenger, challenger_s = self._tried(rows)
        else:
            challenger, challenger_s = self._tried(rows)
            champion, champion_s = self._timed(self.champion, rows)
        theirs = None if challenger is None else predictions_of(challenger)
        counts = compared(predictions_of(champion), theirs)
        if challenger is not None:
            slow = challenger_s > self.trial.rules.slower * champion_s
            counts += Counts(timed=1, slow=int(slow)) + self._changed(champion, challenger)
        self._count(counts)
        return Both(rows, champion, challenger)

    def _timed(self, scorer: Scorer, rows: Rows) -> tuple[Answers, float]:
        began = self._clock()
        answers = scorer.score(rows)
        return answers, self._clock() - began

    def _tried(self, rows: Rows) -> tuple[Answers | None, float]:
        try:
            return self._timed(self.challenger, rows)
        except Exception:  # noqa: BLE001  # whatever it is, it is a row that the challenger failed
            return None, 0.0

    def _changed(self, champion: Answers, challenger: Answers) -> Counts:
        both = champion.level, challenger.level
        changed = [changes(levels, before) for levels, before in zip(both, self._levels, strict=True)]
        self._levels = _last(champion.level), _last(challenger.level)
        return Counts(champion_changed=changed[0], changed=changed[1])

    def _count(self, counts: Counts) -> None:
        first = min(counts.failed, self._first)
        self._first = max(0, self._first - counts.rows)
        with self._lock:
            self._seen += counts + Counts(failed_first=first)

    def _keep(self, told: Scored, both: Future[Both] | None) -> None:
        """Tell the ledger what the other version said; jobs are done in order, so both have been asked."""
        found = self._ask(told.rows) if both is None else both.result()
        ours, theirs = _by_row(found.champion, found.rows), found.theirs()
        answered = zip(found.champion.order()[0], told.records, strict=True)
        pairs = [
            (record, other)
            for row, record in answered
            if (other := (theirs if record["version"] == self.champion.version else ours).get(row))
        ]
        self._shadows([record for record, _ in pairs], [other for _, other in pairs])


def _mixed(scored: Scored, both: Both, rows: Collection[int]) -> Scored:
    """The champion's records, but the challenger's of the rows assigned to it, where it has an answer."""
    theirs = both.theirs()
    order = both.champion.order()[0]
    mixed = [
        theirs.get(row, record) if row in rows else record
        for row, record in zip(order, scored.records, strict=True)
    ]
    return replace(scored, records=mixed)


def _unfit(champion: Scorer) -> str:
    """Why nobody can be assigned to a challenger of this one; empty: nothing."""
    entities = champion.parse(champion.bundle.json("golden.json")["rows"]).rows
    absent = [name for name in champion.spec.key if name not in entities]
    return f"the entities have no column '{absent[0]}', by which they would be told apart" if absent else ""


def _by_row(answers: Answers, rows: Rows) -> dict[int, Record]:
    records = zip(answers.order()[0], answers.records(rows), strict=True)
    return {row: record for row, record in records if "error" not in record}


def _last(levels: Array) -> float:
    return float(levels[-1]) if len(levels) else float("nan")
