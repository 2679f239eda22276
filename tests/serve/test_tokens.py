"""Tokens of an identity provider: those that hold are believed, thirty-one forged ones are not."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from hypothesis import given, settings, strategies as st
from joserfc import jwt
from joserfc.jwk import ECKey, Key, OKPKey, RSAKey

from detectory.errors import BadSetting, NotReady, ScopeMissing, WhoAsks
from detectory.serve.gate import Gate
from detectory.serve.jwks import fetcher
from detectory.serve.tokens import Tokens
from detectory.settings import Oidc
from tests.answering import answering
from tests.serve.gates import Shelf, bearer, gate_of

NOW = 1_800_000_000
ISSUER = "https://idp.example.org"
RSA, EC, ED = (
    RSAKey.generate_key(2048, {"kid": "rsa"}),
    ECKey.generate_key("P-256", {"kid": "ec"}),
    OKPKey.generate_key("Ed25519", {"kid": "ed"}),
)
STRANGER = RSAKey.generate_key(2048, {"kid": "rsa"})
CLAIMS = {"iss": ISSUER, "aud": "detectory", "sub": "soc", "exp": NOW + 300, "scope": "openid predict"}
OIDC = Oidc(issuer=ISSUER, jwks="jwks.json")
pytestmark = pytest.mark.filterwarnings("ignore:EdDSA is deprecated:joserfc.errors.SecurityWarning")


def jwks(*keys: Key) -> bytes:
    return json.dumps({"keys": [key.as_dict(private=False) for key in keys]}).encode()


def signed(
    key: Key = RSA, algorithm: str = "RS256", *, header: dict[str, Any] | None = None, **claims: Any
) -> str:
    """A token; a claim that is None is left out."""
    told = {name: value for name, value in {**CLAIMS, **claims}.items() if value is not None}
    head = {"alg": algorithm, "kid": key.kid, **(header or {})}
    return jwt.encode(head, told, key, algorithms=[algorithm])


def b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def by_hand(header: dict[str, Any], sign: Callable[[bytes], bytes] = lambda _: b"", **claims: Any) -> str:
    """A token whose header no library would write."""
    text = f"{b64(json.dumps(header).encode())}.{b64(json.dumps({**CLAIMS, **claims}).encode())}"
    return f"{text}.{b64(sign(text.encode()))}"


def as_issuer(text: bytes) -> bytes:
    made: bytes = RSA.private_key.sign(text, padding.PKCS1v15(), hashes.SHA256())
    return made


def with_secret(secret: bytes) -> Callable[[bytes], bytes]:
    return lambda text: hmac.new(secret, text, hashlib.sha256).digest()


@pytest.fixture(scope="module")
def tokens() -> Tokens:
    """Tokens of an issuer with a key of each kind."""
    made = Tokens(OIDC, lambda: jwks(RSA, EC, ED), clock=lambda: NOW)
    made.read()
    return made


@pytest.mark.parametrize(("key", "algorithm"), [(RSA, "RS256"), (EC, "ES256"), (ED, "EdDSA")])
def test_a_token_that_holds_gives_its_subject_and_those_scopes_that_are_ours(
    tokens: Tokens, key: Key, algorithm: str
) -> None:
    for _ in range(2):  # the second time from memory
        grant = tokens.grant(signed(key, algorithm))
        assert grant is not None
        assert (grant.who, grant.scopes) == ("sub:soc", frozenset({"predict"}))


HEAD = {"alg": "HS256", "kid": "rsa", "typ": "JWT"}
PEM = RSA.as_pem(private=False)
FORGED: dict[str, Callable[[], str]] = {
    "of another key under the same name": lambda: signed(STRANGER),
    "without an algorithm": lambda: by_hand({"alg": "none"}),
    "None in another case": lambda: by_hand({"alg": "NoNe", "kid": "rsa"}),
    "no algorithm said": lambda: by_hand({"kid": "rsa"}),
    "signed with the public key as a secret (PEM)": lambda: by_hand(HEAD, with_secret(PEM)),
    "signed with the public key as a secret (JWK)": lambda: by_hand(HEAD, with_secret(jwks(RSA))),
    "signed with an empty secret": lambda: by_hand(HEAD, with_secret(b"")),
    "an algorithm that is not named": lambda: signed(algorithm="RS512"),
    "the algorithm of another key": lambda: by_hand({"alg": "ES256", "kid": "rsa"}, lambda _: b"x" * 64),
    "a signature of zeros": lambda: by_hand({"alg": "ES256", "kid": "ec"}, lambda _: b"\x00" * 64),
    "a key that nobody knows": lambda: signed(RSAKey.generate_key(2048, {"kid": "new"})),
    "with a key of its own in it": lambda: signed(
        STRANGER, header={"kid": "own", "jwk": STRANGER.as_dict(private=False)}
    ),
    "that says where its keys are": lambda: signed(STRANGER, header={"jku": "https://evil.example/jwks"}),
    "with a header that must be understood": lambda: by_hand(
        {"alg": "RS256", "kid": "rsa", "crit": ["exp"], "exp": NOW}, as_issuer
    ),
    "a path for a name of a key": lambda: by_hand({**HEAD, "kid": "../../dev/null"}, with_secret(b"")),
    "of another issuer": lambda: signed(iss="https://evil.example"),
    "of no issuer": lambda: signed(iss=None),
    "for somebody else": lambda: signed(aud=["other"]),
    "for nobody": lambda: signed(aud=None),
    "of nobody": lambda: signed(sub=None),
    "that has expired": lambda: signed(exp=NOW - 31),
    "that never expires": lambda: signed(exp=None),
    "that expires in words": lambda: signed(exp="never"),
    "that does not hold yet": lambda: signed(nbf=NOW + 31),
    "of the future": lambda: signed(iat=NOW + 3600),
    "another subject under the same signature": lambda: spliced(sub="root"),
    "cut off": lambda: signed()[:-4],
    "without its signature": lambda: signed().rpartition(".")[0] + ".",
    "no token": lambda: "SENTINEL",
    "nothing": lambda: "",
    "megabytes": lambda: signed(sub="a" * (1 << 20)),
}


def spliced(**claims: Any) -> str:
    head, _, signature = signed().split(".")
    return f"{head}.{b64(json.dumps({**CLAIMS, **claims}).encode())}.{signature}"


@pytest.mark.parametrize("forged", FORGED.values(), ids=FORGED.keys())
def test_a_forged_token_is_not_believed(tokens: Tokens, forged: Callable[[], str]) -> None:
    assert tokens.grant(forged()) is None


@settings(max_examples=300, deadline=None)
@given(st.lists(st.one_of(st.binary(max_size=40).map(b64), st.text(max_size=20)), min_size=1, max_size=6))
def test_whatever_is_sent_is_no_token_and_breaks_nothing(tokens: Tokens, parts: list[str]) -> None:
    assert tokens.grant(".".join(parts).encode("latin-1", "replace").decode("latin-1")) is None


def test_a_token_that_is_remembered_expires_all_the_same() -> None:
    now = [float(NOW)]
    tokens = Tokens(OIDC, lambda: jwks(RSA), clock=lambda: now[0])
    tokens.read()
    text = signed()

    assert tokens.grant(text) is not None
    now[0] = NOW + 331
    assert tokens.grant(text) is None


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


@pytest.mark.parametrize("name", ["none", "HS256", "rs256", "A128KW"])
def test_an_algorithm_that_checks_with_a_secret_cannot_be_set(name: str) -> None:
    with pytest.raises(BadSetting, match="oidc"):
        Tokens(Oidc(issuer=ISSUER, algorithms=("RS256", name)), lambda: b"")


def test_what_is_written_by_hand_would_be_believed_if_it_held(tokens: Tokens) -> None:
    assert tokens.grant(by_hand({"alg": "RS256", "kid": "rsa"}, as_issuer)) is not None


def test_the_gate_believes_keys_and_tokens_and_is_closed_with_either(tokens: Tokens) -> None:
    shelf = Shelf()
    key = shelf.add("predict")
    gate, alone = gate_of(shelf, tokens=tokens), Gate(tokens=tokens)

    assert gate.enter(bearer(key), "127.0.0.1", "predict").key == shelf.keys[0].id
    assert gate.enter(bearer(signed()), "127.0.0.1", "predict").key == "sub:soc"
    with pytest.raises(ScopeMissing, match="metrics"):
        gate.enter(bearer(signed(scope="detectory:predict")), "127.0.0.1", "metrics")
    with pytest.raises(WhoAsks, match="needs a key"):
        alone.enter([], "127.0.0.1", "predict")


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
