"""``detectory keys``: the keys that sign versions."""

from __future__ import annotations

from pathlib import Path

import click

from detectory.cli.grammar import Group
from detectory.cli.session import Session
from detectory.errors import NoKey


@click.group("keys", cls=Group)
def keys_command() -> None:
    """Make the keys that sign versions."""


@keys_command.command("new")
@click.argument("path", required=False, type=click.Path(path_type=Path))
@click.pass_obj
def new_key(session: Session, path: Path | None) -> None:
    """Make a key pair: PATH (readable by you alone) and PATH with the suffix .pub.

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
