"""Ed25519 signatures in DSSE envelopes: who vouches for a bundle.

Comes in: a payload of bytes and a key. Goes out: an envelope, or the payload of one whose signature
by a trusted key holds. Never: a private key in the store, or a payload that was not checked.

DSSE, https://github.com/secure-systems-lab/dsse/blob/master/protocol.md, signs the *type* of the
payload with it, so a signature over one kind of document cannot pass for another.
"""

from __future__ import annotations

import base64
import hashlib
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from detectory.errors import KeyExists, NoKey, SignatureInvalid

PAYLOAD_TYPE = "application/vnd.detectory.bundle+json"


class Signature(msgspec.Struct, frozen=True):
    """One signature of an envelope."""

    keyid: str
    sig: str


class Envelope(msgspec.Struct, frozen=True, rename="camel"):
    """A DSSE envelope: the payload in base64, its type, and who signed it."""

    payload_type: str
    payload: str
    signatures: list[Signature]


@dataclass(frozen=True, slots=True)
class TrustedKey:
    """A public key whose signature is believed."""

    keyid: str
    key: Ed25519PublicKey


def keyid_of(key: Ed25519PublicKey) -> str:
    """The first 16 hex digits of the SHA-256 of the raw public key."""
    raw = key.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
    return hashlib.sha256(raw).hexdigest()[:16]


def new_key(path: Path) -> str:
    """Make a key pair: ``path`` (mode 0600) and ``path`` with the suffix ``.pub``; gives the key id.

    Raises `KeyExists` rather than write over a key, private or public, that may still be needed.
    """
    for half in (path, path.with_suffix(".pub")):
        if half.exists():
            raise KeyExists(str(half))
    path.parent.mkdir(parents=True, exist_ok=True)
    key = Ed25519PrivateKey.generate()
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError as error:
        raise KeyExists(str(path)) from error
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(pem)
    public = key.public_key()
    path.with_suffix(".pub").write_bytes(
        public.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    )
    return keyid_of(public)


def private_key(path: Path) -> Ed25519PrivateKey:
    """Read the key that signs. Raises `NoKey` when there is none, or it cannot be read, or used."""
    if not path.is_file():
        raise NoKey(str(path), why="there is no such file", fix="detectory models keygen")
    try:
        key = serialization.load_pem_private_key(path.read_bytes(), password=None)
    except OSError as error:
        raise NoKey(str(path), why=error.strerror or str(error)) from error
    except (ValueError, TypeError) as error:
        raise NoKey(str(path), why="it is not an unencrypted PEM key") from error
    if not isinstance(key, Ed25519PrivateKey):
        raise NoKey(str(path), why="it is not an Ed25519 key")
    return key


def trusted_keys(paths: Sequence[Path]) -> list[TrustedKey]:
    """Read the public keys that are believed; files that are not there are left out."""
    keys = []
    for path in paths:
        if not path.is_file():
            continue
        try:
            key = serialization.load_pem_public_key(path.read_bytes())
        except ValueError as error:
            raise NoKey(str(path), why="it is not a PEM public key") from error
        if not isinstance(key, Ed25519PublicKey):
            raise NoKey(str(path), why="it is not an Ed25519 key")
        keys.append(TrustedKey(keyid_of(key), key))
    return keys


def sign(payload: bytes, key: Ed25519PrivateKey) -> bytes:
    """An envelope around the payload. Ed25519 is deterministic: same key, same bytes."""
    signature = base64.b64encode(key.sign(_pre_authentication(PAYLOAD_TYPE, payload))).decode()
    envelope = Envelope(
        PAYLOAD_TYPE,
        base64.b64encode(payload).decode(),
        [Signature(keyid_of(key.public_key()), signature)],
    )
    return msgspec.json.encode(envelope)


def verified_payload(envelope: bytes, trusted: Sequence[TrustedKey], *, where: str) -> bytes:
    """The payload of an envelope that a trusted key has signed.

    Raises `SignatureInvalid` in every other case; nothing of the payload is looked at before.
    """
    try:
        opened = msgspec.json.decode(envelope, type=Envelope)
        payload = base64.b64decode(opened.payload, validate=True)
        signatures = [(s.keyid, base64.b64decode(s.sig, validate=True)) for s in opened.signatures]
    except (msgspec.DecodeError, ValueError) as error:
        raise SignatureInvalid(where, why=f"the envelope is not readable: {error}") from error
    if opened.payload_type != PAYLOAD_TYPE:
        raise SignatureInvalid(where, why=f"it signs a '{opened.payload_type}', not a bundle")
    signed = _pre_authentication(opened.payload_type, payload)
    keys: Mapping[str, Any] = {item.keyid: item.key for item in trusted}
    for keyid, signature in signatures:
        if keyid in keys and _holds(keys[keyid], signature, signed):
            return payload
    signers = ", ".join(keyid for keyid, _ in signatures) or "nobody"
    believed = ", ".join(keys) or "nobody"
    raise SignatureInvalid(
        where, why=f"signed by {signers}; believed are {believed}, and none of them signed this"
    )


def _holds(key: Ed25519PublicKey, signature: bytes, signed: bytes) -> bool:
    try:
        key.verify(signature, signed)
    except InvalidSignature:
        return False
    return True


def _pre_authentication(kind: str, payload: bytes) -> bytes:
    return b"DSSEv1 %d %s %d %s" % (len(kind), kind.encode(), len(payload), payload)
