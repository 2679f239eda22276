"""``detectory score``: rows of a file in, a score for each out, in constant memory."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from detectory.cli.grammar import Command, Target, target_argument
from detectory.cli.outputs import output_file
from detectory.cli.session import Session

FORMS = click.Choice(["lines", "csv", "jsonl", "parquet", "zeek"])
WRITTEN = click.Choice(["jsonl", "csv", "ocsf", "ecs"])


@click.command("score", cls=Command)
@target_argument()
@click.argument("file", metavar="[FILE|-]", default="-")
@click.option(
    "--input-format", "form", type=FORMS, help="What FILE is, if its suffix or first bytes do not say."
)
@click.option(
    "--format", "written", type=WRITTEN, help="What to write (default: as --output ends, or jsonl)."
)
@click.option("--output", callback=output_file, metavar="FILE", help="Write there instead of to stdout.")
@click.option("--explain", is_flag=True, help="Say what drove the score of each row.")
@click.pass_obj
def score_command(
    session: Session,
    target: Target,
    file: str,
    form: str | None,
    written: str | None,
    output: Path | None,
    explain: bool,
) -> None:
    """Score the rows of FILE, or of standard input.

    FILE holds lines, CSV with a header, JSONL, a Zeek log, or Parquet (extra `train`). Every row read
    gives a row: its fields, score (0 to 1), alert, label and version, or where a number is predicted
    value, low, high and version; one that cannot be scored says why in `error` and where in `line`.
    With --explain it has `reasons` too, the strongest first. --format ocsf and ecs write the rows that
    alert, and nothing else, as findings for other security tools.
    """
    from detectory.cli import scoring

    if file == "-" and sys.stdin.isatty():
        session.say("reading from the terminal; end with Ctrl-D")
    rows = scoring.explained_rows if explain else scoring.answered_rows
    tally = scoring.score_file(session, target, file, rows, form=form, written=written, output=output)
    session.say(tally.text())
    tally.require_one(file)
    session.next(f"detectory report {target.name} --open")
