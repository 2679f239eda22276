"""``detectory feedback``: what predictions should have been, by whom, and what to look at next."""

from __future__ import annotations

from pathlib import Path

import click

from detectory.cli.grammar import Group
from detectory.cli.outputs import output_file
from detectory.cli.session import Session
from detectory.cli.spans import span
from detectory.ledger.review import KINDS

WRITTEN = click.Choice(["jsonl", "csv", "groundtruth"])
last_option = click.option(
    "--last", callback=span, metavar="TIME", help="Only what was given so lately: 90m, 12h, 14d."
)
count_option = click.option(
    "-n", "count", type=click.IntRange(1), metavar="COUNT", default=20, show_default=True,
    help="At most so many.",
)  # fmt: skip
reason_option = click.option("--reason", metavar="REASON", required=True, help="Why; the ledger keeps it.")


@click.group("feedback", cls=Group)
def feedback_command() -> None:
    """Give, list, move, take back and purge labels; see which are wanted.

    A label says what a prediction should have been. It is stored once, and never training data by itself.
    """


@feedback_command.command("add")
@click.argument("prediction_id")
@click.argument("label")
@click.option("--note", metavar="TEXT", default="", help="Why you think so.")
@click.pass_obj
def add_label(session: Session, prediction_id: str, label: str, note: str) -> None:
    """Say what the prediction PREDICTION_ID should have been.

    LABEL is one of the detector's, or a number where it predicts those. Of several the newest counts.
    """
    from detectory.cli import labels

    home = session.workspace()
    stored = labels.add(home, prediction_id, label, note)
    session.answer({"feedback": stored.seq}, f"label {stored.seq} is stored")
    session.next("detectory feedback list")


@feedback_command.command("list")
@click.argument("name", required=False)
@last_option
@count_option
@click.pass_obj
def list_labels(session: Session, name: str | None, last: float | None, count: int) -> None:
    """List labels, the newest first; those that were taken back too."""
    from detectory.cli import labels

    home = session.workspace()
    document, text = labels.listed(home, name, last, count)
    session.answer(document, text)
    session.next("detectory feedback review")


@feedback_command.command("review")
@click.argument("name", required=False)
@click.option(
    "--of", "kinds", type=click.Choice(KINDS), multiple=True,
    help="Rows on which versions disagree, alerts, or quiet rows (default: the first two).",
)  # fmt: skip
@count_option
@click.option(
    "--output",
    callback=output_file,
    metavar="FILE",
    help="Write them there (CSV, JSONL), to be filled in and imported.",
)
@click.pass_obj
def review(
    session: Session, name: str | None, kinds: tuple[str, ...], count: int, output: Path | None
) -> None:
    """Show whose truth is wanted next: each row once, and none that has a label."""
    from detectory.cli import labels

    asked = labels.asked(session.workspace(), name, kinds, count)
    labels.show_asked(session, asked, output)
    session.next(f"detectory feedback import {output}" if output else "detectory feedback add ID LABEL")


@feedback_command.command("export")
@click.argument("name")
@last_option
@click.option(
    "--format", "written", type=WRITTEN, help="What to write (default: as --output ends, or jsonl)."
)
@click.option("--output", callback=output_file, metavar="FILE", help="Write there instead of to stdout.")
@click.pass_obj
def export_labels(
    session: Session, name: str, last: float | None, written: str | None, output: Path | None
) -> None:
    """Write what is known to be true of the predictions of NAME, one row each.

    The columns are the fields of the row, what was said of it, and `label`: what it was. groundtruth writes
    the records that SageMaker's Model Monitor merges.
    """
    from detectory.cli import labels

    count = labels.export(session, name, last, written, output)
    session.say(f"{count:,} labels")
    session.next(f"detectory evaluate {name} FILE --label label")


@feedback_command.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--batch", metavar="NAME", default="", help="Call this import so (default: by its content).")
@click.pass_obj
def import_labels(session: Session, file: Path, batch: str) -> None:
    """Store the labels of FILE: CSV or JSONL with prediction_id and label, or SageMaker's late labels.

    The same file again changes nothing. A line without a label is passed over; one that cannot be stored is
    counted, with the reason.
    """
    from detectory.cli import labels

    tally = labels.imported(session.workspace(), file, batch)
    session.answer(labels.tally_of(tally), labels.text_of_tally(tally))
    session.next("detectory feedback list")


@feedback_command.command("retract")
@click.option("--label", "seq", type=int, metavar="NUMBER", help="Take this label back.")
@click.option("--batch", metavar="NAME", help="Take back what this import brought.")
@click.option("--key", metavar="ID", help="Take back what this key, or user, has said so far.")
@reason_option
@click.pass_obj
def take_back(session: Session, seq: int | None, batch: str | None, key: str | None, reason: str) -> None:
    """Take labels back: one, those of an import, or those of a key.

    They stay in the ledger, and count no more.
    """
    from detectory.cli import labels

    count = labels.taken_back(session, seq=seq, batch=batch, key=key, reason=reason)
    session.answer({"taken_back": count}, f"{count:,} labels are taken back")
    session.next("detectory feedback list")


@feedback_command.command("purge")
@click.option(
    "--older-than", "age", callback=span, metavar="TIME", help="Predictions older than this: 90m, 12h, 14d."
)
@click.option("--key", metavar="ID", help="Predictions that this key asked for.")
@click.pass_obj
def purge_predictions(session: Session, age: float | None, key: str | None) -> None:
    """Delete kept predictions, with the rows that were sent, for good. Labels stay, without the row."""
    from detectory.cli import labels

    count = labels.purged(session, age=age, key=key)
    session.answer({"purged": count}, f"{count:,} predictions are deleted")
    session.next("detectory feedback list")
