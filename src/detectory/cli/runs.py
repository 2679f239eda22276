"""``detectory runs``: what every run did, and how two of them differ."""

from __future__ import annotations

from pathlib import Path

import click

from detectory.cli.grammar import Group
from detectory.cli.outputs import output_file
from detectory.cli.session import Session
from detectory.errors import UsageError
from detectory.registry.names import checked

#: so many runs a page shows where none is named
SHOWN = 5


@click.group("runs", cls=Group)
def runs_command() -> None:
    """List, show, compare, send and remove what runs left in the journal.

    A RUN is named by its id, by the beginning of it, or as latest, latest~1 (the one before) and so on.
    """


@runs_command.command("list")
@click.argument("name", required=False, callback=lambda context, parameter, value: value and checked(value))
@click.option("--last", type=click.IntRange(1), metavar="N", help="The last N runs only.")
@click.pass_obj
def list_runs(session: Session, name: str | None, last: int | None) -> None:
    """List runs, oldest first: all, or those of the detector NAME.

    A run whose process died is 'killed'; a record that cannot be read is told, and the others are listed.
    """
    from detectory.cli import recorded
    from detectory.journal import Journal

    home = session.workspace_of(name) if name else session.workspace()
    found = Journal(home.store).records(name or "", last=last or 0)
    session.answer({"runs": [recorded.summary(one) for one in found]}, recorded.text_of_list(found))
    session.next("detectory runs show latest" if found else f"detectory run {name or 'NAME'}")


@runs_command.command("show")
@click.argument("run")
@click.pass_obj
def show_run(session: Session, run: str) -> None:
    """Show a run: what it was asked, what it made, how that did, where it ran.

    --json gives the whole record, metrics by step included.
    """
    from detectory.cli import recorded
    from detectory.journal import Journal

    found = Journal(session.workspace().store).get(run)
    session.answer({"run": recorded.document_of(found)}, recorded.text_of(found))
    session.next("detectory runs diff latest~1 latest")


@runs_command.command("diff")
@click.argument("first", metavar="RUN")
@click.argument("second", metavar="RUN")
@click.pass_obj
def show_difference(session: Session, first: str, second: str) -> None:
    """Show what differs between two runs: parameters, data, code, environment, commit, and metrics.

    Intervals stand side by side. That two overlap does not show that the runs are equal.
    """
    from detectory.cli import recorded
    from detectory.journal import Journal
    from detectory.runs.differences import compared

    journal = Journal(session.workspace().store)
    found = compared([journal.get(first), journal.get(second)])
    session.answer(recorded.document_of_difference(found), recorded.text_of_difference(found))
    session.next(f"detectory runs page {first} {second} --out runs.html")


@runs_command.command("page")
@click.argument("runs", nargs=-1, metavar="[RUN]…")
@click.option("--out", callback=output_file, metavar="FILE", required=True, help="Write it there.")
@click.option("--open", "show", is_flag=True, help="Open the page in a browser.")
@click.pass_obj
def write_page(session: Session, runs: tuple[str, ...], out: Path, show: bool) -> None:
    """Write a page that shows runs side by side: parameters, metrics, and curves by step.

    One file that needs no network. Without RUN it shows the last five.
    """
    from detectory.cli import sinks
    from detectory.cli.reports import browse
    from detectory.journal import Journal
    from detectory.runs.page import page

    journal = Journal(session.workspace().store)
    found = [journal.get(run) for run in runs or journal.ids()[-SHOWN:] or ("latest",)]
    text = page(found)
    if out.exists():
        session.confirm(f"write over {out}?")
    with sinks.writing(out):
        out.write_text(text, encoding="utf-8")
    if show:
        browse(session, out.resolve())
    session.answer({"runs": [one.id for one in found], "page": str(out)}, "")
    session.say(f"wrote {out}: {len(found)} runs")
    session.next(f"detectory runs diff {found[0].id} {found[-1].id}")


@runs_command.command("send")
@click.pass_obj
def send_runs(session: Session) -> None:
    """Send the runs that wait to the trackers that the settings name, oldest first.

    Leaves with exit code 8 when some could not be sent; they wait on. A run that was sent is not sent again.
    """
    from dataclasses import asdict

    from detectory import outbox

    home, told = session.workspace(), []
    if not home.settings.tracking.sinks:
        raise UsageError("no tracker is named", fix="set tracking.sinks: docs/how-to/track-runs.md")
    for news in outbox.send(home):
        session.say(str(news))
        told.append(news)
    session.answer({"sinks": [asdict(news) for news in told]}, "" if told else "no run waits")
    outbox.check_sent(told)
    session.next("detectory runs list")


@runs_command.command("remove")
@click.argument("runs", nargs=-1, metavar="RUN…", required=True)
@click.pass_obj
def remove_runs(session: Session, runs: tuple[str, ...]) -> None:
    """Remove the records of runs for good; what the runs made stays.

    Asks first. The record of a run that goes on is not removed.
    """
    from detectory.journal import Journal

    journal = Journal(session.workspace().store)
    meant = list(dict.fromkeys(journal.resolve(run) for run in runs))
    session.confirm(f"remove the record of {', '.join(meant)}?")
    for run in meant:
        journal.remove(run)
    session.answer({"removed": meant}, "\n".join(f"{run} is removed" for run in meant))
    session.next("detectory runs list")
