"""Digests: the SHA-256 of bytes, and the one spelling of JSON that can have one."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any, BinaryIO

CHUNK_BYTES = 1 << 20


def sha256_of(stream: BinaryIO) -> str:
    """The SHA-256 of a stream, read in pieces.

    >>> import io
    >>> sha256_of(io.BytesIO(b""))[:8]
    'e3b0c442'
    """
    digest = hashlib.sha256()
    while piece := stream.read(CHUNK_BYTES):
        digest.update(piece)
    return digest.hexdigest()


def sha256_of_file(path: Path) -> str:
    """The SHA-256 of a file's bytes."""
    with path.open("rb") as stream:
        return sha256_of(stream)


def canonical(value: Any) -> bytes:
    """JSON with one spelling: sorted keys, no blanks, no NaN.

    >>> canonical({"b": 1, "a": [1.5]})
    b'{"a":[1.5],"b":1}'
    """
    return json.dumps(value, sort_keys=True, separators=(",", ":"), allow_nan=False).encode()


def digest_of(value: Any) -> str:
    """The SHA-256 of a JSON value's canonical form."""
    return hashlib.sha256(canonical(value)).hexdigest()
