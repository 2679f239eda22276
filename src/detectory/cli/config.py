"""``detectory config``: the settings and where they come from."""

from __future__ import annotations

import click

from detectory.cli.grammar import Group
from detectory.cli.session import Session


@click.group("config", cls=Group)
def config_command() -> None:
    """Show the settings and where they come from."""


@config_command.command("show")
@click.option("--origin", is_flag=True, help="Say where each value comes from.")
@click.pass_obj
def show_config(session: Session, origin: bool) -> None:
    """Show every setting with its value.

    With --origin: built in, the file and line, the environment variable, or --set.
    """
    from detectory.cli.table import table

    found = [
        {"key": one.key, "value": one.value, "origin": one.where, "about": one.about}
        for one in session.configuration().origins
    ]
    columns = ("key", "value", "origin" if origin else "about")
    shown = [row | {"value": _text(row["value"])} for row in found]
    session.answer({"settings": found}, table(shown, columns))
    session.next("change one with --set KEY=VALUE, or in detectory.toml")


def _text(value: object) -> str:
    return ",".join(map(str, value)) if isinstance(value, tuple) else str(value)
