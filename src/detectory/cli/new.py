"""``detectory new``: a detector's folder from a table, or from another detector."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from detectory.cli.grammar import Command, Target, target_argument
from detectory.cli.session import Session
from detectory.errors import UsageError

if TYPE_CHECKING:
    from detectory.library import Workspace
    from detectory.scaffold.plan import Plan

PATH = click.Path(path_type=Path)


@click.command("new", cls=Command)
@target_argument("NAME")
@click.option(
    "--from", "table", type=PATH, metavar="FILE", help="A table: CSV, JSONL or Parquet, gzip or not."
)
@click.option("--label", metavar="COLUMN", help="The column that says what a row is, by name or position.")
@click.option("--negative", metavar="VALUE", help="The label of rows with nothing to see (default: guessed).")
@click.option("--positive", metavar="WORD", help="What an alert is called where no kind is named.")
@click.option("--no-header", is_flag=True, help="The file has no header; its columns are c1, c2 …")
@click.option("--columns", type=PATH, metavar="FILE", help="Names for a file without a header, one a line.")
@click.option("--time", metavar="COLUMN", help="Split forward in time by this column.")
@click.option(
    "--group", metavar="COLUMN", help="Keep rows with the same value here on one side of the split."
)
@click.option(
    "--keep", multiple=True, metavar="COLUMN", help="Use it although it seems to leak; may be repeated."
)
@click.option("--drop", multiple=True, metavar="COLUMN", help="Do not use it; may be repeated.")
@click.option("--template", metavar="DETECTOR", help="Copy this detector instead.")
@click.option("--dry-run", is_flag=True, help="Show the plan, and write nothing.")
@click.pass_obj
def new_command(session: Session, /, target: Target, dry_run: bool, **wanted: Any) -> None:
    """Make a detector of your own in the folder detectors/NAME: from a table, or as a copy of another.

    From a table, fields, task, split, alert budget and gates are inferred; columns that identify a row or
    know its label are left out, with the reason. The folder works at once; it is yours to change.
    """
    from detectory.scaffold import folder

    _check(target, wanted)
    home = session.workspace()
    where = home.own / target.name
    files, document, text = (
        _copied(home, target, wanted) if wanted["template"] else _inferred(home, target, wanted)
    )
    if not dry_run:
        _agree(session, home, target.name)
        folder.write(where, files)
    written = [] if dry_run else sorted(files)
    session.answer({**document, "folder": str(where), "written": written}, text)
    session.next(
        f"detectory new {target.name} …   without --dry-run" if dry_run else f"detectory run {target.name}"
    )


def _check(target: Target, wanted: dict[str, Any]) -> None:
    """Refuse what contradicts itself. Raises `UsageError`."""
    name = target.name
    if bool(wanted["template"]) == bool(wanted["table"]):
        fix = f"detectory new {name} --from FILE --label COLUMN, or detectory new {name} --template dga"
        raise UsageError("a detector is made from a table or from a template", fix=fix)
    if wanted["table"] and not wanted["label"]:
        raise UsageError(
            "the table's label is not named", fix="--label COLUMN, by name or by position from 1"
        )
    if wanted["time"] and wanted["group"]:
        raise UsageError("rows are split by time or by group", fix="leave out --time or --group")


def _copied(
    home: Workspace, target: Target, wanted: dict[str, Any]
) -> tuple[dict[str, str], dict[str, Any], str]:
    from detectory.scaffold import copy

    detector = home.detector(wanted["template"])
    files = copy.files(detector, name=target.name)
    document = {"detector": target.name, "template": detector.name}
    return files, document, f"{target.name} is a copy of {detector.name}: {len(files)} files"


def _inferred(
    home: Workspace, target: Target, wanted: dict[str, Any]
) -> tuple[dict[str, str], dict[str, Any], str]:
    from detectory.cli import planned
    from detectory.scaffold import plan, reading, write

    names = reading.names_in(wanted["columns"]) if wanted["columns"] else [] if wanted["no_header"] else None
    table = reading.read(wanted["table"], names=names)
    said = {key: wanted[key] for key in ("label", "negative", "positive", "time", "group", "keep", "drop")}
    found: Plan = plan.infer(target.name, table, plan.Wishes(**said))
    files = write.files(found, folder=home.own / target.name, root=home.root)
    return files, found.to_dict(), planned.text_of(found)


def _agree(session: Session, home: Workspace, name: str) -> None:
    """Ask before another detector is replaced, or stands no longer under its name. Raises `NotConfirmed`."""
    from detectory import detectors

    if (home.own / name).exists():
        session.confirm(f"write over {home.own / name}, with all that was changed in it?")
    elif name in detectors.names():
        session.confirm(f"let your detector stand in place of '{name}', which is {detectors.whose(name)}?")
