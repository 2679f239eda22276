"""One connection: HTTP/1.1 as uvicorn reads it, with deadlines for slow clients and bounds for heads.

Comes in: bytes of a stranger. Goes out: a request for the lane or for the app, or a refusal. A client that
owes us something (the rest of a head, the rest of a body, the reading of an answer, another request) has
until a deadline; one sweep over all connections cuts those that missed theirs, so that a deadline costs a
request no timer. Never: more than `HEAD_BYTES` held of what is not a body.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

import httptools
from uvicorn.config import Config
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle
from uvicorn.server import ServerState

from detectory.errors import DetectoryError, HeadTooLarge, NotHttp
from detectory.serve.lane import Exchange, Lane, rendered
from detectory.serve.observed import Observed
from detectory.serve.predictor import Predictor
from detectory.serve.problems import response_of
from detectory.serve.telemetry import Metrics
from detectory.settings import Serving

HEAD_BYTES, HEADERS = 32 << 10, 100
SWEEP_S = 0.5
READS = 30  # times ``body_s`` that one answer may take to be read, however steadily
Awaited = Literal["head", "body", "request"]
logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class House:
    """What all connections of a server share."""

    lane: Lane
    observed: Observed
    numbers: Metrics
    predictor: Predictor
    serving: Serving


class Connection(HttpToolsProtocol):
    """uvicorn's protocol, with an end to patience."""

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
        *,
        house: House,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        self._house = house
        serving = house.serving
        self._patience: dict[Awaited, float] = {
            "head": serving.headers_s,
            "body": serving.body_s,
            "request": serving.idle_s,
        }
        self._head = 0  # bytes of the head so far
        self._mute = 0  # bytes of which the parser has made nothing yet
        self._unread = 0  # bytes that the client had not read at the last sweep

    # ── deadlines ────────────────────────────────────────────────────────────────────────────────

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Somebody is there."""
        super().connection_made(transport)  # type: ignore[arg-type]  # uvicorn narrows it
        self._await("request")

    def _await(self, awaited: Awaited) -> None:
        self._awaited: Awaited = awaited
        self._since = self.loop.time()
        self._due = self._since + self._patience[awaited]

    def _owes_us(self) -> bool:
        """Whether it is the client's turn: not while a whole request is being answered."""
        return self._idle() or (self.cycle.more_body and not self.pipeline)

    def _idle(self) -> bool:
        cycle: RequestResponseCycle | None = self.cycle  # uvicorn says that there always is one
        return cycle is None or cycle.response_complete

    def sweep(self, now: float) -> None:
        """Close the connection of a client that has missed its deadline."""
        unread = self.transport.get_write_buffer_size()
        if unread != self._unread:  # it reads, so it may go on, for a while
            body_s = self._house.serving.body_s
            self._unread, self._due = unread, max(self._due, min(now + body_s, self._since + READS * body_s))
        if now > self._due and (unread or self._owes_us()):
            self._house.numbers.cut("answer" if unread else self._awaited)
            self.transport.abort()

    # ── bounds ───────────────────────────────────────────────────────────────────────────────────

    def data_received(self, data: bytes) -> None:
        """Bytes, as they come."""
        self._mute += len(data)
        try:
            self.parser.feed_data(data)
            if self._mute > HEAD_BYTES:
                self._refuse(HeadTooLarge(limit=HEAD_BYTES, most=HEADERS))
        except httptools.HttpParserUpgrade:
            pass  # answered as if it was not asked for (RFC 9110, 7.8)
        except httptools.HttpParserError as error:
            cause = error.__context__
            self._refuse(cause if isinstance(cause, HeadTooLarge) else NotHttp())

    def on_url(self, url: bytes) -> None:
        """A piece of the address."""
        self._grow(len(url))
        super().on_url(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        """One header, or a trailer behind a body in chunks."""
        self._grow(len(name) + len(value))
        super().on_header(name, value)

    def _grow(self, length: int) -> None:
        self._head += length
        self._mute = 0
        if self._head > HEAD_BYTES or len(self.headers) >= HEADERS:
            raise HeadTooLarge(limit=HEAD_BYTES, most=HEADERS)

    def _refuse(self, error: DetectoryError) -> None:
        """Say what is wrong where that can be said, and close; no answer overtakes an earlier one."""
        if self.transport.is_closing():
            return
        if not self._owes_us():
            self.cycle.keep_alive = False
            self.flow.pause_reading()
            return
        if self._idle() or not self.cycle.response_started:
            scope = {"type": "http", "headers": [], "method": "", "path": ""}
            self._house.observed.begin(scope)
            said, added = response_of(error, scope), self._house.observed.headers(scope)
            headers = (*self.server_state.default_headers, *said.raw_headers, *added)
            self.transport.write(rendered(said.status_code, headers, bytes(said.body), last=True))
            self._house.observed.end(scope, said.status_code)
        self.transport.close()

    # ── requests ─────────────────────────────────────────────────────────────────────────────────

    def on_message_begin(self) -> None:
        """The first byte of a request."""
        super().on_message_begin()
        self._head = 0
        self._await("head")

    def on_headers_complete(self) -> None:
        """The head is there: to the lane or to the app."""
        self._mute = 0
        self._await("body")
        free = self._idle() and not self.flow.write_paused
        exchange = self._house.lane.take(self) if free else None
        if exchange is None:
            super().on_headers_complete()
        else:
            self.cycle = exchange  # type: ignore[assignment]  # it has all that a connection asks of a cycle
        if self._house.predictor.stopping:
            self.cycle.keep_alive = False

    def on_body(self, body: bytes) -> None:
        """A piece of the body."""
        self._mute = 0
        super().on_body(body)

    def on_message_complete(self) -> None:
        """The request is there."""
        self._mute = 0
        self._await("request")
        super().on_message_complete()
        cycle: object = self.cycle
        if isinstance(cycle, Exchange):
            self._house.lane.answer(cycle)

    def on_response_complete(self) -> None:
        """The answer is out: the next request that waits, or the client's turn. No timer is set for it."""
        self.server_state.total_requests += 1
        self._due = self.loop.time() + self._patience[self._awaited]
        if self.transport.is_closing():
            return
        self.flow.resume_reading()
        if self.pipeline:
            self._start_asgi_task(*self.pipeline.pop())

    def connection_lost(self, exc: Exception | None) -> None:
        """The client is gone."""
        cycle: object = self.cycle
        super().connection_lost(exc)
        if isinstance(cycle, Exchange) and cycle.more_body:
            cycle.hang_up()

    def shutdown(self) -> None:
        """Close once what has begun to come is answered."""
        if self._awaited != "head":
            super().shutdown()


async def sweep(state: ServerState) -> None:
    """Cut slow clients, for ever."""
    loop = asyncio.get_running_loop()
    while True:
        await asyncio.sleep(SWEEP_S)
        connections: Iterable[Any] = list(state.connections)
        for connection in connections:
            try:
                connection.sweep(loop.time())
            except Exception:  # one connection must not end the deadlines of all others
                logger.exception("a connection could not be swept")
