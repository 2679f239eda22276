"""A version is tried in a process of its own before this one loads it.

Comes in: an opened bundle. Goes out: nothing, or `BundleRefused` saying what went wrong. What crashes,
hangs or grows there is refused here; the process that serves never touches it.
"""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

if TYPE_CHECKING:  # the process that tries sets its limits before it imports anything large
    from detectory.bundle import Opened
    from detectory.signing import TrustedKey

WITHIN_S = 30.0
MEMORY_BYTES = 4 << 30  # of address space: libraries alone reserve about one
SAID_BYTES = 16 << 10
NICENESS = 10  # whoever is being answered goes first


def try_out(opened: Opened, trusted: Sequence[TrustedKey], *, within_s: float = WITHIN_S) -> None:
    """Load a bundle and let it reproduce its golden rows, elsewhere.

    Raises `BundleRefused` when that fails, ends the process, or takes longer than ``within_s`` seconds.
    """
    from detectory.errors import BundleRefused

    keys = [item.key.public_bytes_raw().hex() for item in trusted]
    # -P: the folder in which the server was started is no place to import from
    command = [sys.executable, "-P", "-m", __name__, opened.where, opened.digest, f"{within_s:g}", *keys]
    with tempfile.TemporaryFile() as said:
        code = _ended(command, said, within_s)
        if code:
            raise BundleRefused(opened.where, why=_why(code, said, within_s))


def _ended(command: Sequence[str], said: BinaryIO, within_s: float) -> int:
    """The exit code; that of a process which had to be ended is minus the signal's number."""
    quiet = subprocess.DEVNULL
    try:
        done = subprocess.run(  # noqa: S603  # our own interpreter and module; the paths are those of the store
            command, stdin=quiet, stdout=said, stderr=quiet, timeout=within_s, start_new_session=True
        )
    except subprocess.TimeoutExpired:
        return -signal.SIGALRM
    return done.returncode


def _why(code: int, said: BinaryIO, within_s: float) -> str:
    said.seek(0)
    words = said.read(SAID_BYTES).decode(errors="replace").strip()
    if code == -signal.SIGALRM:
        return f"it was not ready within {within_s:g} s"
    if code < 0:
        return f"loading it ended a process by signal {-code} ({signal.strsignal(-code)})"
    return words or f"loading it ended a process with exit code {code}"


def main(folder: str, digest: str, within_s: str, *keys: str) -> int:
    """In the process that tries: 0, or 1 after a line that says why not."""
    _limit(float(within_s))
    from detectory.errors import BundleRefused, DetectoryError

    try:
        _load(Path(folder), digest, keys)
    except BundleRefused as error:
        print(error.why)
    except DetectoryError as error:
        print(": ".join(filter(None, (f"{error.code} {error.what}", error.why))))
    except MemoryError:
        print(f"loading it takes more than {MEMORY_BYTES >> 30} GiB")
    except Exception as error:  # noqa: BLE001  # whatever it is, it is a reason to refuse
        print(f"loading it raises {type(error).__name__}: {error}"[:500])
    else:
        return 0
    return 1


def _limit(within_s: float) -> None:
    os.nice(NICENESS)
    signal.alarm(int(within_s) + 1)  # should the server be gone by then
    for what, most in (
        (resource.RLIMIT_AS, MEMORY_BYTES),
        (resource.RLIMIT_FSIZE, SAID_BYTES),
        (resource.RLIMIT_CORE, 0),
    ):
        with suppress(ValueError, OSError):  # macOS knows no limit of address space
            resource.setrlimit(what, (most, most))


def _load(folder: Path, digest: str, keys: Sequence[str]) -> None:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    from detectory.bundle import open_folder
    from detectory.errors import BundleRefused
    from detectory.runtime import open_scorer
    from detectory.signing import TrustedKey, keyid_of

    public = [Ed25519PublicKey.from_public_bytes(bytes.fromhex(key)) for key in keys]
    opened = open_folder(folder, [TrustedKey(keyid_of(key), key) for key in public])
    if opened.digest != digest:
        raise BundleRefused(str(folder), why="it is another one than a moment ago")
    open_scorer(opened, version="0").check_golden()


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
