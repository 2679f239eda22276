"""``detectory list``: the detectors there are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from detectory.cli.grammar import Command
from detectory.cli.session import Session
from detectory.errors import DetectoryError

if TYPE_CHECKING:
    from detectory.library import Workspace


@click.command("list", cls=Command)
@click.pass_obj
def list_command(session: Session) -> None:
    """List the detectors there are, with what each answers and which version serves.

    One of your own that cannot be opened is listed with its problem.
    """
    from detectory import detectors
    from detectory.cli.table import table

    home = session.workspace()
    found = [_described(home, name) for name in detectors.names(home.own)]
    session.answer({"detectors": found}, table(found, ("name", "champion", "from", "question")))
    session.next(_next(found))


def _described(home: Workspace, name: str) -> dict[str, Any]:
    """What there is to say of a detector, or what is wrong with it."""
    from detectory import detectors
    from detectory.registry import versions

    origin = {"name": name, "from": detectors.whose(name, home.own)}
    try:
        spec = detectors.load(name, home.own).spec
        champion = versions.champion(home.store, name)
    except DetectoryError as error:
        problem = f"problem: {error.why or error.what} ({error.where})"
        return {**origin, "champion": None, "title": None, "question": problem, "error": error.as_dict()}
    return {**origin, "champion": champion, "title": spec.title, "question": spec.question}


def _next(found: list[dict[str, Any]]) -> str:
    if any("error" in one for one in found):
        return "detectory doctor"
    serving = any(one["champion"] for one in found)
    return "detectory score NAME FILE" if serving else f"detectory run {found[0]['name']}"
