"""The server that is held to a contract: how it is asked, and what may be sent to it.

Comes in: an address, or anything else that answers requests. Goes out: answers with the seconds they took.
Never: a retry, or a redirect that is followed: both would hide what the server does.
"""

from __future__ import annotations

import http.client
import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from detectory.errors import PeerAway

TIMEOUT_S = 70  # longer than any answer may take
Headers = Mapping[str, str]


class Broken(Exception):
    """A clause does not hold; the message says what was found."""


class NotApplicable(Exception):
    """A clause cannot be looked at here; the message says why."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server said: header names are in lower case.

    ``seconds`` run from the request to the last byte, ``connect_s`` until the socket was accepted.
    """

    status: int
    headers: Headers
    body: bytes
    seconds: float = 0.0
    connect_s: float = 0.0

    @property
    def kind(self) -> str:
        """The media type."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()

    def json(self) -> Any:
        """The body, decoded. Raises `Broken` where it is no JSON."""
        try:
            return json.loads(self.body)
        except ValueError as error:
            raise Broken(f"the body is no JSON: {self.body[:60]!r}") from error


@dataclass(frozen=True, slots=True)
class Example:
    """What a server understands, in the forms in which the contracts send it.

    ``request`` is an inference request of V2 for ``model``, ``bodies`` are invocations of SageMaker by
    content type, ``rows`` instances of Vertex AI and MLflow.
    """

    model: str = ""
    request: Mapping[str, Any] = field(default_factory=dict)
    bodies: Mapping[str, bytes] = field(default_factory=dict)
    rows: list[Any] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Started:
    """A server that was started for this: the seconds until it was ready, and what stops it.

    ``stop`` gives the seconds that took, and whether the server ended by itself.
    """

    ready_s: float
    stop: Callable[[], tuple[float, bool]]


Send = Callable[[str, str, bytes, Headers], Answer]


@dataclass(frozen=True, slots=True)
class Peer:
    """A server, an example of what it takes, and the addresses that its platform chose."""

    send: Send
    example: Example
    health: str = "/health"
    predict: str = "/predict"
    started: Started | None = None

    def get(self, path: str) -> Answer:
        """The answer to a GET."""
        return self.send("GET", path, b"", {})

    def post(self, path: str, body: bytes, kind: str = "application/json", **headers: str) -> Answer:
        """The answer to a POST; ``_`` in names of headers stands for ``-``."""
        said = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.send("POST", path, body, {**({"content-type": kind} if kind else {}), **said})

    def post_json(self, path: str, document: Any, **headers: str) -> Answer:
        """The answer to a JSON document."""
        return self.post(path, json.dumps(document).encode(), **headers)


def at(url: str, *, key: str = "") -> Send:
    """How the server at an address is asked, with an API key; a connection for every request."""
    parts = urlsplit(url if "://" in url else f"http://{url}")
    secure = parts.scheme == "https"
    shown = {"authorization": f"Bearer {key}"} if key else {}
    connect = http.client.HTTPSConnection if secure else http.client.HTTPConnection

    def send(method: str, path: str, body: bytes, headers: Headers) -> Answer:
        began = time.monotonic()
        connection = connect(parts.hostname or "", parts.port, timeout=TIMEOUT_S)
        try:
            connection.connect()
            connected = time.monotonic() - began
            connection.request(method, parts.path.rstrip("/") + path, body or None, {**shown, **headers})
            said = connection.getresponse()
            found = {name.lower(): value for name, value in said.getheaders()}
            return Answer(said.status, found, said.read(), time.monotonic() - began, connected)
        except (OSError, http.client.HTTPException) as error:
            raise PeerAway(url, reason=str(error) or type(error).__name__) from error
        finally:
            connection.close()

    return send
