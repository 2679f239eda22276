"""An identity provider of the tests: its keys, and tokens that it signs."""

from __future__ import annotations

import json
from typing import Any

from joserfc import jwt
from joserfc.jwk import ECKey, Key, OKPKey, RSAKey

from detectory.settings import Oidc

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


def jwks(*keys: Key) -> bytes:
    return json.dumps({"keys": [key.as_dict(private=False) for key in keys]}).encode()


def signed(
    key: Key = RSA, algorithm: str = "RS256", *, header: dict[str, Any] | None = None, **claims: Any
) -> str:
    """A token; a claim that is None is left out."""
    told = {name: value for name, value in {**CLAIMS, **claims}.items() if value is not None}
    head = {"alg": algorithm, "kid": key.kid, **(header or {})}
    return jwt.encode(head, told, key, algorithms=[algorithm])
