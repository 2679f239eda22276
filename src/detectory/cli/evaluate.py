"""``detectory evaluate``: a version judged on somebody's own labelled rows."""

from __future__ import annotations

import click

from detectory.cli.grammar import Command, Target, target_argument
from detectory.cli.session import Session


@click.command("evaluate", cls=Command)
@target_argument()
@click.argument("file")
@click.option("--label", required=True, metavar="COLUMN", help="The column that holds the truth.")
@click.option("--positive", metavar="VALUE", help="What the column says of a positive row.")
@click.pass_obj
def evaluate_command(session: Session, target: Target, file: str, label: str, positive: str | None) -> None:
    """Judge a version on your own labelled FILE (CSV, JSONL or Parquet), changing nothing.

    The column of --label holds the detector's negative label (benign), its positive one, or a family's
    name; where it holds anything else, --positive says which value means an alert. For a detector that
    predicts a number it holds that number. Rows that the version was trained on are counted.
    """
    from detectory import library
    from detectory.cli import labelled

    home = session.workspace()
    scorer = home.scorer(*target)
    given = labelled.read_labelled(scorer, file, label=label, positive=positive)
    verdict = library.evaluate(target.name, given.rows, given.labels, version=target.version, within=home)
    labelled.show_verdict(session, given.complete(verdict))
