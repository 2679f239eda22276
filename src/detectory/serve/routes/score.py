"""``POST /v1/detectors/{name}/score``: rows in, one record a row out.

A thin ASGI endpoint: msgspec decodes and checks, no model of the framework stands between. Small
bodies are answered on the event loop (one row costs microseconds), large ones in a thread, so that
the probes are still answered.
"""

from __future__ import annotations

import asyncio
import re
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import msgspec
from starlette.types import Receive, Scope, Send

from detectory.errors import BodyTooLarge, MethodNotAllowed, NoRowParses, UnsupportedContent
from detectory.serve.batching import Batches
from detectory.serve.predictor import Predictor
from detectory.serve.rows import Decoders
from detectory.serve.telemetry import ROUTE, Metrics
from detectory.settings import Serving

if TYPE_CHECKING:  # runtime loads onnxruntime; a server listens before that
    from detectory.runtime import Record, Scorer
    from detectory.schema import Parsed, Rows

PATH = "/v1/detectors/{name}/score"
PATTERN = re.compile(r"/v1/detectors/([^/]+)/score")
INLINE_BYTES = 8 << 10  # about 256 host names, half a millisecond
THREADS = 2  # more would only wait for one another: one process has one interpreter lock


class Score:
    """The endpoint, as an ASGI app."""

    def __init__(self, predictor: Predictor, serving: Serving, metrics: Metrics) -> None:
        self._predictor, self._serving, self._metrics = predictor, serving, metrics
        self._batches = Batches(metrics)
        self._decoders = Decoders(max_rows=serving.max_rows)
        self._pool = ThreadPoolExecutor(THREADS, thread_name_prefix="score")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Check the head, read the body, answer."""
        scope[ROUTE] = PATH
        if scope["method"] != "POST":
            raise MethodNotAllowed(scope["method"], allowed="POST")
        length = declared_length(scope)
        scorer = self._predictor.scorer(scope["path_params"]["name"])
        body = await read_body(receive, length=length, limit=self._serving.max_body_bytes)
        if body is None:
            return
        if len(body) <= INLINE_BYTES:
            rows = self._decoders.of(scorer.spec).decode(body)
            answer = encoded(scorer, rows, await self._batches.records(scorer, rows))
        else:
            answer = await asyncio.get_running_loop().run_in_executor(self._pool, self._alone, scorer, body)
        await respond(send, answer)

    def _alone(self, scorer: Scorer, body: bytes) -> bytes:
        """Bytes to bytes, with one scorer throughout: a version swapped in meanwhile waits its turn."""
        rows = self._decoders.of(scorer.spec).decode(body)
        records = scorer.score(rows).records(rows)
        self._metrics.scored(scorer.spec.name, records)
        return encoded(scorer, rows, records)


async def respond(send: Send, answer: bytes) -> None:
    """Send JSON with status 200."""
    headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(answer))]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": answer})


def encoded(scorer: Scorer, rows: Rows, records: list[Record]) -> bytes:
    """The answer: who says it, and one record for every row that was sent, in that order.

    Raises `NoRowParses` when there is no score in it.
    """
    name = scorer.spec.name
    if all("error" in record for record in records):
        raise NoRowParses(name, refused=pointed(scorer.parse(rows)))
    return msgspec.json.encode({"detector": name, "version": scorer.version, "results": records})


def pointed(parsed: Parsed) -> list[tuple[str, str]]:
    """A JSON pointer and a reason for every rejected row."""
    return [(f"/rows/{item.row}/{item.field}", item.reason) for item in parsed.rejected]


def declared_length(scope: Scope) -> int:
    """The length the request declares, 0 for none; raises `UnsupportedContent` for what is not plain JSON."""
    kind, length = b"", 0
    for name, value in scope["headers"]:
        if name == b"content-type":
            kind = value
        elif name == b"content-length" and value.isdigit():
            length = int(value[:20])
        elif name == b"content-encoding" and value.lower() != b"identity":
            raise UnsupportedContent(f"content-encoding: {value.decode('latin-1')}")
    if kind.partition(b";")[0].strip().lower() != b"application/json":
        raise UnsupportedContent(kind.decode("latin-1"))
    return length


async def read_body(receive: Receive, *, length: int, limit: int) -> bytes | None:
    """The body, or nothing when the caller has hung up.

    Raises `BodyTooLarge` as soon as that is known; no more than ``limit`` bytes and one chunk are held.
    """
    if length > limit:
        raise BodyTooLarge(limit=limit)
    chunks, held = [], 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        chunks.append(chunk := message.get("body", b""))
        held += len(chunk)
        if held > limit:
            raise BodyTooLarge(limit=limit)
        if not message.get("more_body", False):
            return chunks[0] if len(chunks) == 1 else b"".join(chunks)
