"""``POST /v1/detectors/{name}/explain``, of a version too: records, each with its reasons.

Rows are scored as every contract's are, and a reason is told by the version that answered the row. It costs
many times what a score does, and so runs in a thread of its own, few at once: probes and scores are answered
meanwhile.
"""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from typing import Any

from starlette.types import Receive, Scope, Send

from detectory.errors import DetectoryError, TooManyRows
from detectory.explain import REASONS, add_reasons, reasons_by_row, require_reasons
from detectory.schema import length
from detectory.serve.admission import Bulkheads
from detectory.serve.contract import Scored
from detectory.serve.predictor import Predictor
from detectory.serve.routes.score import Native, ask_of, declared_length, read_body, respond
from detectory.serve.rows import RowsDecoder
from detectory.serve.scoring import Scoring
from detectory.serve.sent import Sent
from detectory.settings import Serving

PATH = "/v1/detectors/{name}/explain"
VERSION_PATH = "/v1/detectors/{name}/versions/{version}/explain"


class _Noted(Native):
    """Our own contract, whose answer waits: what was scored is kept until it is explained."""

    scored: Scored

    def __init__(self, *, max_rows: int) -> None:
        self._max_rows = max_rows

    def rows(self, body: bytes, decoder: RowsDecoder) -> Sent:
        """The rows. Raises `TooManyRows` for more than are explained."""
        rows = super().rows(body, decoder)
        if (count := length(rows)) > self._max_rows:
            raise TooManyRows(count, limit=self._max_rows, setting="serving.max_explained_rows")
        return rows

    def answer(self, scored: Scored) -> bytes:
        """Nothing yet."""
        self.scored = scored
        return b""

    def explained(self, records: list[dict[str, Any]]) -> bytes:
        """The answer with these records."""
        return super().answer(replace(self.scored, records=records))


class Explain:
    """The endpoint, as an ASGI app."""

    def __init__(
        self, predictor: Predictor, serving: Serving, scoring: Scoring, bulkheads: Bulkheads
    ) -> None:
        self._predictor, self._serving, self._scoring = predictor, serving, scoring
        self._bulkhead = bulkheads.explain
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="explain")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Check the head, read the body, answer."""
        ask = ask_of(scope, PATH, VERSION_PATH)
        declared = declared_length(scope)
        require_reasons(self._predictor.scorer(ask.detector, version=ask.version))
        body = await read_body(receive, length=declared, limit=self._serving.max_body_bytes)
        if body is None:
            return
        noted = _Noted(max_rows=self._serving.max_explained_rows)
        async with self._bulkhead.at_work(within_s=ask.caller.ticket.deadline_s):
            await self._scoring.answer(ask, body, noted)
            loop = asyncio.get_running_loop()
            records = await loop.run_in_executor(self._pool, self._reasoned, noted.scored)
        await respond(send, noted.explained(records))

    def _reasoned(self, scored: Scored) -> list[dict[str, Any]]:
        """The records with their reasons, told by the champion, or during a trial by who answered the row."""
        records = [dict(record) for record in scored.records]  # the ledger may hold those that were scored
        answers = scored.scorer.score(scored.rows)
        add_reasons(records, answers, scored.scorer)
        others = {record["version"] for record in records} - {scored.scorer.version}
        told = {version: self._of_another(scored, version) for version in others}
        for row, record in zip(answers.order()[0], records, strict=True):
            if record["version"] in others:
                record[REASONS] = told[record["version"]].get(row)
        return records

    def _of_another(self, scored: Scored, version: str) -> dict[int, list[dict[str, Any]]]:
        """The reasons of another version by row; none where it has none, or is gone again."""
        with suppress(DetectoryError):
            scorer = self._predictor.scorer(scored.ask.detector, version=version)
            return reasons_by_row(scorer.score(scored.rows), scorer)
        return {}
