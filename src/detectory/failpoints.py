"""Named places between two writes, at which a test lets the process die or the disk refuse.

In: ``DETECTORY_FAILPOINT=commit.before_swap=kill``, or ``…=ENOSPC``, read once where the command begins.
Out: nothing, unless armed. Never: a place that is armed by anything but that variable.

A kill at random finds what nobody thought of; a named place makes sure that each gap is tried.
"""

from __future__ import annotations

import errno
import os

from detectory.errors import BadSetting, did_you_mean

VARIABLE = "DETECTORY_FAILPOINT"
KILLED = 137  # what a shell says of a process that SIGKILL ended
NAMES = (
    "commit.before_manifest",
    "commit.before_publish",
    "commit.before_swap",
    "commit.after_swap",
    "document.before_write",
    "document.before_replace",
    "document.before_link",
    "document.before_jot",
    "version.before_publish",
    "version.after_publish",
    "promote.before_audit",
    "promote.before_swap",
    "promote.after_swap",
)
_armed: dict[str, str] = {}


def arm(text: str) -> None:
    """Arm the one place that ``NAME=kill`` or ``NAME=ENOSPC`` names; an empty text disarms all.

    Raises `BadSetting` for a place or a fault that there is not.

    >>> arm("commit.before_swap=ENOSPC")
    >>> failpoint("commit.before_swap")
    Traceback (most recent call last):
    OSError: [Errno 28] No space left on device
    >>> arm("")
    >>> failpoint("commit.before_swap")
    """
    _armed.clear()
    if not text:
        return
    name, _, fault = text.partition("=")
    if name not in NAMES:
        raise BadSetting(VARIABLE, why=did_you_mean(name, NAMES))
    if fault != "kill" and not hasattr(errno, fault):
        raise BadSetting(VARIABLE, why=f"'{fault}' is neither kill nor the name of an error, as ENOSPC is")
    _armed[name] = fault


def failpoint(name: str) -> None:
    """Die here, or fail as the disk would, if this place is armed."""
    fault = _armed.get(name)
    if fault == "kill":
        os._exit(KILLED)
    if fault:
        number = int(getattr(errno, fault))
        raise OSError(number, os.strerror(number))
