"""Which process writes a record, and whether one that wrote a record still lives.

A process id alone is given again by the kernel, so the moment at which the process began is told with it, and
the boot from which that moment is counted (``/proc``, proc(5)). Where there is no ``/proc`` the id must do.
"""

from __future__ import annotations

import os
import platform
from functools import cache
from pathlib import Path

from detectory.journal.record import Process

PROC = Path("/proc")
#: of the fields behind the program's name in /proc/PID/stat, the one that says when it began
STARTED = 19


def this() -> Process:
    """The process that asks."""
    return Process(platform.node(), _boot(), os.getpid(), _started(os.getpid()))


def lives(process: Process) -> bool:
    """Whether it still runs. One of another host is believed to: it cannot be asked from here.

    >>> lives(this())
    True
    """
    if not is_here(process):
        return True
    return process.boot == _boot() and _is_there(process.pid) and _started(process.pid) == process.started


def is_here(process: Process) -> bool:
    """Whether it is a process of this machine."""
    return process.host == platform.node()


@cache
def _boot() -> str:
    path = PROC / "sys/kernel/random/boot_id"
    return path.read_text(encoding="ascii").strip() if path.is_file() else ""


def _started(pid: int) -> str:
    """Empty where nobody can tell."""
    try:
        # the name stands in brackets and may hold any character, blanks and brackets included
        fields = (PROC / str(pid) / "stat").read_bytes().rpartition(b")")[2].split()
    except OSError:
        return ""
    return fields[STARTED].decode()


def _is_there(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True  # somebody else's
    return True
