"""``detectory report``: what a version was judged on, and how it did."""

from __future__ import annotations

from pathlib import Path

import click

from detectory.cli.grammar import Command, Target, target_argument
from detectory.cli.outputs import output_folder
from detectory.cli.session import Session


@click.command("report", cls=Command)
@target_argument()
@click.option("--open", "show", is_flag=True, help="Open the page in a browser.")
@click.option("--output", callback=output_folder, metavar="DIR", help="Write it there.")
@click.pass_obj
def report_command(session: Session, target: Target, show: bool, output: Path | None) -> None:
    """Show the report of a version: one page that needs no network.

    Without an option its Markdown goes to stdout; --json gives all figures.
    """
    from detectory.cli import reports

    found = reports.find(session.workspace_of(target.name), target)
    if output:
        reports.copy(session, found, output)
    if show:
        reports.browse(session, found.page)
    document = {"report": found.figures, "path": str(found.page), "run": found.run}
    session.answer(document, found.text if not (show or output) else "")
    if found.run:
        session.say(f"made by run {found.run}: detectory runs show {found.run}")
    session.next(f"detectory models show {target.name}@{found.version}")
