"""Servers to keep artifacts in: moto for S3; and a peer between us and a server, that fails as it is told.

All answer one request at a time, so what they decide between two writers is decided once.
"""

from __future__ import annotations

import http.client
import logging
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any, Literal
from urllib.parse import urlsplit

from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import make_server

#: what becomes of a request: passed on (also without its conditions), refused or cut off before it arrives,
#: or its answer lost on the way
Fate = Literal["passed", "unconditional", "refused", "cut off", "answer cut off", "answer replaced"]
#: the fate of the n-th request (from 0) with this method and path
Fates = Callable[[int, str, str], Fate]


def moto() -> Any:
    """Moto's server of AWS, one request at a time."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)  # it logs every request
    return make_server("127.0.0.1", 0, DomainDispatcherApplication(create_backend_app), threaded=False)


class Peer(HTTPServer):
    """Passes requests on to another server, or not."""

    request_queue_size = 64

    def __init__(self, upstream: str) -> None:
        super().__init__(("127.0.0.1", 0), _Passing)
        self.upstream = urlsplit(upstream).netloc
        self.fates: Fates = lambda number, method, path: "passed"
        self.asked: list[str] = []
        self.after_write: Callable[[], None] = lambda: None

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that goes away is nothing to report."""


class _Passing(BaseHTTPRequestHandler):
    server: Peer

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""

    def _handle(self) -> None:
        fate = self.server.fates(len(self.server.asked), self.command, self.path)
        self.server.asked.append(f"{self.command} {self.path} {fate}")
        self.close_connection = True
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if fate == "refused":
            self._answer(503, {}, b"<Error><Code>SlowDown</Code></Error>")
        if fate in ("refused", "cut off"):
            return
        if fate == "unconditional":
            del self.headers["If-None-Match"], self.headers["If-Match"]
        status, headers, answer = self._upstream(body)
        if fate == "answer replaced":
            self._answer(503, {}, b"<Error><Code>InternalError</Code></Error>")
        elif fate in ("passed", "unconditional"):
            self._answer(status, headers, answer)
        if self.command == "PUT":
            self.server.after_write()

    def _upstream(self, body: bytes) -> tuple[int, dict[str, str], bytes]:
        connection = http.client.HTTPConnection(self.server.upstream)
        connection.request(self.command, self.path, body, dict(self.headers))
        answer = connection.getresponse()
        found = answer.status, dict(answer.headers), answer.read()
        connection.close()
        return found

    def _answer(self, status: int, headers: dict[str, str], body: bytes) -> None:
        self.send_response(status)
        for name, value in headers.items():
            if name.lower() not in ("connection", "date", "server", "transfer-encoding"):
                self.send_header(name, value)
        if not any(name.lower() == "content-length" for name in headers):
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_HEAD = do_PUT = do_POST = do_DELETE = _handle
