"""Downloads: public files that are pinned by address, size and digest, fetched once and kept.

Comes in: a `Pin` and a folder. Goes out: a file in that folder, named by its digest. Never: half a file
(a scratch name first, one rename last), one byte more than pinned, or bytes with another digest. Nothing
here knows what the files hold.
"""

from __future__ import annotations

import fcntl
import hashlib
import logging
import os
import re
import time
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import msgspec

from detectory.errors import ArtifactDamaged, DownloadFailed, MissingExtra, StoreUnwritable
from detectory.version import __version__

if TYPE_CHECKING:
    import httpx

__all__ = ["Patience", "Pin", "fetched", "read_pins"]

# Nobody on the way can change what comes over TLS or never leaves this machine: the same addresses that
# browsers trust (W3C Secure Contexts, section 3.1). The digest decides all the same.
SAFE = re.compile(r"https://|http://(127\.0\.0\.1|localhost|\[::1\])(:\d+)?/")
BUSY = frozenset({408, 425, 429, *range(500, 600)})
# the bytes as they are: a compressed answer has neither the pinned size nor the pinned digest
HEADERS = {"Accept-Encoding": "identity", "User-Agent": f"detectory/{__version__}"}
# without a handler Python prints the bare name of stamina's record to stderr
_SILENT = logging.NullHandler()


class Pin(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A public file: what we call it, where it is, and which bytes it must be."""

    file: str
    url: str
    sha256: Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{64}$")]
    bytes: Annotated[int, msgspec.Meta(ge=1)]


class _Pins(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    originals: tuple[Pin, ...]


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to try: ``attempts`` with at most ``wait_s`` between them, ``total_s`` for one file.

    A server that says nothing for ``silent_s`` has failed its attempt.
    """

    attempts: int = 5
    wait_s: float = 5.0
    silent_s: float = 10.0
    total_s: float = 120.0


class _Passing(Exception):
    """What may go better the next time; its text says what it was."""


def read_pins(text: str) -> tuple[Pin, ...]:
    """The pins of a TOML text with ``[[originals]]``, in its order.

    >>> read_pins('[[originals]]\\nfile = "a"\\nurl = "https://b"\\nbytes = 1\\nsha256 = "' + "0" * 64 + '"')
    (Pin(file='a', url='https://b', sha256='000...000', bytes=1),)
    """
    return msgspec.convert(tomllib.loads(text), _Pins).originals


def fetched(pin: Pin, folder: Path, *, patience: Patience | None = None) -> Path:
    """The pinned file, fetched unless it is in the folder already; it may have been damaged there since.

    Raises `DownloadFailed` when it cannot be had, `ArtifactDamaged` when the server has another one,
    `StoreUnwritable`, and `MissingExtra` where the extra ``train`` is not installed.
    """
    path = folder / pin.sha256
    try:
        with _alone(folder):
            if not path.is_file():
                _fetch(pin, path, patience or Patience())
    except OSError as error:
        raise StoreUnwritable(str(path), reason=error.strerror or str(error)) from error
    return path


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """One process fetches at a time; the next one finds the file. The lock dies with its process."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / ".lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _fetch(pin: Pin, path: Path, patience: Patience) -> None:
    if not SAFE.match(pin.url):
        raise DownloadFailed(pin.url, reason="it is no https address")
    scratch = path.with_name(f".tmp-{path.name}")  # one name: a killed run's scratch is written over
    try:
        found = _tried(pin, scratch, patience)
        if found != pin.sha256:
            raise _other_file(pin, expected=pin.sha256, found=found)
        os.replace(scratch, path)
    finally:
        scratch.unlink(missing_ok=True)


def _tried(pin: Pin, scratch: Path, patience: Patience) -> str:
    """The digest of what came, after as many attempts as it took."""
    try:
        import stamina
    except ImportError as error:
        raise MissingExtra("stamina", extra="train", because="to fetch public originals") from error
    logging.getLogger("stamina").addHandler(_SILENT)
    deadline = time.monotonic() + patience.total_s
    again = stamina.RetryingCaller(
        attempts=patience.attempts, timeout=patience.total_s, wait_max=patience.wait_s
    )
    try:
        return again(_Passing, _attempted, pin, scratch, silent_s=patience.silent_s, deadline=deadline)
    except _Passing as error:
        raise DownloadFailed(pin.url, reason=str(error)) from error


def _attempted(pin: Pin, scratch: Path, *, silent_s: float, deadline: float) -> str:
    import httpx

    try:
        # a redirect is not followed: a pin names the place itself
        with httpx.stream("GET", pin.url, headers=HEADERS, timeout=silent_s) as answer:
            _refuse_all_but_ok(answer, pin)
            return _written(answer, pin, scratch, deadline=deadline)
    except httpx.TransportError as error:
        raise _Passing(str(error) or type(error).__name__) from error


def _refuse_all_but_ok(answer: httpx.Response, pin: Pin) -> None:
    said = f"the server answers {answer.status_code} {answer.reason_phrase}".rstrip()
    if answer.status_code in BUSY:
        raise _Passing(said)
    if answer.status_code != 200:
        raise DownloadFailed(pin.url, reason=said)


def _written(answer: httpx.Response, pin: Pin, scratch: Path, *, deadline: float) -> str:
    """Write the body as it comes; its digest."""
    digest, size = hashlib.sha256(), 0
    with scratch.open("wb") as out:
        for piece in answer.iter_raw():
            size += len(piece)
            if size > pin.bytes:
                raise _other_file(pin, expected=f"{pin.bytes} bytes", found="more")
            if time.monotonic() > deadline:
                raise _Passing(f"after {size} of {pin.bytes} bytes the time was up")
            digest.update(piece)
            out.write(piece)
        out.flush()
        os.fsync(out.fileno())
    if size < pin.bytes:
        raise _Passing(f"it ended after {size} of {pin.bytes} bytes")
    return digest.hexdigest()


def _other_file(pin: Pin, *, expected: str, found: str) -> ArtifactDamaged:
    fix = "nothing was kept; use the mirror, or leave the network off: detectory --set network=false …"
    return ArtifactDamaged(pin.url, expected=expected, found=found, fix=fix)
