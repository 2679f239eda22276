"""As much of Google Cloud Storage's XML API as a store uses: objects with generations, and listings.

https://cloud.google.com/storage/docs/xml-api/reference-methods
"""

from __future__ import annotations

import hashlib
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit
from xml.sax.saxutils import escape

BUCKET = "models"


class Gcs(HTTPServer):
    """One bucket in memory; ``preconditions`` are those that were asked for."""

    request_queue_size = 64

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Answering)
        self.objects: dict[str, tuple[bytes, int]] = {}
        self.generation = 0
        self.preconditions: list[str] = []


class _Answering(BaseHTTPRequestHandler):
    server: Gcs

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""

    def do_GET(self) -> None:
        bucket, _, key = unquote(urlsplit(self.path).path).lstrip("/").partition("/")
        if bucket != BUCKET:
            self._answer(404, b"<Error><Code>NoSuchBucket</Code></Error>")
        elif not key:
            self._answer(200, self._listing())
        elif key not in self.server.objects:
            self._answer(404, b"<Error><Code>NoSuchKey</Code></Error>")
        else:
            data, generation = self.server.objects[key]
            self._answer(200, data, generation=generation)

    do_HEAD = do_GET

    def do_PUT(self) -> None:
        key = unquote(urlsplit(self.path).path).lstrip("/").partition("/")[2]
        data = self.rfile.read(int(self.headers["Content-Length"]))
        expected = self.headers.get("x-goog-if-generation-match")
        if expected is not None:
            self.server.preconditions.append(expected)
            _, found = self.server.objects.get(key, (b"", 0))
            if int(expected) != found:
                return self._answer(412, b"<Error><Code>PreconditionFailed</Code></Error>")
        self.server.generation += 1
        self.server.objects[key] = (data, self.server.generation)
        return self._answer(200, b"", generation=self.server.generation, etag=_etag(data))

    def do_DELETE(self) -> None:
        key = unquote(urlsplit(self.path).path).lstrip("/").partition("/")[2]
        self._answer(204 if self.server.objects.pop(key, None) else 404, b"")

    def _listing(self) -> bytes:
        asked = parse_qs(urlsplit(self.path).query)
        prefix, delimiter = asked.get("prefix", [""])[0], asked.get("delimiter", [""])[0]
        folders, entries = set(), []
        for key, (data, _) in sorted(self.server.objects.items()):
            if not key.startswith(prefix):
                continue
            folder, found, _ = key[len(prefix) :].partition(delimiter) if delimiter else ("", "", "")
            if found:
                folders.add(f"{prefix}{folder}/")
            else:
                entries.append(_entry(key, data))
        common = "".join(
            f"<CommonPrefixes><Prefix>{escape(one)}</Prefix></CommonPrefixes>" for one in sorted(folders)
        )
        return f"<ListBucketResult>{common}{''.join(entries)}</ListBucketResult>".encode()

    def _answer(self, status: int, body: bytes, *, generation: int = 0, etag: str = "") -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Last-Modified", formatdate(0, usegmt=True))
        if generation:
            self.send_header("x-goog-generation", str(generation))
            self.send_header("ETag", etag or _etag(body))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)


def _etag(data: bytes) -> str:
    return f'"{hashlib.md5(data).hexdigest()}"'  # what GCS does for objects written in one piece


def _entry(key: str, data: bytes) -> str:
    return (
        f"<Contents><Key>{escape(key)}</Key><LastModified>2026-01-01T00:00:00Z</LastModified>"
        f"<Size>{len(data)}</Size><ETag>{escape(_etag(data))}</ETag></Contents>"
    )
