"""Tokens of an identity provider: those that hold are believed, thirty-one forged ones are not."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from hypothesis import given, settings, strategies as st
from joserfc.jwk import Key, RSAKey

from detectory.errors import BadSetting, ScopeMissing, WhoAsks
from detectory.serve.gate import Gate
from detectory.serve.tokens import Tokens
from detectory.settings import Oidc
from tests.serve.gates import Shelf, bearer, gate_of
from tests.serve.issuer import CLAIMS, EC, ED, ISSUER, NOW, OIDC, RSA, STRANGER, jwks, signed

pytestmark = pytest.mark.filterwarnings("ignore:EdDSA is deprecated:joserfc.errors.SecurityWarning")


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
