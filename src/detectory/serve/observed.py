"""The outermost layer: every request gets an id, is counted and timed, and logged where it went wrong.

Never: the body of a request, or a secret; who asks is named by the id of the key.
"""

from __future__ import annotations

import logging
import random
import re
from time import perf_counter
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from detectory.serve.problems import CODE, REQUEST_ID, STARTED, TICKET
from detectory.serve.sparse import Sparse
from detectory.serve.telemetry import ROUTE, Metrics
from detectory.serve.tickets import FREE, Ticket

UNKNOWN_ROUTE = "none"
GONE = 499  # the caller went away before there was an answer (nginx's number)
BEGAN = "detectory.began"
TRACE_ID = "detectory.trace_id"  # where the scope holds the trace of which the request is a part
SANE_ID = re.compile(rb"[A-Za-z0-9._-]{1,64}")
Headers = tuple[tuple[bytes, bytes], ...]
NOSNIFF = (b"x-content-type-options", b"nosniff")
logger = logging.getLogger(__name__)


class Observed:
    """Gives every request an id and tells metrics and log how it went.

    With ``access_log`` the log hears of every request, otherwise of those that were refused or failed.
    """

    def __init__(self, app: ASGIApp, metrics: Metrics, *, access_log: bool = False) -> None:
        self._app, self._metrics = app, metrics
        self._logged_from = 0 if access_log else 400
        self._sparse = None if access_log else Sparse()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """An ASGI app."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        self.begin(scope)
        status = GONE

        async def sending(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                scope[STARTED] = True
                status = message["status"]
                message["headers"] = (*message["headers"], *self.headers(scope))
            await send(message)

        try:
            await self._app(scope, receive, sending)
        finally:
            self.end(scope, status)

    def begin(self, scope: Scope) -> None:
        """Give a request its id."""
        scope[BEGAN] = perf_counter()
        self._metrics.in_flight += 1
        scope[REQUEST_ID] = request_id_of(scope)

    def headers(self, scope: Scope) -> Headers:
        """What belongs on every answer."""
        named: Headers = ((b"x-request-id", scope[REQUEST_ID].encode()), NOSNIFF)
        ticket: Ticket = scope.get(TICKET, FREE)
        return named + ticket.headers()

    def end(self, scope: Scope, status: int) -> None:
        """Count a request that was answered, or whose caller is gone."""
        seconds, route, code = perf_counter() - scope[BEGAN], route_of(scope), scope.get(CODE, "")
        self._metrics.in_flight -= 1
        self._metrics.request(route, status, seconds=seconds, timed=scope["method"] == "POST", code=code)
        if status >= self._logged_from:
            unsaid = self._sparse.unsaid(status) if self._sparse else 0
            if unsaid is not None:
                _log(scope, status, seconds, unsaid=unsaid)


def request_id_of(scope: Scope) -> str:
    """The caller's own id where it is harmless, otherwise a new one of 64 random bits.

    >>> request_id_of({"headers": [(b"x-request-id", b"job-7")]})
    'job-7'
    """
    for name, value in scope["headers"]:
        if name == b"x-request-id" and SANE_ID.fullmatch(value):
            return str(value, "ascii")
    return f"{random.getrandbits(64):016x}"  # a name, no secret


def route_of(scope: Scope) -> str:
    """The template of the address that answered: what the caller typed would be unbounded."""
    template: str = scope[ROUTE] if ROUTE in scope else getattr(scope.get("route"), "path", UNKNOWN_ROUTE)
    return template


def _log(scope: Scope, status: int, seconds: float, *, unsaid: int) -> None:
    facts: dict[str, Any] = {
        "request_id": scope[REQUEST_ID],
        "method": scope["method"],
        "path": scope["path"],
        "route": route_of(scope),
        "status": status,
        "milliseconds": round(seconds * 1e3, 3),
    }
    facts |= {name: scope[key] for name, key in (("code", CODE), ("trace_id", TRACE_ID)) if key in scope}
    facts |= {"unsaid": unsaid} if unsaid else {}
    level, words = _weight(status)
    logger.log(level, words, extra={"facts": facts})


def _weight(status: int) -> tuple[int, str]:
    if status < 400:
        return logging.INFO, "request answered"
    return (logging.ERROR, "request failed") if status == 500 else (logging.WARNING, "request refused")
