"""``POST /v1/detectors/{name}/explain``, of a version too: records, each with its reasons.

Every part of a row is another row to score, so it costs several times what the score does, and runs in a
thread: probes and scores are answered meanwhile.
"""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from starlette.types import Receive, Scope, Send

from detectory.explain import add_reasons, require_reasons
from detectory.serve.predictor import Predictor
from detectory.serve.routes.score import ask_of, declared_length, encoded, read_body, respond
from detectory.serve.rows import Decoders
from detectory.settings import Serving

if TYPE_CHECKING:  # runtime loads onnxruntime; a server listens before that
    from detectory.runtime import Scorer

PATH = "/v1/detectors/{name}/explain"
VERSION_PATH = "/v1/detectors/{name}/versions/{version}/explain"


class Explain:
    """The endpoint, as an ASGI app."""

    def __init__(self, predictor: Predictor, serving: Serving) -> None:
        self._predictor, self._serving = predictor, serving
        self._decoders = Decoders(max_rows=serving.max_rows)
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="explain")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Check the head, read the body, answer."""
        ask = ask_of(scope, PATH, VERSION_PATH)
        length = declared_length(scope)
        scorer = self._predictor.scorer(ask.detector, version=ask.version)
        require_reasons(scorer)
        body = await read_body(receive, length=length, limit=self._serving.max_body_bytes)
        if body is None:
            return
        loop = asyncio.get_running_loop()
        await respond(send, await loop.run_in_executor(self._pool, self._explained, scorer, body))

    def _explained(self, scorer: Scorer, body: bytes) -> bytes:
        rows = self._decoders.of(scorer.spec).decode(body)
        answers = scorer.score(rows)
        records = answers.records(rows)
        add_reasons(records, answers, scorer)
        return encoded(scorer, rows, records)
