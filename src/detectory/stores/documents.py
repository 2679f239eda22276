"""Documents: small JSON that carries its own digest, so that a flipped bit is refused when it is read."""

from __future__ import annotations

import json
from typing import Any

from detectory.errors import ArtifactDamaged
from detectory.stores.digests import digest_of


def wrapped(body: Any) -> bytes:
    """A body with its digest, as it is stored.

    >>> unwrapped(wrapped({"version": 1}), where="champion.json")
    {'version': 1}
    """
    return json.dumps({"body": body, "sha256": digest_of(body)}, indent=1, allow_nan=False).encode() + b"\n"


def unwrapped(data: bytes | None, *, where: str) -> Any:
    """The body of a document whose every byte is as it was written, blanks and spelling included.

    Raises `ArtifactDamaged`, also where ``data`` is None: nothing is there.
    """
    if data is None:
        raise ArtifactDamaged(where, expected="a file", found="nothing")
    try:
        read = json.loads(data)
    except ValueError as error:
        raise ArtifactDamaged(where, expected="JSON", found="something else") from error
    if not isinstance(read, dict) or set(read) != {"body", "sha256"}:
        raise ArtifactDamaged(where, expected="a document with its digest", found="something else")
    found = digest_of(read["body"])
    if read["sha256"] != found:
        raise ArtifactDamaged(where, expected=str(read["sha256"]), found=found)
    if data != wrapped(read["body"]):
        raise ArtifactDamaged(where, expected="the same document", found="another spelling of it")
    return read["body"]
