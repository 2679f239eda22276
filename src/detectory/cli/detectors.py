"""``detectory list``: the detectors there are."""

from __future__ import annotations

import click

from detectory.cli.grammar import Command
from detectory.cli.session import Session


@click.command("list", cls=Command)
@click.pass_obj
def list_command(session: Session) -> None:
    """List the detectors there are, with what each answers and which version serves."""
    from detectory import detectors
    from detectory.cli.table import table
    from detectory.registry import versions

    home = session.workspace()
    specs = [detectors.load(name, home.own).spec for name in detectors.names(home.own)]
    champions = {spec.name: versions.champion(home.store, spec.name) for spec in specs}
    found = [
        {"name": s.name, "champion": champions[s.name], "title": s.title, "question": s.question}
        for s in specs
    ]
    session.answer({"detectors": found}, table(found, ("name", "champion", "question")))
    session.next(
        f"detectory run {specs[0].name}" if not any(champions.values()) else "detectory score NAME FILE"
    )
