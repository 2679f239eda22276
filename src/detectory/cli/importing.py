"""``detectory models import``, ``imported`` and ``forget``: models from elsewhere, as candidates."""

from __future__ import annotations

from pathlib import Path

import click
import msgspec

from detectory.cli.grammar import Command, Target, target_argument
from detectory.cli.session import Session

HEADS = ("score", "family", "value", "low", "high")
_SHOWN = ("name", "head", "inputs", "file", "at")


@click.command("import", cls=Command)
@target_argument("NAME")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--as", "called", metavar="CANDIDATE", help="What to call it (default: as the file).")
@click.option("--head", type=click.Choice(HEADS), help="What it answers (default: score, or value).")
@click.option(
    "--inputs",
    default="dense",
    metavar="A,B,…",
    show_default=True,
    help="The feature tensors that it reads, in order.",
)
@click.option("--classes", default="", metavar="A,B,…", help="Of the head family: its classes, in its order.")
@click.pass_obj
def import_model(
    session: Session,
    target: Target,
    file: Path,
    called: str | None,
    head: str | None,
    inputs: str,
    classes: str,
) -> None:
    """Take the model in FILE, trained elsewhere, as a candidate: XGBoost's JSON or UBJSON, or ONNX.

    It is checked and converted, and competes where it is named: detectory run NAME --candidate CANDIDATE.
    What was trained elsewhere may know the test rows; report and lineage say so for ever.
    """
    from detectory.imported import catalogue, wanted

    home = session.workspace()
    detector = home.detector(target.name)
    own = detector.candidates
    asked = wanted.of(
        detector, name=called or file.stem, head=head, inputs=_split(inputs), classes=_split(classes), own=own
    )  # fmt: skip
    entry = catalogue.take(home.store, target.name, file, asked, own=[*own, *detector.recipes])
    text = f"{entry.label} of {target.name} is {entry.file} (sha256 {entry.sha256[:12]}), trained elsewhere"
    session.answer({"detector": target.name, "candidate": msgspec.to_builtins(entry)}, text)
    session.next(f"detectory run {target.name} --candidate {entry.label}")


@click.command("imported", cls=Command)
@target_argument("NAME")
@click.pass_obj
def list_imported(session: Session, target: Target) -> None:
    """List the models that were imported for a detector."""
    from detectory.cli.table import table
    from detectory.imported import catalogue

    home = session.workspace_of(target.name)
    entries = [msgspec.to_builtins(entry) for entry in catalogue.listed(home.store, target.name)]
    shown = [entry | {"inputs": ",".join(entry["inputs"])} for entry in entries]
    text = table(shown, _SHOWN) if entries else "nothing was imported"
    session.answer({"detector": target.name, "imported": entries}, text)
    session.next(f"detectory models import {target.name} FILE")


@click.command("forget", cls=Command)
@target_argument("NAME")
@click.argument("candidate")
@click.pass_obj
def forget_imported(session: Session, target: Target, candidate: str) -> None:
    """Take the imported CANDIDATE (or HEAD.CANDIDATE) off the list; versions that hold it stay."""
    from detectory.imported import catalogue

    home = session.workspace_of(target.name)
    entry = catalogue.forget(home.store, target.name, candidate)
    text = f"{entry.label} of {target.name} is no longer a candidate"
    session.answer({"detector": target.name, "forgotten": msgspec.to_builtins(entry)}, text)
    session.next(f"detectory models imported {target.name}")


def _split(listed: str) -> tuple[str, ...]:
    """What stands between commas."""
    return tuple(each.strip() for each in listed.split(",") if each.strip())
