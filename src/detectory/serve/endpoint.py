"""An address to which rows are posted, in whichever contract: head, body, answer.

Comes in: a request, and how its contract begins an exchange. Goes out: the answer's bytes with the
contract's own headers. Never: a body that is read although its head is wrong already.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Protocol

from starlette.types import Receive, Scope, Send

from detectory.errors import MethodNotAllowed, UnsupportedContent
from detectory.serve.contract import Ask, Contract
from detectory.serve.routes.score import caller_of, read_body
from detectory.serve.scoring import Scoring
from detectory.serve.telemetry import ROUTE
from detectory.settings import Serving

JSON = "application/json"
Headers = list[tuple[bytes, bytes]]


@dataclass(frozen=True, slots=True)
class Head:
    """What is known of a request before its body: media type and charset in lower case."""

    scope: Scope
    headers: dict[bytes, bytes]

    @property
    def kind(self) -> str:
        """The media type of the body, empty when none is said."""
        return self.text(b"content-type").partition(";")[0].strip().lower()

    @property
    def charset(self) -> str:
        """The charset of the body, UTF-8 when none is said."""
        _, _, after = self.text(b"content-type").lower().partition("charset=")
        return after.partition(";")[0].strip(' "') or "utf-8"

    @property
    def length(self) -> int:
        """The declared length of the body, 0 when none is declared."""
        said = self.headers.get(b"content-length", b"")
        return int(said[:20]) if said.isdigit() else 0

    def text(self, name: bytes) -> str:
        """A header as text, empty when it is not there."""
        return self.headers.get(name, b"").decode("latin-1")

    def check_kind(self, known: Iterable[str]) -> None:
        """Raises `UnsupportedContent` unless the body is of a known kind, in UTF-8 and not compressed."""
        encoding = self.text(b"content-encoding").lower()
        if encoding not in ("", "identity"):
            raise UnsupportedContent(f"content-encoding: {encoding}", known=known)
        if self.kind not in known or self.charset not in ("utf-8", "utf8"):
            raise UnsupportedContent(self.text(b"content-type"), known=known)


class Exchange(Contract, Protocol):
    """One request in one contract; made when its head is there, and checks that first."""

    def ask(self, body: bytes) -> Ask:
        """Which detector is asked."""

    def headers(self) -> Headers:
        """The headers of the answer, its content type among them."""


class Endpoint:
    """The endpoint of a contract, as an ASGI app; ``route`` is the address's template, for the metrics."""

    def __init__(
        self, begin: Callable[[Head], Exchange], *, route: str, serving: Serving, scoring: Scoring
    ) -> None:
        self._begin, self._route, self._serving, self._scoring = begin, route, serving, scoring

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Check the head, read the body, answer."""
        scope[ROUTE] = self._route
        if scope["method"] != "POST":
            raise MethodNotAllowed(scope["method"], allowed="POST")
        head = Head(scope, dict(scope["headers"]))
        exchange = self._begin(head)
        body = await read_body(receive, length=head.length, limit=self._serving.max_body_bytes)
        if body is not None:
            answer = await self._scoring.answer(exchange.ask(body), body, exchange)
            await respond(send, answer, exchange.headers())


async def respond(send: Send, answer: bytes, headers: Headers) -> None:
    """Send an answer with status 200."""
    length = (b"content-length", b"%d" % len(answer))
    await send({"type": "http.response.start", "status": 200, "headers": [*headers, length]})
    await send({"type": "http.response.body", "body": answer})


def asked(head: Head, detector: str, version: str | None = None) -> Ask:
    """A detector, asked by whoever sent the request."""
    return Ask(detector, caller_of(head.scope), version)
