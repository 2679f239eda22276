"""Where an issuer's public keys come from: a file, or an address over TLS.

Never: a redirect followed, more than a mebibyte read, an address without TLS that is not this machine's.
"""

from __future__ import annotations

import urllib.request
from collections.abc import Callable
from functools import partial
from http.client import HTTPMessage
from pathlib import Path
from typing import IO
from urllib.parse import urlsplit

from detectory.errors import BadSetting
from detectory.serve.addresses import is_loopback

MOST_BYTES = 1 << 20
WITHIN_S = 5.0


def fetcher(place: str, *, root: Path) -> Callable[[], bytes]:
    """What reads a JWKS from an address or a file of the workspace. Raises `BadSetting` for another place.

    >>> fetcher("http://example.org/jwks", root=Path())
    Traceback (most recent call last):
    detectory.errors.configuration.BadSetting: ...
    """
    if not place:
        raise BadSetting("oidc.jwks", why="an issuer is set, and not where its public keys are")
    if "://" not in place:
        return partial(_read, root / place)
    there = urlsplit(place)
    if there.scheme == "https" or (there.scheme == "http" and is_loopback(there.hostname or "")):
        return partial(_fetch, place)
    raise BadSetting("oidc.jwks", why="it must be https://, or a file")


class _Stay(urllib.request.HTTPRedirectHandler):
    """Follows no redirect: where keys come from is set, not told."""

    def redirect_request(
        self,
        req: urllib.request.Request,
        fp: IO[bytes],
        code: int,
        msg: str,
        headers: HTTPMessage,
        newurl: str,
    ) -> None:
        return None


def _fetch(address: str) -> bytes:
    with urllib.request.build_opener(_Stay).open(address, timeout=WITHIN_S) as answer:
        found: bytes = answer.read(MOST_BYTES)
    return found


def _read(path: Path) -> bytes:
    return path.read_bytes()[:MOST_BYTES]
