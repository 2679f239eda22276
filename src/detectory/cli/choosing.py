"""Which candidates a command means: ``--candidate``, and the pairs of ``--set`` that are no settings."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

import click

from detectory.cli.session import Session

if TYPE_CHECKING:
    from detectory.choice import Choice

Function = TypeVar("Function", bound=Callable[..., Any])


def candidate_option(says: str) -> Callable[[Function], Function]:
    """The option ``--candidate``, which may be repeated; ``says`` is what becomes of those that are named."""
    return click.option(
        "--candidate",
        "names",
        multiple=True,
        metavar="NAME",
        help=f"{says}, as NAME or HEAD.NAME; may be repeated.",
    )


def tuned_option(function: Function) -> Function:
    """The option ``--tuned``."""
    return click.option(
        "--tuned", is_flag=True, help="Set candidates as the latest searches found best; --set overrules."
    )(function)


def dry_run_option(function: Function) -> Function:
    """The option ``--dry-run``."""
    return click.option("--dry-run", is_flag=True, help="Say what would be made, and make nothing.")(function)


def chosen(session: Session, names: Sequence[str], *, only: bool = False, tuned: str | None = None) -> Choice:
    """The choice that was given; the pairs that set candidates are no longer among the session's.

    ``tuned`` is the detector whose searches are taken up. Raises `NotTuned`.
    """
    from detectory import choice

    pairs = [pair for pair in session.pairs if not _is_setting(pair)]
    session.pairs = tuple(pair for pair in session.pairs if _is_setting(pair))
    return choice.chosen(names, pairs, only=only, searches=_searches(session, tuned) if tuned else None)


def again(session: Session, names: Sequence[str], *, tuned: bool = False) -> str:
    """The options that make the same choice in another command, for the line that says what is next.

    >>> again(Session(pairs=("tree.max_depth=4",)), ["tree"], tuned=True)
    ' --candidate tree --tuned --set tree.max_depth=4'
    """
    options = [f"--candidate {shlex.quote(name)}" for name in names]
    options += ["--tuned"] if tuned else []
    options += [f"--set {shlex.quote(pair)}" for pair in session.pairs]
    return "".join(f" {one}" for one in options)


def _searches(session: Session, detector: str) -> dict[str, dict[str, Any]]:
    from detectory import tuning

    home = session.workspace()
    return tuning.found(home.store, home.detector(detector))


def _is_setting(pair: str) -> bool:
    """Whether a pair's key begins as some setting does.

    >>> _is_setting("serving.prot=1"), _is_setting("forest.n_estimators=25")
    (True, False)
    """
    from detectory import settings

    first = pair.partition("=")[0].partition(".")[0]
    return first in {key.partition(".")[0] for key in settings.known_keys()}
