"""``detectory canary``: try a version beside the champion, see how it does, end it."""

from __future__ import annotations

from datetime import UTC, datetime

import click

from detectory.cli.grammar import Group, Target, target_argument
from detectory.cli.session import Session

reason_option = click.option(
    "--reason", metavar="REASON", required=True, help="Why; the audit trail keeps it."
)


@click.group("canary", cls=Group)
def canary_command() -> None:
    """Try a version beside the champion that serves.

    Servers score every row with both, give more and more entities the challenger's answer, and take it out
    at once where it fails, is slow, or alerts too much. Labels of the rows on which the two disagree decide.
    """


@canary_command.command("start")
@target_argument()
@click.option("--shadow", is_flag=True, help="Let no caller see its answers; a person promotes it.")
@click.option("--override", metavar="REASON", default="", help="Try it although a gate failed; it is kept.")
@click.option("--dry-run", is_flag=True, help="Show the plan, and begin nothing.")
@click.pass_obj
def start_trial(session: Session, target: Target, shadow: bool, override: str, dry_run: bool) -> None:
    """Begin to try a version (the latest by default) beside the champion.

    Steps, least rows and limits are the settings canary.*, as they are now: --set canary.least_rows=500.
    """
    from detectory.cli import trial
    from detectory.registry import trials

    home, now = session.workspace_of(target.name), datetime.now(UTC)
    planned = trial.planned(home, target, now=now, shadow=shadow, override=override)
    if not dry_run:
        trials.start(home.store, target.name, planned, now=now)
    session.answer(trial.document(target.name, planned), trial.plan_of(target.name, planned))
    session.next(f"detectory canary {f'start {target}' if dry_run else f'status {target.name}'}")


@canary_command.command("status")
@target_argument("NAME")
@click.pass_obj
def show_trial(session: Session, target: Target) -> None:
    """Show how far the trial is and what was seen, or how the last one ended."""
    from detectory.cli import trial
    from detectory.registry import trials

    home, now = session.workspace_of(target.name), datetime.now(UTC)
    found, ended = trials.running(home.store, target.name), trials.ended(home.store, target.name)
    document = trial.document(target.name, found) | {"ended": ended}
    session.answer(document, trial.text_of(target.name, found, ended, now=now))
    session.next(f"detectory canary {'promote' if found else 'start'} {target.name}")


@canary_command.command("abort")
@target_argument("NAME")
@reason_option
@click.pass_obj
def abort_trial(session: Session, target: Target, reason: str) -> None:
    """End the trial; the champion answers all."""
    from detectory.registry import trials

    home, now = session.workspace_of(target.name), datetime.now(UTC)
    found = trials.abort(home.store, target.name, reason=reason, now=now)
    text = f"{target.name}@{found.challenger} is tried no longer"
    session.answer({"detector": target.name, "version": found.challenger, "reason": reason}, text)
    session.next(f"detectory models audit {target.name}")


@canary_command.command("promote")
@target_argument("NAME")
@click.option("--override", metavar="REASON", default="", help="Promote it although labels do not show it.")
@click.pass_obj
def promote_challenger(session: Session, target: Target, override: str) -> None:
    """Make the challenger the champion now, without the steps that are left.

    Refused unless labels show that it is better, or a person says why; the audit trail keeps it.
    """
    from detectory.cli import trial

    home, now = session.workspace_of(target.name), datetime.now(UTC)
    number = trial.promoted(home, target.name, override=override, now=now)
    session.answer({"detector": target.name, "champion": number}, f"{target.name}@{number} is the champion")
    session.next(f"detectory models rollback {target.name}   if it was wrong")
