"""``detectory doctor``: is everything here that scoring and training need?"""

from __future__ import annotations

import click

from detectory.cli.grammar import Command
from detectory.cli.session import Session
from detectory.errors import ConfigurationError


@click.command("doctor", cls=Command)
@click.pass_obj
def doctor_command(session: Session) -> None:
    """Check this installation and workspace; every problem says how it is mended.

    Leaves with exit code 3 when there is a problem.
    """
    from detectory.cli.checks import findings

    found = list(findings(session.workspace()))
    session.answer({"findings": [one.as_dict() for one in found]}, "\n".join(one.text() for one in found))
    problems = [one for one in found if not one.holds]
    session.next(problems[0].fix if problems else "detectory")
    if problems:
        raise click.exceptions.Exit(ConfigurationError.exit_code)
