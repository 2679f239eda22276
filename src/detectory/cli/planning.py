"""What a command that makes stages was asked for: candidates, how they are set, and rows, as a plan."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from detectory.cli import sourcing
from detectory.cli.choosing import again, chosen
from detectory.cli.session import Session

if TYPE_CHECKING:
    from detectory.pipeline import Plan
    from detectory.workspace import Workspace


class Asked(NamedTuple):
    """The plan, its workspace, and the options that ask for the same again, ``rows`` for its rows alone."""

    plan: Plan
    home: Workspace
    same: str
    rows: str


def asked(
    session: Session, detector: str, wanted: dict[str, Any], *, stages: Sequence[str] = (), only: bool = True
) -> Asked:
    """Take the options out of ``wanted``. Raises `UsageError`, `UnknownCandidate`, `NotTuned`, `BadDetector`.

    With ``only`` the heads of which no candidate is named have none.
    """
    from detectory import library

    data, names = sourcing.taken(wanted), wanted.pop("names")
    tuned, force = wanted.pop("tuned", False), wanted.pop("force")
    rows = sourcing.again(data)
    same = again(session, names, tuned=tuned) + rows
    choice = chosen(session, names, only=only, tuned=detector if tuned else None)
    home = session.workspace()
    home.detector(detector).check()
    plan = library.plan(detector, stages=stages, choice=choice, force=force, within=home, **data)
    return Asked(plan, home, same, rows)
