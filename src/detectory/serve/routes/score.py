"""``POST /v1/detectors/{name}/score``, of a version too: rows in, one record a row out.

A thin ASGI endpoint: msgspec decodes and checks, no model of the framework stands between.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import msgspec
from starlette.types import Receive, Scope, Send

from detectory.errors import BodyTooLarge, MethodNotAllowed, NoRowParses, UnsupportedContent
from detectory.serve.contract import Ask, Caller, Scored
from detectory.serve.predictor import Predictor
from detectory.serve.problems import REQUEST_ID
from detectory.serve.promises import Promise
from detectory.serve.rows import RowsDecoder
from detectory.serve.scoring import Scoring
from detectory.serve.sent import Sent
from detectory.serve.telemetry import ROUTE
from detectory.settings import Serving

if TYPE_CHECKING:  # runtime loads onnxruntime; a server listens before that
    from detectory.runtime import Record, Scorer
    from detectory.schema import Parsed

PATH = "/v1/detectors/{name}/score"
VERSION_PATH = "/v1/detectors/{name}/versions/{version}/score"
PATTERN = re.compile(r"/v1/detectors/(?P<name>[^/]+)(?:/versions/(?P<version>[^/]+))?/score")
CALLER = "detectory.caller"  # where the scope says who asks


class Native:
    """Our own contract: ``{"rows": [{field: value, …}, …]}`` and a record for each."""

    def rows(self, body: bytes, decoder: RowsDecoder) -> Sent:
        """The rows, checked while they are decoded."""
        return decoder.decode(body)

    def answer(self, scored: Scored) -> bytes:
        """The answer as JSON."""
        return encoded(scored.scorer, scored.rows, scored.records)


class Score:
    """The endpoint, as an ASGI app."""

    def __init__(self, predictor: Predictor, serving: Serving, scoring: Scoring) -> None:
        self._predictor, self._serving, self._scoring = predictor, serving, scoring
        self._native = Native()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Check the head, read the body, answer."""
        ask = ask_of(scope, PATH, VERSION_PATH)
        length = declared_length(scope)
        self._predictor.scorer(ask.detector, version=ask.version)  # a stranger's body is not read for nothing
        body = await read_body(receive, length=length, limit=self._serving.max_body_bytes)
        if body is not None:
            await respond(send, await self._scoring.answer(ask, body, self._native))

    def promise(self, scope: Scope, body: bytes, answer: Promise) -> None:
        """The same without an ASGI call, for a small body that is here already. Raises what that would."""
        ask = ask_of(scope, PATH, VERSION_PATH)
        declared_length(scope)
        self._scoring.promise(ask, body, self._native, answer)


def ask_of(scope: Scope, path: str, version_path: str) -> Ask:
    """Whom a request asks, noting the template of its address. Raises `MethodNotAllowed` unless it posts."""
    name, version = scope["path_params"]["name"], scope["path_params"].get("version")
    scope[ROUTE] = path if version is None else version_path
    if scope["method"] != "POST":
        raise MethodNotAllowed(scope["method"], allowed="POST")
    return Ask(name, caller_of(scope), version)


def caller_of(scope: Scope) -> Caller:
    """Who sent a request."""
    found: Caller = scope.get(CALLER) or Caller(scope.get(REQUEST_ID, ""))
    return found


async def respond(send: Send, answer: bytes) -> None:
    """Send JSON with status 200."""
    await send({"type": "http.response.start", "status": 200, "headers": headers_of(answer)})
    await send({"type": "http.response.body", "body": answer})


def headers_of(answer: bytes) -> list[tuple[bytes, bytes]]:
    """The headers of JSON."""
    return [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(answer))]


def encoded(scorer: Scorer, rows: Sent, records: list[Record]) -> bytes:
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
