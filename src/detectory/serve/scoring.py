"""How rows are scored for whoever asks, in whichever contract.

Comes in: who asks, which detector, a body, and the contract that reads it. Goes out: the answer's bytes.
Small bodies are scored on the event loop, together with those that arrive in the same turn (one row costs
microseconds); large ones in a thread, so that probes are still answered. Never: HTTP.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TYPE_CHECKING, Any

from detectory.errors import RequestInvalid
from detectory.serve.admission import INLINE_BYTES, Bulkheads
from detectory.serve.apart import scored_apart
from detectory.serve.batching import Batches
from detectory.serve.contract import Ask, Contract, Scored, Witness
from detectory.serve.predictor import Predictor
from detectory.serve.promises import Promise, Then, Turn
from detectory.serve.rows import Decoders
from detectory.serve.sent import Sent
from detectory.serve.spans import Spans, current, untimed
from detectory.serve.telemetry import Metrics
from detectory.settings import Admission, Serving

if TYPE_CHECKING:  # runtime loads onnxruntime; a server listens before that
    from detectory.runtime import Record, Scorer
    from detectory.serve.canary.beside import Beside

THREADS = 2  # more would only wait for one another: one process has one interpreter lock


def weight_of(body: bytes) -> int:
    """How much room a small body takes: its KiB, and one."""
    return 1 + (len(body) >> 10)


class Scoring:
    """Scores for every contract of one app."""

    def __init__(
        self,
        predictor: Predictor,
        serving: Serving,
        metrics: Metrics,
        witnesses: Sequence[Witness] = (),
        *,
        bulkheads: Bulkheads | None = None,
    ) -> None:
        self._predictor, self._metrics, self._witnesses = predictor, metrics, witnesses
        self._batches, self._bulkheads = Batches(metrics), bulkheads or Bulkheads(Admission())
        self._decoders = Decoders(max_rows=serving.max_rows)
        self._tasks = set[asyncio.Task[bytes]]()
        self._pool = ThreadPoolExecutor(THREADS, thread_name_prefix="score")

    async def answer(self, ask: Ask, body: bytes, contract: Contract) -> bytes:
        """The answer to a body.

        Raises what `Predictor.scorer` and the contract raise, `Overloaded`, `TooLate` or `RateLimited`.
        """
        scorer, spans = self._predictor.scorer(ask.detector, version=ask.version), current()
        within_s = ask.caller.ticket.deadline_s
        if len(body) > INLINE_BYTES:
            async with self._bulkheads.bulk.at_work(within_s=within_s):
                return await self._in_a_thread(ask, scorer, body, contract, spans or untimed)
        bulkhead, weight = self._bulkheads.small, weight_of(body)
        if not bulkhead.take(weight):
            await bulkhead.turn(weight, within_s=within_s)
        answer: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()
        turn = Turn(answer, bulkhead, weight)
        try:
            if spans is not None:  # parts are told apart of what is scored apart
                return await self._in_a_thread(ask, scorer, body, contract, spans)
            self._begin(ask, scorer, body, contract, turn)
            return await answer
        finally:
            turn.leave()

    def promise(self, ask: Ask, body: bytes, contract: Contract, answer: Promise) -> None:
        """The same for a small body, in the next turn of the event loop; without a task where there is room.

        Raises what `Predictor.scorer` and the contract's reader raise; the rest is the promise's to hear.
        """
        scorer = self._predictor.scorer(ask.detector, version=ask.version)
        bulkhead, weight = self._bulkheads.small, weight_of(body)
        if not bulkhead.take(weight):
            self._hand_over(self.answer(ask, body, contract), answer)
            return
        turn = Turn(answer, bulkhead, weight)
        try:
            self._begin(ask, scorer, body, contract, turn)
        except BaseException:
            turn.leave()
            raise

    def _begin(self, ask: Ask, scorer: Scorer, body: bytes, contract: Contract, answer: Promise) -> None:
        """Score with those that arrive in the same turn of the event loop."""
        rows = self._rows(ask, scorer, body, contract)
        settle = partial(self._settle, ask, scorer, rows, contract, answer)
        self._batches.add(scorer, rows, Then(settle, answer))

    def _settle(
        self,
        ask: Ask,
        scorer: Scorer,
        rows: Sent,
        contract: Contract,
        answer: Promise,
        records: list[Record],
    ) -> None:
        """Keep the promise of an answer, now that there are records."""
        scored = Scored(ask, scorer, rows, records)
        trial = self._trial(scored)
        if trial is None:
            answer.set_result(self._told(contract, untimed, scored))
        else:
            self._hand_over(trial.answered(scored, partial(self._told, contract, untimed)), answer)

    def _hand_over(self, work: Coroutine[Any, Any, bytes], answer: Promise) -> None:
        """Let a task keep the promise."""
        task = asyncio.ensure_future(work)
        self._tasks.add(task)  # the event loop itself would forget it
        task.add_done_callback(partial(self._passed_on, answer))

    def _passed_on(self, answer: Promise, task: asyncio.Task[bytes]) -> None:
        self._tasks.discard(task)
        error = task.exception()
        if answer.done():
            return
        if error is None:
            answer.set_result(task.result())
        else:
            answer.set_exception(error)

    async def _in_a_thread(
        self, ask: Ask, scorer: Scorer, body: bytes, contract: Contract, span: Spans
    ) -> bytes:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._pool, self._alone, ask, scorer, body, contract, span)

    def _alone(self, ask: Ask, scorer: Scorer, body: bytes, contract: Contract, span: Spans) -> bytes:
        """Bytes to bytes, with one scorer throughout: a version swapped in meanwhile waits its turn."""
        decode = partial(self._rows, ask, scorer, body, contract)
        rows, records = scored_apart(scorer, decode, span=span, metrics=self._metrics)
        scored = Scored(ask, scorer, rows, records)
        trial = self._trial(scored)
        if trial is None:
            return self._told(contract, span, scored)
        return trial.answered_here(scored, partial(self._told, contract, span))

    def _rows(self, ask: Ask, scorer: Scorer, body: bytes, contract: Contract) -> Sent:
        try:
            rows = contract.rows(body, self._decoders.of(scorer.spec))
        except RequestInvalid:
            self._metrics.violated(scorer.spec.name)
            raise
        ask.caller.ticket.scored(len(rows.rows))
        return rows

    def _trial(self, scored: Scored) -> Beside | None:
        """The trial to which a request belongs: of the champion that it was answered by, as nobody chose."""
        trial = self._predictor.trials.get(scored.ask.detector)
        if trial is None or scored.ask.version is not None or scored.scorer is not trial.champion:
            return None
        return trial

    def _told(self, contract: Contract, span: Spans, scored: Scored) -> bytes:
        with span("store"):
            for witness in self._witnesses:
                witness(scored)
        return contract.answer(scored)
