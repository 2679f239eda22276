"""What every error has, and the families: one exit code and one HTTP status each."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """Say which known name was probably meant, and which there are.

    >>> did_you_mean("dag", ["dga", "hdfs"])
    "did you mean 'dga'? known: dga, hdfs"
    >>> did_you_mean("zzz", [])
    'there are none yet'
    """
    names = sorted(known)
    if not names:
        return "there are none yet"
    near = difflib.get_close_matches(name, names, n=1)
    listed = ", ".join(names[:20]) + (f" … and {len(names) - 20} more" if len(names) > 20 else "")
    return (f"did you mean '{near[0]}'? " if near else "") + f"known: {listed}"


def newest(names: Sequence[str], most: int = 5) -> str:
    """The last of some names that are in the order of time, and how many there are before them.

    >>> newest(["a", "b", "c"], 2)
    'b, c and 1 before them'
    """
    earlier = len(names) - most
    return ", ".join(names[-most:]) + (f" and {earlier} before them" if earlier > 0 else "")


class DetectoryError(Exception):
    """An error with a code, a reason, a place and a way to mend it."""

    code: ClassVar[str] = "E1000"
    exit_code: ClassVar[int] = 1
    status: ClassVar[int] = 500
    title: ClassVar[str] = "Detectory failed"
    #: facts for machines beside the sentences; members of the HTTP problem document
    members: Mapping[str, Any] = {}

    def __init__(self, what: str, *, fix: str, why: str = "", where: str = "") -> None:
        super().__init__(what)
        self.what, self.why, self.where, self.fix = what, why, where, fix

    def as_dict(self) -> dict[str, str]:
        """The error as the JSON that ``--json`` and HTTP problems share."""
        facts = {"code": self.code, "what": self.what, "why": self.why}
        facts |= {"where": self.where, "fix": self.fix, "docs": f"reference/errors.md#{self.code.lower()}"}
        return {key: value for key, value in facts.items() if value}

    def __str__(self) -> str:
        lines = [f"error[{self.code}]: {self.what}"]
        lines += [f"  {key}: {value}" for key in ("why", "where", "fix") if (value := getattr(self, key))]
        return "\n".join(lines)


class UsageError(DetectoryError):
    """The command or the call was wrong."""

    code, exit_code, status, title = "E2000", 2, 400, "Wrong usage"


class ConfigurationError(DetectoryError):
    """Settings, a detector's folder or the installation do not fit."""

    code, exit_code, status, title = "E3000", 3, 500, "Wrong configuration"


class DataError(DetectoryError):
    """Input that cannot be used."""

    code, exit_code, status, title = "E4000", 4, 422, "Bad input data"


class GateFailed(DetectoryError):
    """A bar that must hold does not."""

    code, exit_code, status, title = "E5000", 5, 409, "A gate failed"


class NotFound(DetectoryError):
    """There is no such thing."""

    code, exit_code, status, title = "E6000", 6, 404, "Not found"


class Busy(DetectoryError):
    """Somebody else is at it."""

    code, exit_code, status, title = "E7000", 7, 503, "Busy"
    #: seconds after which to ask again, the header Retry-After
    retry_after = 1


class OutsideError(DetectoryError):
    """The world outside failed: disk, network, permission."""

    code, exit_code, status, title = "E8000", 8, 503, "The outside world failed"


class IntegrityError(DetectoryError):
    """Bytes are not what was written or signed."""

    code, exit_code, status, title = "E9000", 9, 500, "Integrity does not hold"


def all_errors(root: type[DetectoryError] = DetectoryError) -> list[type[DetectoryError]]:
    """Every error class, ordered by code: the error reference is made from this."""
    found: list[type[DetectoryError]] = [root]
    for child in root.__subclasses__():
        found.extend(all_errors(child))
    return sorted(found, key=lambda error: error.code)
