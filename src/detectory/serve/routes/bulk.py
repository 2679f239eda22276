"""``POST /v1/detectors/{name}/bulk``, of a version too: a matrix of numbers in, a matrix of answers out.

For whoever scores millions of rows of numbers: nothing is made of a single row, so its answer has no label,
it is not kept, and no challenger is tried on it. Rows are scored in a thread, so many at a time as stay in
the processor's cache.
"""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from time import perf_counter
from typing import TYPE_CHECKING

import numpy as np
from starlette.types import ASGIApp, Receive, Scope, Send

from detectory.serve import matrix
from detectory.serve.admission import Bulkhead, Bulkheads
from detectory.serve.endpoint import Head, respond
from detectory.serve.predictor import Predictor
from detectory.serve.routes.score import ask_of, read_body
from detectory.serve.telemetry import Metrics
from detectory.serve.tickets import Ticket
from detectory.settings import Serving

if TYPE_CHECKING:  # runtime loads onnxruntime; a server listens before that
    from detectory.runtime import Answers, Scorer

PATH = "/v1/detectors/{name}/bulk"
VERSION_PATH = "/v1/detectors/{name}/versions/{version}/bulk"
KIND = "application/x-npy"
COLUMNS, VERSION = b"x-detectory-columns", b"x-detectory-version"
CHUNK_ROWS = 8192


def endpoints(
    predictor: Predictor, *, serving: Serving, metrics: Metrics, bulkheads: Bulkheads
) -> dict[str, ASGIApp]:
    """Both addresses."""
    return dict.fromkeys((PATH, VERSION_PATH), Bulk(predictor, serving, metrics, bulkheads.bulk))


class Bulk:
    """The endpoint, as an ASGI app."""

    def __init__(self, predictor: Predictor, serving: Serving, metrics: Metrics, bulkhead: Bulkhead) -> None:
        self._predictor, self._serving, self._metrics = predictor, serving, metrics
        self._bulkhead = bulkhead
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="bulk")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Check the head, read the body, answer."""
        ask = ask_of(scope, PATH, VERSION_PATH)
        head = Head(scope, dict(scope["headers"]))
        head.check_kind([KIND])
        scorer = self._predictor.scorer(ask.detector, version=ask.version)
        body = await read_body(receive, length=head.length, limit=self._serving.max_body_bytes)
        if body is None:
            return
        ticket = ask.caller.ticket
        async with self._bulkhead.at_work(within_s=ticket.deadline_s):
            loop = asyncio.get_running_loop()
            names, answer = await loop.run_in_executor(self._pool, self._scored, scorer, body, ticket)
        said = [(COLUMNS, ",".join(names).encode()), (VERSION, scorer.version.encode())]
        await respond(send, answer, [(b"content-type", KIND.encode()), *said])

    def _scored(self, scorer: Scorer, body: bytes, ticket: Ticket) -> tuple[list[str], bytes]:
        rows = matrix.decoded(body)
        ticket.scored(len(rows))
        door = matrix.door_of(scorer.spec, rows.shape[1])
        parts, names = [], list[str]()
        for start in range(0, len(rows), CHUNK_ROWS):
            part = rows[start : start + CHUNK_ROWS]
            began = perf_counter()
            answers = scorer.score(matrix.columns(part, door))
            seconds = perf_counter() - began
            names = names or matrix.names_of(answers)
            parts.append(matrix.answered(answers, len(part)))
            self._count(scorer.spec.name, answers, seconds=seconds)
        return names, matrix.encoded(np.concatenate(parts))

    def _count(self, detector: str, answers: Answers, *, seconds: float) -> None:
        told = dict(zip(answers.NAMES, answers.columns(), strict=True))
        alerts = int(told["alert"].sum()) if "alert" in told else 0
        rejected = [item.reason for item in answers.rejected]
        rows = len(answers.level)
        self._metrics.counted(detector, rows, alerts=alerts, rejected=rejected, seconds=seconds)
