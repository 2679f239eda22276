"""What is wrong with an HTTP request: its address, method, kind, size or body."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import ClassVar

from detectory.errors.tree import DataError, NotFound, UsageError


class MethodNotAllowed(UsageError):
    """The address is right, the HTTP method is not."""

    code, status, title = "E2010", 405, "Wrong HTTP method"

    def __init__(self, method: str, *, allowed: str) -> None:
        super().__init__(f"{method[:20]} is not answered here", fix=f"use {allowed}")
        self.allowed = allowed


class UnsupportedContent(UsageError):
    """The request's body is of a kind that is not read."""

    code, status, title = "E2011", 415, "The body is of another kind"

    def __init__(self, kind: str, *, known: Iterable[str] = ("application/json",)) -> None:
        kinds = "' or '".join(known)
        super().__init__(
            f"the body is not of the kind '{kinds}'",
            why=f"the request says '{kind[:80]}'" if kind else "the request does not say what it sends",
            fix=f"send it as it is, not compressed, in UTF-8, with the header 'Content-Type: {kinds}'",
        )


class NotHttp(UsageError):
    """What was sent is not HTTP/1.1."""

    code, title = "E2017", "This is not HTTP"

    def __init__(self) -> None:
        super().__init__(
            "what was sent is not a request of HTTP/1.1",
            fix="send a request as RFC 9112 has it; the connection is closed",
        )


class HeadTooLarge(UsageError):
    """The request's address and headers are more than the server takes."""

    code, status, title = "E2018", 431, "The head of the request is too large"

    def __init__(self, *, limit: int, most: int) -> None:
        super().__init__(
            f"the address and headers are more than {limit:,} bytes or {most} headers",
            fix="send fewer and shorter headers; rows belong in the body",
        )


class RequestMalformed(DataError):
    """A request's body is not JSON."""

    code, status, title = "E4030", 400, "The body is not JSON"

    def __init__(self, *, why: str) -> None:
        super().__init__(
            "the body is not JSON", why=why, fix="send JSON (RFC 8259) in UTF-8: no NaN, no lone surrogates"
        )


class RequestInvalid(DataError):
    """A request's body is JSON of another shape; ``pointer`` (RFC 6901) says where."""

    code, title = "E4031", "The body has another shape"

    def __init__(self, *, pointer: str, why: str) -> None:
        super().__init__(
            "the body does not have the shape that is asked for",
            why=why,
            where=pointer,
            fix="GET /openapi.json has the schema; GET /v1/detectors has the fields with examples",
        )
        self.members = {"errors": [{"pointer": pointer, "reason": why}]}


class NoRowParses(DataError):
    """Not one row of a request can be scored; each is named by its JSON pointer."""

    code, title = "E4032", "No row can be scored"
    SHOWN: ClassVar[int] = 100

    def __init__(self, detector: str, *, refused: Sequence[tuple[str, str]]) -> None:
        reasons = sorted({reason for _, reason in refused})
        super().__init__(
            f"not one of the {len(refused):,} rows can be scored by '{detector}'",
            why=", ".join(reasons[:10]),
            fix=f"the card of '{detector}' says what each reason means",
        )
        self.members = {"errors": [{"pointer": at, "reason": why} for at, why in refused[: self.SHOWN]]}


class BodyTooLarge(DataError):
    """A request's body is larger than the server takes."""

    code, status, title = "E4033", 413, "The body is too large"

    def __init__(self, *, limit: int) -> None:
        super().__init__(
            f"the body is larger than {limit:,} bytes",
            fix="send fewer rows a request, or raise the setting serving.max_body_bytes",
        )


class TooManyRows(DataError):
    """A request holds more rows than the server takes."""

    code, title = "E4034", "Too many rows in one request"

    def __init__(self, rows: int, *, limit: int, setting: str = "serving.max_rows") -> None:
        super().__init__(
            f"{rows:,} rows in one request",
            why=f"at most {limit:,} are answered",
            fix=f"send several requests, or raise the setting {setting}",
        )
        self.members = {"errors": [{"pointer": "/rows", "reason": f"more than {limit:,} rows"}]}


class NoSuchRoute(NotFound):
    """No answer lives at this address."""

    code, title = "E6010", "No such address"

    def __init__(self) -> None:
        super().__init__(
            "nothing is answered at this address", fix="GET /openapi.json lists every address; /docs shows it"
        )


class WhoAsks(UsageError):
    """No key, or none that is known, valid and in time; which of them is not told."""

    code, status, title = "E2012", 401, "Who asks is not known"

    def __init__(self) -> None:
        super().__init__(
            "this needs a key",
            why="there is no key in the request, or it is unknown, expired or revoked",
            fix="send 'Authorization: Bearer KEY'; detectory keys create NAME --scope predict   makes one",
        )


class ScopeMissing(UsageError):
    """The key is known and may not do this."""

    code, status, title = "E2013", 403, "The key may not do this"

    def __init__(self, scope: str, *, held: Iterable[str]) -> None:
        super().__init__(
            f"this needs a key with the scope '{scope}'",
            why=f"the key has: {', '.join(sorted(held)) or 'none'}",
            fix=f"use another key, or make one: detectory keys create NAME --scope {scope}",
        )
