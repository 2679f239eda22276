"""Small score requests answered straight on the connection: no task, no ASGI messages, one write.

Comes in: a request for a score whose body is short and declared, as soon as its head is there. Goes out:
the same bytes as on the long way, for everything that means something is done by the same code — `Observed`
counts and names it, `Score` reads and scores it, `refusal` says what is wrong. Whatever is unusual (another
method, chunks, ``Expect``, a pipelined request) takes the long way.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar

from starlette.types import Scope
from uvicorn.protocols.http.httptools_impl import STATUS_LINE

from detectory.serve.admission import INLINE_BYTES
from detectory.serve.admitted import Admitted
from detectory.serve.observed import GONE, Headers, Observed
from detectory.serve.problems import refusal
from detectory.serve.routes.score import PATH, Score, headers_of
from detectory.serve.telemetry import ROUTE

if TYPE_CHECKING:
    from detectory.serve.protocol import Connection

#: what is not for the lane; of the rest `declared_length` judges
UNUSUAL = frozenset({b"transfer-encoding", b"expect", b"upgrade"})
RawHeaders = Iterable[tuple[bytes, bytes]]


class Lane:
    """Takes requests from a connection where they are usual, and answers them."""

    def __init__(
        self,
        score: Score,
        observed: Observed,
        admitted: Admitted,
        *,
        names: Iterable[str],
        most_bytes: int,
    ) -> None:
        self._score, self._observed, self._admitted = score, observed, admitted
        self._names = {PATH.format(name=name).encode(): name for name in names}
        self._most_bytes = min(most_bytes, INLINE_BYTES)

    def take(self, connection: Connection) -> Exchange | None:
        """The exchange of the request whose head has just come, or None: the long way is for it."""
        name = self._names.get(connection.url)
        if name is None or connection.parser.get_method() != b"POST":
            return None
        if not 0 <= _length(connection.headers) <= self._most_bytes:
            return None
        scope: Scope = connection.scope  # type: ignore[assignment]  # uvicorn's word for it is narrower
        scope["method"], scope["path"], scope["path_params"] = "POST", connection.url.decode(), {"name": name}
        scope[ROUTE] = PATH
        return Exchange(self, connection, scope)

    def begin(self, scope: Scope) -> None:
        """Name it."""
        self._observed.begin(scope)

    def headers(self, scope: Scope) -> Headers:
        """What belongs on its answer."""
        return self._observed.headers(scope)

    def answer(self, exchange: Exchange) -> None:
        """Promise the answer of an exchange whose body has come."""
        try:
            self._admitted.enter(exchange.scope)
            self._score.promise(exchange.scope, exchange.body, exchange)
        except Exception as error:  # noqa: BLE001  # whatever it is, the caller must hear of it
            exchange.set_exception(error)

    def end(self, exchange: Exchange, status: int) -> None:
        """Count it."""
        self._observed.end(exchange.scope, status)


class Exchange:
    """A request in the lane and its answer: to the connection what uvicorn's cycle is, and a `Promise`."""

    __slots__ = (
        "_connection",
        "_lane",
        "body",
        "disconnected",
        "keep_alive",
        "more_body",
        "response_complete",
        "scope",
    )
    message_event: ClassVar = asyncio.Event()  # uvicorn sets it, nobody waits for it
    response_started = False  # an answer is written at once or not at all

    def __init__(self, lane: Lane, connection: Connection, scope: Scope) -> None:
        self._lane, self._connection, self.scope = lane, connection, scope
        lane.begin(scope)
        parser = connection.parser
        self.keep_alive = parser.get_http_version() != "1.0" and parser.should_keep_alive()
        self.body = b""
        self.more_body, self.response_complete, self.disconnected = True, False, False

    def done(self) -> bool:
        """Whether the caller is gone; that is noted then."""
        if not self.disconnected and not self._connection.transport.is_closing():
            return False
        self._finish(GONE)
        return True

    def set_result(self, answer: bytes) -> None:
        """Send an answer."""
        self._send(200, headers_of(answer), answer)

    def set_exception(self, error: Exception) -> None:
        """Send a refusal."""
        response = refusal(error, self.scope)
        self._send(response.status_code, response.raw_headers, bytes(response.body))

    def hang_up(self) -> None:
        """The caller went away before the body was there."""
        self._finish(GONE)

    def _send(self, status: int, headers: RawHeaders, body: bytes) -> None:
        if self.response_complete or self.done():
            return
        connection = self._connection
        usual = connection.server_state.default_headers
        last = not self.keep_alive
        connection.transport.write(
            rendered(status, (*usual, *headers, *self._lane.headers(self.scope)), body, last=last)
        )
        self._finish(status)
        if last:
            connection.transport.close()
        connection.on_response_complete()

    def _finish(self, status: int) -> None:
        if not self.response_complete:
            self.response_complete = True
            self._lane.end(self, status)


def rendered(status: int, headers: RawHeaders, body: bytes, *, last: bool) -> bytes:
    """A response of HTTP/1.1; of the ``last`` one the connection is closed.

    >>> rendered(200, [(b"content-length", b"2")], b"{}", last=True)
    b'HTTP/1.1 200 OK\\r\\ncontent-length: 2\\r\\nconnection: close\\r\\n\\r\\n{}'
    """
    parts = [STATUS_LINE[status]]
    for name, value in headers:
        parts += (name, b": ", value, b"\r\n")
        last = last and name != b"connection"
    parts.append(b"connection: close\r\n\r\n" if last else b"\r\n")
    parts.append(body)
    return b"".join(parts)


def _length(headers: Iterable[tuple[bytes, bytes]]) -> int:
    """The declared length; -1 where there is none, or something else is unusual."""
    length = -1
    for name, value in headers:
        if name == b"content-length":
            length = int(value)  # the parser lets nothing else through
        elif name in UNUSUAL:
            return -1
    return length
