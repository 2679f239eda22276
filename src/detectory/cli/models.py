"""``detectory models``: list, audit, show, promote, roll back, verify and move versions; keys that sign."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from detectory.cli.grammar import Group, Target, target_argument
from detectory.cli.importing import forget_imported, import_model, list_imported
from detectory.cli.session import Session
from detectory.errors import NoKey


@click.group("models", cls=Group)
def models_command() -> None:
    """List, promote, check, move and sign versions."""


@models_command.command("list")
@target_argument("NAME")
@click.pass_obj
def list_versions(session: Session, target: Target) -> None:
    """List the versions of a detector, oldest first."""
    from detectory.cli.table import table
    from detectory.registry import promote, versions

    home = session.workspace_of(target.name)
    found = [one.to_dict() for one in versions.listed(home.store, target.name, home.trusted)]
    shown = [one | {"digest": one["digest"][:12], "made_by": one["lineage"]["made_by"]} for one in found]
    text = table(shown, ("version", "champion", "digest", "made_by")) if found else "no version yet"
    session.answer({"versions": found, "audit": promote.trail(home.store, target.name)}, text)
    session.next(f"detectory models show {target.name}@latest" if found else f"detectory run {target.name}")


@models_command.command("audit")
@target_argument("NAME")
@click.pass_obj
def show_audit(session: Session, target: Target) -> None:
    """Show who promoted or rolled back which version, when and why; oldest first."""
    from detectory.cli import facts
    from detectory.registry import promote

    home = session.workspace_of(target.name)
    trail = promote.trail(home.store, target.name)
    session.answer({"detector": target.name, "audit": trail}, facts.text_of_trail(trail))
    session.next(f"detectory models list {target.name}")


@models_command.command("show")
@target_argument()
@click.pass_obj
def show_version(session: Session, target: Target) -> None:
    """Show a version: what it was made of, its gates, its threshold and its files."""
    from detectory.cli import facts
    from detectory.registry import versions

    home = session.workspace_of(target.name)
    number, opened = versions.open_version(home.store, target.name, target.version, home.trusted)
    champion = versions.champion(home.store, target.name)
    run = versions.run_of(home.store, opened)
    document = facts.document_of(number, opened, is_champion=number == champion, run=run)
    session.answer(document, facts.text_of(document))
    session.next(f"detectory report {target.name}@{number} --open")


@models_command.command("promote")
@target_argument()
@click.option(
    "--override", metavar="REASON", default="", help="Promote although a gate failed; the reason is kept."
)
@click.pass_obj
def promote_version(session: Session, target: Target, override: str) -> None:
    """Make a version the champion: the one that scores and serves (the latest by default).

    A version with a failed gate is refused unless a person says why; the audit trail keeps it.
    """
    from detectory.registry import promote

    home, now = session.workspace_of(target.name), datetime.now(UTC)
    wanted = target.version or "latest"
    number = promote.promote(
        home.store, target.name, wanted, trusted=home.trusted, now=now, override=override
    )
    session.answer({"detector": target.name, "champion": number}, f"{target.name}@{number} is the champion")
    session.next(f"detectory score {target.name} FILE")


@models_command.command("rollback")
@target_argument("NAME")
@click.option("--reason", metavar="REASON", default="", help="Why; the audit trail keeps it.")
@click.pass_obj
def roll_back(session: Session, target: Target, reason: str) -> None:
    """Make the champion before this one serve again."""
    from detectory.registry import promote

    home, now = session.workspace_of(target.name), datetime.now(UTC)
    number = promote.rollback(home.store, target.name, trusted=home.trusted, now=now, reason=reason)
    session.answer(
        {"detector": target.name, "champion": number}, f"{target.name}@{number} is the champion again"
    )
    session.next(f"detectory models list {target.name}")


@models_command.command("verify")
@target_argument()
@click.pass_obj
def verify_version(session: Session, target: Target) -> None:
    """Check a version: signature, every digest, and that its golden rows are reproduced here."""
    scorer = session.workspace_of(target.name).scorer(*target)
    rows, digest = scorer.check_golden(), scorer.bundle.digest
    text = f"{target.name}@{scorer.version} holds: signature, digests, {rows} golden rows"
    session.answer(
        {"detector": target.name, "version": int(scorer.version), "digest": digest, "golden": rows}, text
    )
    session.next(f"detectory models show {target.name}@{scorer.version}")


@models_command.command("push")
@target_argument()
@click.argument("store")
@click.pass_obj
def push_version(session: Session, target: Target, store: str) -> None:
    """Copy a version (the champion by default) to another STORE, a folder or a bucket.

    It gets a number of its own there, and nothing there is promoted.
    """
    from detectory.cli import facts
    from detectory.registry import transfer

    home, now = session.workspace_of(target.name), datetime.now(UTC)
    moved = transfer.push(home.store, home.store_at(store), *target, trusted=home.trusted, now=now)
    facts.show_moved(session, target.name, moved, where=store)
    session.next(f"detectory --set store={store} models promote {target.name}@{moved.number}")


@models_command.command("pull")
@target_argument()
@click.argument("store")
@click.pass_obj
def pull_version(session: Session, target: Target, store: str) -> None:
    """Copy a version (its champion by default) from another STORE, a folder or a bucket, into this one.

    Only a version signed by a trusted key is taken; nothing is promoted.
    """
    from detectory.cli import facts
    from detectory.registry import transfer

    home, now = session.workspace(), datetime.now(UTC)
    moved = transfer.pull(home.store, home.store_at(store), *target, trusted=home.trusted, now=now)
    facts.show_moved(session, target.name, moved, where=str(home.store))
    session.next(f"detectory models promote {target.name}@{moved.number}")


@models_command.command("export")
@target_argument()
@click.argument("path", type=click.Path(path_type=Path))
@click.option(
    "--format",
    "form",
    type=click.Choice(["bundle", "mlflow"]),
    default="bundle",
    help="The bundle as it is, or an MLmodel around it, which MLflow loads and serves.",
)
@click.pass_obj
def export_version(session: Session, target: Target, path: Path, form: str) -> None:
    """Write a version (the champion by default) to PATH: a folder, or one file that ends in .zip."""
    from detectory.cli import facts
    from detectory.registry import transfer
    from detectory.tracking import mlmodel

    home = session.workspace_of(target.name)
    beside = mlmodel.beside if form == "mlflow" else None
    moved = transfer.export(home.store, *target, path, trusted=home.trusted, beside=beside)
    facts.show_moved(session, target.name, moved, where=str(path))
    verify = f"detectory models verify {target.name}@{moved.number}"
    session.next(f"mlflow models serve --env-manager local -m {path}" if beside else verify)


@models_command.command("keygen")
@click.argument("path", required=False, type=click.Path(path_type=Path))
@click.pass_obj
def new_key(session: Session, path: Path | None) -> None:
    """Make a key pair that signs versions: PATH (readable by you alone) and PATH with the suffix .pub.

    PATH is the setting signing.key where it is left out. The private key never lies in the store.
    """
    from detectory import signing

    home = session.workspace()
    chosen = path or home.signing_key
    if chosen.resolve().is_relative_to(home.store.root.resolve()):
        raise NoKey(str(chosen), why="it would lie in the store, which others may read")
    keyid = signing.new_key(chosen)
    public = chosen.with_suffix(".pub")
    session.answer(
        {"key": str(chosen), "public": str(public), "keyid": keyid}, f"{keyid}  {chosen}  {public}"
    )
    session.next("detectory run NAME")


for command in (import_model, list_imported, forget_imported):
    models_command.add_command(command)
