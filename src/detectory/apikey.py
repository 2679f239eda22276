"""API keys: what one looks like, what is kept of it, and whether a text is one.

Comes in: random bytes once, a caller's text later. Goes out: a key to be shown once, and a record without
it. Never: the secret in a record; only its SHA-256 is kept. The secret is 32 random bytes, so there is
nothing to guess and no slow hash is needed (NIST SP 800-63B, 5.1.2.2, asks for one where people choose).
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Sequence

import msgspec

PREFIX = "dk"
SCOPES = ("predict", "explain", "feedback", "metrics")
SECRET_BYTES = 32
ID_BYTES = 6
LONGEST = 100  # characters; no key of ours is longer, and no longer text is hashed


class Key(msgspec.Struct, frozen=True):
    """What is kept of a key. Times are seconds since 1970, UTC; None: never."""

    id: str
    name: str
    sha256: str
    scopes: frozenset[str]
    created: float
    expires: float | None = None
    revoked: float | None = None

    def is_usable(self, now: float) -> bool:
        """Whether it opens anything at that moment."""
        return (self.expires is None or now < self.expires) and (self.revoked is None or now < self.revoked)

    def opened_by(self, text: str) -> bool:
        """Whether this very text is the key, compared in a time that does not depend on where they differ."""
        return hmac.compare_digest(digest_of(text), self.sha256)


def new(name: str, scopes: Sequence[str], *, now: float, expires: float | None = None) -> tuple[str, Key]:
    """A key to be shown once, and its record.

    >>> text, key = new("soc", ["predict"], now=0.0)
    >>> text.startswith(f"dk_{key.id}_"), key.opened_by(text), text in str(key)
    (True, True, False)
    """
    identity = secrets.token_hex(ID_BYTES)
    text = f"{PREFIX}_{identity}_{secrets.token_urlsafe(SECRET_BYTES)}"
    return text, Key(identity, name, digest_of(text), frozenset(scopes), now, expires)


def digest_of(text: str) -> str:
    """The SHA-256 of a key, in hex."""
    return hashlib.sha256(text.encode()).hexdigest()


def id_of(text: str) -> str:
    """The id that a text names, empty where it is no key.

    >>> id_of("dk_0123456789ab_s3cret_s3cret"), id_of("eyJhbGciOi"), id_of("dk_" + "x" * 200)
    ('0123456789ab', '', '')
    """
    parts = text.split("_", 2)
    return parts[1] if len(parts) == 3 and parts[0] == PREFIX and len(text) <= LONGEST else ""
