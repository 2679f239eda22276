"""``detectory tune``: search for better parameters, and show what was found."""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import click

from detectory.cli.choosing import candidate_option
from detectory.cli.grammar import Command, Target, target_argument
from detectory.cli.session import Session
from detectory.cli.sourcing import rows_options
from detectory.cli.spans import span

if TYPE_CHECKING:
    from detectory.tuning import Budget
    from detectory.workspace import Workspace

#: what is not said again
USUAL: Mapping[str, Any] = {"trials": 30, "pruner": "median", "jobs": 1, "engine": "local"}
TERMINATED = 143  # what a shell says of a process that SIGTERM ended


@click.command("tune", cls=Command)
@target_argument("NAME")
@candidate_option("Search for this candidate or recipe")
@rows_options
@click.option(
    "--trials",
    type=int,
    default=USUAL["trials"],
    metavar="N",
    show_default=True,
    help="Trials of each search, those of before included.",
)
@click.option(
    "--budget", "seconds", metavar="TIME", callback=span, help="End all of it after this long, as 10m."
)
@click.option(
    "--trial-limit",
    "trial_seconds",
    metavar="TIME",
    callback=span,
    default="5m",
    show_default=True,
    help="End a trial after this long.",
)
@click.option(
    "--pruner",
    type=click.Choice(["median", "asha", "none"]),
    default="median",
    show_default=True,
    help="How trials that fall behind are ended early.",
)
@click.option("--jobs", type=int, default=1, metavar="N", show_default=True, help="Trials that run at once.")
@click.option(
    "--engine",
    type=click.Choice(["local", "ray"]),
    default="local",
    show_default=True,
    help="What runs them: this machine, or a Ray cluster.",
)
@click.option("--force", is_flag=True, help="Forget the trials there are, and search anew.")
@click.option("--dry-run", is_flag=True, help="Say what would be searched, and search nothing.")
@click.pass_obj
def tune_command(session: Session, /, target: Target, dry_run: bool, **wanted: Any) -> None:
    """Search for better parameters of a detector's candidates.

    Every candidate that declares a `space`, or those named by --candidate, which may be recipes too. The
    first trial is the parameters it has. Each is fitted on training rows and graded on validation rows; the
    test rows are not read. Interrupted, it goes on where it was; `run --tuned` takes up what was found.
    """
    from detectory.cli import progress, searching
    from detectory.cli.planning import asked
    from detectory.recording import recorded
    from detectory.tuning import Budget, before, subjects, tuned

    plan, home, same, rows = asked(session, target.name, wanted)
    same = f"detectory tune {target.name}{same}{_like(wanted)}"
    budget, searched = Budget(**wanted), subjects(plan)
    plan = replace(plan, stages=before(searched))
    if dry_run:
        return searching.show_plan(session, plan, searched, budget, then=same)
    session.say(searching.in_words_of(budget))
    with (
        _interruptible(session, same),
        _working(home, budget),
        progress.stages(session, plan) as shown,
        recorded(shown, home, verb="tune") as (planned, _),
    ):
        found = tuned(planned, budget)
    by_request = [f"{one.head}.{one.name}" for one in searched if one.by_request]
    searching.show_found(session, target.name, found, by_request=by_request, rows=rows)


def _like(budget: Mapping[str, Any]) -> str:
    """The options that make the same search in another command, for the line that says what is next.

    >>> _like({"trials": 30, "pruner": "asha", "jobs": 2, "engine": "local"})
    ' --pruner asha --jobs 2'
    """
    return "".join(f" --{name} {budget[name]}" for name, usual in USUAL.items() if budget[name] != usual)


def _working(home: Workspace, wanted: Budget) -> AbstractContextManager[None]:
    """What all searches of the command work on: for Ray its cluster, which takes seconds to start."""
    if wanted.engine != "ray":
        return nullcontext()
    from detectory.engine import cluster

    said = home.settings.ray
    return cluster.connected(address=said.address, jobs=wanted.jobs, storage=said.storage)


@contextmanager
def _interruptible(session: Session, same: str) -> Iterator[None]:
    """SIGTERM ends the search as Ctrl-C does, and leaves with 143; that it can go on is said."""

    sent: list[int] = []

    def end(number: int, frame: Any) -> None:
        sent.append(number)
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, end)
    try:
        yield
    except KeyboardInterrupt:
        session.next(f"{same}   goes on: the trials that ended are kept")
        if sent:
            sys.exit(TERMINATED)
        raise
    finally:
        signal.signal(signal.SIGTERM, before)
