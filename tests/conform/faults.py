"""A server with one fault: which requests it answers wrongly, and how."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from detectory.conform.peer import Answer, Headers, Send

Change = Callable[[Answer], Answer]
Json = dict[str, Any]


@dataclass(frozen=True)
class Request:
    """What is asked."""

    method: str
    path: str
    body: bytes
    headers: Headers

    def json(self) -> Any:
        """The body, None where it is no JSON."""
        try:
            return json.loads(self.body)
        except ValueError:
            return None

    def header(self, name: str) -> str:
        """A header, empty when it is not sent."""
        return self.headers.get(name, "")


@dataclass(frozen=True)
class Fault:
    """Which requests are answered wrongly, and how."""

    when: Callable[[Request], bool]
    change: Change


def broken(send: Send, fault: Fault) -> Send:
    """The same server with the fault."""

    def wrong(method: str, path: str, body: bytes, headers: Headers) -> Answer:
        answer = send(method, path, body, headers)
        is_hit = fault.when(Request(method, path, body, headers))
        return fault.change(answer) if is_hit else answer

    return wrong


# ── how an answer is wrong ───────────────────────────────────────────────────────────────────────


def status(number: int, *, where: int | None = None) -> Change:
    """Another status; with ``where``, of answers of that status alone."""
    return lambda answer: replace(answer, status=number) if where in (None, answer.status) else answer


def edited(edit: Callable[[Json], Any]) -> Change:
    """Another document, where the answer is a success."""

    def change(answer: Answer) -> Answer:
        if answer.status != 200:
            return answer
        document = json.loads(answer.body)
        edit(document)
        return replace(answer, body=json.dumps(document).encode())

    return change


def lacking(member: str) -> Change:
    """A document without a member."""
    return edited(lambda document: document.pop(member, None))


def saying(body: bytes) -> Change:
    """Another body."""
    return lambda answer: replace(answer, body=body)


def late(**seconds: float) -> Change:
    """It took so long."""
    return lambda answer: replace(answer, **seconds)


def headed(**headers: str) -> Change:
    """Other headers."""
    changed = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda answer: replace(answer, headers={**answer.headers, **changed})


# ── which requests ───────────────────────────────────────────────────────────────────────────────


def at(path: str) -> Callable[[Request], bool]:
    """Requests to an address."""
    return lambda request: request.path == path


def holding(text: str) -> Callable[[Request], bool]:
    """Requests whose body holds a text."""
    return lambda request: text.encode() in request.body


def sending(kind: str) -> Callable[[Request], bool]:
    """Invocations in a content type, with no wish how they are answered."""
    return lambda request: request.header("content-type") == kind and not request.header("accept")


def accepting(kind: str) -> Callable[[Request], bool]:
    """Requests that accept one content type."""
    return lambda request: request.header("accept") == kind
