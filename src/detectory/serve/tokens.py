"""Tokens (JWT) of somebody else's identity provider, beside our own keys. Extra ``oidc``.

Comes in: a token, and the provider's public keys as its JWKS has them. Goes out: whom it names, with our
scopes among those it has. Never: an algorithm that the settings do not name, and no symmetric one at all
(RFC 8725, 3.1: a public key must not do as a secret); a key that the token brings along; a fetch while a
request waits.
"""

from __future__ import annotations

import hashlib
import logging
import warnings
from collections.abc import Callable, Iterable, Mapping
from threading import Event
from time import time
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from detectory.apikey import SCOPES
from detectory.errors import BadSetting, MissingExtra, NotReady
from detectory.serve.keys import Grant
from detectory.settings import Oidc

if TYPE_CHECKING:
    from joserfc.jwk import KeySet

#: the signatures of RFC 7518 and RFC 8037 that a public key checks
ASYMMETRIC = (
    *("RS256", "RS384", "RS512", "PS256", "PS384", "PS512"),
    *("ES256", "ES384", "ES512", "EdDSA", "Ed25519"),
)
KINDS = ("RSA", "EC", "OKP")  # of keys; a symmetric one (oct) in a JWKS is not read
EVERY_S, SOONEST_S = 300.0, 10.0  # between two fetches; when a token names a key that is not known
LEEWAY_S = 30  # by which clocks may differ
LONGEST = 8 << 10  # of a token
REMEMBERED = 4096  # tokens whose signature need not be checked again: that costs 60 to 110 µs
logger = logging.getLogger(__name__)


class _Seen(NamedTuple):
    grant: Grant
    expires: float


class Tokens:
    """What one issuer signs. ``fetch`` gives its JWKS; `follow` reads it again and again, in a thread."""

    def __init__(self, oidc: Oidc, fetch: Callable[[], bytes], *, clock: Callable[[], float] = time) -> None:
        """Raises `BadSetting` for an algorithm that is none of ours, `MissingExtra` without joserfc."""
        _check_algorithms(oidc.algorithms)
        self._oidc, self._fetch, self._clock = oidc, fetch, clock
        self._jwt = _library()
        self._keys: KeySet | None = None
        self._seen: dict[bytes, _Seen] = {}
        self._wanted = Event()

    def grant(self, text: str) -> Grant | None:
        """Whom a token names, or None where it does not hold. Raises `NotReady` before the JWKS was read."""
        if self._keys is None:
            raise NotReady({"tokens": "the issuer's keys are not read yet"})
        digest, now = hashlib.sha256(text.encode("latin-1")).digest(), self._clock()
        seen = self._seen.get(digest)
        if seen is None:
            claims = self._claims(text, self._keys, now)
            if claims is None:
                return None
            seen = self._remember(digest, claims)
        return seen.grant if now < seen.expires else None

    def read(self) -> None:
        """Fetch the JWKS now. Raises what the fetch raises, and ValueError for what is no JWKS."""
        keys = msgspec.json.decode(self._fetch(), type=dict[str, list[dict[str, Any]]])["keys"]
        believed = [key for key in keys if key.get("kty") in KINDS and key.get("use", "sig") == "sig"]
        from joserfc.jwk import KeySet

        self._keys = KeySet.import_key_set({"keys": believed})
        self._seen = {}  # a key that was taken out signs no more

    def follow(self, stopped: Event) -> None:
        """Fetch it again and again, sooner where a token names another key; the work of a thread."""
        while not stopped.is_set():
            self.try_to_read()
            stopped.wait(SOONEST_S)
            self._wanted.wait(EVERY_S)
            self._wanted.clear()

    def try_to_read(self) -> None:
        """Fetch it now, or keep the keys that are known."""
        try:
            self.read()
        except Exception as error:  # noqa: BLE001  # whatever the issuer answers, requests are answered
            logger.error("JWKS cannot be read", extra={"facts": {"reason": str(error)}})

    def _claims(self, text: str, keys: KeySet, now: float) -> Mapping[str, Any] | None:
        """The claims of a token whose signature and claims hold."""
        from joserfc.errors import InvalidKeyIdError, JoseError, SecurityWarning

        if len(text) > LONGEST:
            return None
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", SecurityWarning)  # 'EdDSA' has a newer name, Ed25519
                claims: dict[str, Any] = self._jwt.decode(
                    text, keys, algorithms=list(self._oidc.algorithms)
                ).claims
            self._jwt.JWTClaimsRegistry(
                now=int(now),
                leeway=LEEWAY_S,
                iss={"essential": True, "value": self._oidc.issuer},
                aud={"essential": True, "value": self._oidc.audience},
                sub={"essential": True},
                exp={"essential": True},
            ).validate(claims)
        except InvalidKeyIdError:
            self._wanted.set()
            return None
        except (JoseError, ValueError, TypeError, KeyError, RecursionError):
            return None
        return claims

    def _remember(self, digest: bytes, claims: Mapping[str, Any]) -> _Seen:
        grant = Grant(f"sub:{str(claims['sub'])[:200]}", scopes_of(claims, prefix=self._oidc.prefix))
        if len(self._seen) >= REMEMBERED:
            self._seen = {}
        seen = self._seen[digest] = _Seen(grant, float(claims["exp"]) + LEEWAY_S)
        return seen


def scopes_of(claims: Mapping[str, Any], *, prefix: str = "") -> frozenset[str]:
    """Our scopes in the claim ``scope`` (RFC 8693: apart by spaces), or in ``scp``, as some providers say it.

    >>> sorted(scopes_of({"scope": "openid d:predict d:root"}, prefix="d:")), scopes_of({"scope": 7})
    (['predict'], frozenset())
    """
    said = claims.get("scope", claims.get("scp", ""))
    words: Iterable[Any] = said.split() if isinstance(said, str) else said if isinstance(said, list) else ()
    return frozenset(scope for scope in SCOPES if prefix + scope in words)


def _check_algorithms(algorithms: Iterable[str]) -> None:
    for name in algorithms:
        if name not in ASYMMETRIC:
            why = f"'{name}' is none of {', '.join(ASYMMETRIC)}"
            raise BadSetting("oidc.algorithms", why=why)


def _library() -> Any:
    try:
        from joserfc import jwt
    except ImportError as error:
        raise MissingExtra("joserfc", extra="oidc", because="to check tokens ([oidc] issuer)") from error
    return jwt
