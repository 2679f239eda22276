"""The keys of an identity provider are read, read again, and kept while it is away."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from detectory.errors import BadSetting, NotReady
from detectory.serve.jwks import fetcher
from detectory.serve.tokens import Tokens
from tests.answering import answering
from tests.serve.issuer import EC, NOW, OIDC, RSA, STRANGER, jwks, signed


def test_a_key_that_the_issuer_takes_out_signs_no_more() -> None:
    published = [jwks(RSA, EC)]
    tokens = Tokens(OIDC, lambda: published[0], clock=lambda: NOW)
    tokens.read()
    text = signed()
    assert tokens.grant(text) is not None

    published[0] = jwks(EC)
    tokens.read()

    assert tokens.grant(text) is None


def test_an_issuer_that_is_away_leaves_the_keys_that_are_known(caplog: pytest.LogCaptureFixture) -> None:
    answers = [jwks(RSA), b"<html>", b'{"keys": []}', b'{"keys": [{"kty": "oct", "k": "AA"}]}', b"{}"]
    tokens = Tokens(OIDC, lambda: answers.pop(0), clock=lambda: NOW)

    for _ in range(5):
        tokens.try_to_read()

    assert tokens.grant(signed()) is not None
    assert [record.message for record in caplog.records] == ["JWKS cannot be read"] * 4


def test_before_the_keys_are_read_the_caller_is_told_to_come_back() -> None:
    with pytest.raises(NotReady, match="tokens"):
        Tokens(OIDC, lambda: jwks(RSA)).grant(signed())


class Issuer(BaseHTTPRequestHandler):
    """A JWKS over HTTP, and a redirect to it."""

    def do_GET(self) -> None:
        moved = self.path == "/moved"
        self.send_response(302 if moved else 200)
        self.send_header("location", "/jwks")
        self.end_headers()
        self.wfile.write(jwks(RSA))

    def log_message(self, *_: Any) -> None:
        """Nothing."""


@pytest.fixture
def issuer() -> Iterator[str]:
    with answering(HTTPServer(("127.0.0.1", 0), Issuer)) as url:
        yield url


def test_the_keys_are_fetched_from_the_issuer_and_no_redirect_is_followed(
    issuer: str, tmp_path: Path
) -> None:
    tokens = Tokens(OIDC, fetcher(f"{issuer}/jwks", root=tmp_path), clock=lambda: NOW)
    tokens.read()
    assert tokens.grant(signed()) is not None

    with pytest.raises(OSError, match="302"):
        fetcher(f"{issuer}/moved", root=tmp_path)()


def test_a_token_with_a_new_key_lets_them_be_fetched_soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("detectory.serve.tokens.SOONEST_S", 0.0)
    published, stopped = [jwks(EC)], threading.Event()
    tokens = Tokens(OIDC, lambda: published[0], clock=lambda: NOW)
    tokens.read()
    thread = threading.Thread(target=tokens.follow, args=(stopped,))
    thread.start()
    try:
        published[0] = jwks(EC, RSA)
        until = time.monotonic() + 20
        while tokens.grant(signed()) is None:
            assert time.monotonic() < until
            time.sleep(0.01)
    finally:
        stopped.set()
        tokens.grant(signed(STRANGER, header={"kid": "unknown"}))  # wakes it
        thread.join()


def test_a_file_of_the_workspace_will_do(tmp_path: Path) -> None:
    (tmp_path / "jwks.json").write_bytes(jwks(RSA))
    tokens = Tokens(OIDC, fetcher("jwks.json", root=tmp_path), clock=lambda: NOW)
    tokens.read()

    assert tokens.grant(signed()) is not None
    for place in ("http://idp.example.org/jwks", "ftp://127.0.0.1/jwks", ""):
        with pytest.raises(BadSetting, match="oidc"):
            fetcher(place, root=tmp_path)
