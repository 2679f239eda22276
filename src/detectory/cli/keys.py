"""``detectory keys``: the keys with which callers ask the server."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from detectory.cli.grammar import Group
from detectory.cli.session import Session
from detectory.errors import BadSetting, UnknownScope

if TYPE_CHECKING:
    from detectory.apikey import Key
    from detectory.ledger.keys import LedgerKeys

DAY_S = 86_400


@click.group("keys", cls=Group)
def keys_command() -> None:
    """Make, list and revoke the keys with which callers ask the server."""


@keys_command.command("create")
@click.argument("name")
@click.option(
    "--scope",
    "scopes",
    multiple=True,
    metavar="SCOPE",
    default=["predict"],
    show_default=True,
    help="What it opens: predict, explain, feedback or metrics; may be repeated.",
)
@click.option(
    "--days",
    type=click.IntRange(1),
    metavar="DAYS",
    help="Days after which it opens nothing (default: never).",
)
@click.pass_obj
def create_key(session: Session, name: str, scopes: tuple[str, ...], days: int | None) -> None:
    """Make a key for NAME, a person or a program, and show it: this once, it is not kept.

    With the first key a server that runs on this workspace asks everybody for one.
    """
    from detectory import apikey

    for scope in scopes:
        if scope not in apikey.SCOPES:
            raise UnknownScope(scope, known=apikey.SCOPES)
    now = datetime.now(UTC).timestamp()
    text, key = apikey.new(name, scopes, now=now, expires=now + days * DAY_S if days else None)
    _ledger(session).add(key)
    session.answer({"key": text, **_told(key, now)}, text)
    session.say("keep it now: it is not shown again, and only its digest is kept")
    session.next("detectory serve")


@keys_command.command("list")
@click.pass_obj
def list_keys(session: Session) -> None:
    """List the keys there were, the oldest first: who has them, what they open, until when."""
    from detectory.cli.table import table

    now = datetime.now(UTC).timestamp()
    found = _ledger(session).all()
    told = [_told(key, now) for key in found]
    shown = [one | {"scopes": " ".join(sorted(key.scopes))} for one, key in zip(told, found, strict=True)]
    columns = ("id", "name", "state", "scopes", "created", "expires")
    session.answer({"keys": told}, table(shown, columns) if told else "no key yet: everybody may ask")
    session.next("detectory keys create NAME" if not told else "detectory keys revoke ID")


@keys_command.command("revoke")
@click.argument("identity", metavar="ID")
@click.pass_obj
def revoke_key(session: Session, identity: str) -> None:
    """Let the key of that ID open nothing more; a server heeds it within five seconds. Never undone."""
    ledger = _ledger(session)
    session.confirm(f"revoke the key {identity}?")
    now = datetime.now(UTC).timestamp()
    ledger.revoke(identity, now=now)
    session.answer({"id": identity, "revoked": _day(now)}, f"{identity} opens nothing more")
    session.next("detectory keys list")


def _ledger(session: Session) -> LedgerKeys:
    """Where the workspace keeps its keys. Raises `BadSetting` where it keeps nothing."""
    from detectory.ledger.keys import LedgerKeys

    database = session.workspace().ledger
    if database is None:
        raise BadSetting("ledger.url", why="it is 'none', and keys are kept in the ledger")
    return LedgerKeys(database)


def _told(key: Key, now: float) -> dict[str, object]:
    """What may be told of a key."""
    state = "revoked" if key.revoked else "valid" if key.is_usable(now) else "expired"
    times = {"created": _day(key.created), "expires": _day(key.expires), "revoked": _day(key.revoked)}
    return {"id": key.id, "name": key.name, "state": state, "scopes": sorted(key.scopes), **times}


def _day(seconds: float | None) -> str | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds")
