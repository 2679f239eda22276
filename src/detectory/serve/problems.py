"""Errors → RFC 9457 problem documents, with the same codes as on the command line.

Comes in: whatever was raised while answering. Goes out: one ``application/problem+json``, or the refusal
of another contract where its address was asked. Never: a
path, a stack or a word of ours for what is not in the tree of `detectory.errors`; those go to the log.
"""

from __future__ import annotations

import logging
from typing import Any

import msgspec
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from detectory.errors import (
    BodyTooLarge,
    Busy,
    DetectoryError,
    LedgerAway,
    MethodNotAllowed,
    NoSuchRoute,
    RateLimited,
    WhoAsks,
)
from detectory.serve import refusals

MEDIA_TYPE = "application/problem+json"
# what the layer outside of `Guard` keeps in the scope of a request
REQUEST_ID = "detectory.request_id"
STARTED = "detectory.started"
TICKET = "detectory.ticket"  # what it may still use; kept by the layer inside
CODE = "detectory.code"  # what a request was refused for, noted here
logger = logging.getLogger(__name__)


def document(error: DetectoryError, *, request_id: str) -> dict[str, Any]:
    """The problem document of an error; a place inside this machine is left out.

    >>> document(NoSuchRoute(), request_id="7")["code"]
    'E6010'
    """
    facts = {key: value for key, value in error.as_dict().items() if key not in ("what", "where")}
    head = {"type": f"urn:detectory:error:{error.code}", "title": error.title, "status": error.status}
    return {**head, "detail": error.what, **facts, **error.members, "request_id": request_id}


def response_of(error: DetectoryError, scope: Scope) -> Response:
    """The error in the words of the contract that was asked, with the headers that its status asks for."""
    scope[CODE] = error.code
    other = refusals.of_path(scope["path"])
    if other is not None:
        body, status, kind = other(error)
        return Response(body, status, headers_of(error), kind)
    body = msgspec.json.encode(document(error, request_id=scope.get(REQUEST_ID, "")))
    return Response(body, error.status, headers_of(error), MEDIA_TYPE)


def headers_of(error: DetectoryError) -> dict[str, str]:
    """What else to try, when to come back, or that the rest of the body will not be read.

    >>> headers_of(MethodNotAllowed("GET", allowed="POST"))
    {'allow': 'POST'}
    """
    match error:
        case MethodNotAllowed():
            return {"allow": error.allowed}
        case WhoAsks():
            return {"www-authenticate": 'Bearer realm="detectory"'}
        case RateLimited():
            name = error.policy.partition(";")[0]
            told = {"ratelimit-policy": error.policy, "ratelimit": f"{name};r=0;t={error.retry_after}"}
            return {"retry-after": str(error.retry_after), **told}
        case Busy():
            return {"retry-after": str(error.retry_after)}
        case LedgerAway():
            return {"retry-after": "1"}
        case BodyTooLarge():
            return {"connection": "close"}
        case _:
            return {}


async def http_error(request: Request, error: Exception) -> Response:
    """What the router raises — no such address, another method — as our own error."""
    assert isinstance(error, HTTPException)  # noqa: S101  # registered for this class only
    if error.status_code == MethodNotAllowed.status:
        allowed = (error.headers or {}).get("Allow", "GET")
        return response_of(MethodNotAllowed(request.method, allowed=allowed), request.scope)
    return response_of(NoSuchRoute(), request.scope)


class Guard:
    """Answers every error of the app inside it with a problem document."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """An ASGI app."""
        try:
            await self._app(scope, receive, send)
        except Exception as error:
            response = refusal(error, scope)
            if STARTED in scope and not isinstance(error, DetectoryError):
                raise  # half a response is out already; the server closes the connection
            await response(scope, receive, send)


def refusal(error: Exception, scope: Scope) -> Response:
    """The problem document of whatever was raised. Of a bug the caller is told that, the log is told what."""
    if isinstance(error, DetectoryError):
        return response_of(error, scope)
    facts = {"request_id": scope.get(REQUEST_ID)}
    logger.error("a bug met while answering", exc_info=error, extra={"facts": facts})
    bug = DetectoryError("an error inside Detectory", fix="give us the request id; the log has the rest")
    return response_of(bug, scope)
