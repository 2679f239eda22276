"""``detectory explain-error``: what a code means."""

from __future__ import annotations

import inspect

import click

from detectory.cli.grammar import Command
from detectory.cli.session import Session
from detectory.errors import UnknownCode, all_errors


@click.command("explain-error", cls=Command)
@click.argument("code")
@click.pass_obj
def explain_error_command(session: Session, code: str) -> None:
    """Explain an error CODE, such as E4001."""
    known = {error.code: error for error in all_errors()}
    error = known.get(code.upper())
    if error is None:
        raise UnknownCode(code, known=known)
    facts = {"code": error.code, "title": error.title, "exit_code": error.exit_code, "status": error.status}
    about = inspect.cleandoc(error.__doc__ or "")
    head = f"{error.code}: {error.title} (exit code {error.exit_code}, HTTP {error.status})"
    session.answer(facts | {"about": about}, f"{head}\n\n{about}")
    session.next(f"docs/reference/errors.md#{error.code.lower()}")
