"""What a failure becomes: a sentence and an exit code; for a bug, a crash file to report."""

from __future__ import annotations

import errno
import os
import platform
import sys
import tempfile
import traceback
from typing import Any

import click

from detectory.cli.session import Session
from detectory.errors import DetectoryError, FileRefused, MissingExtra, UsageError
from detectory.version import __version__

BUG = 1
#: what the system says where it is asked for a file: nothing that a release of ours could mend
REFUSALS = {errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.ENAMETOOLONG}


def told(error: Exception, arguments: list[str], session: Session) -> int:
    """Tell the error on stderr, or as JSON on stdout under ``--json``; gives the exit code."""
    session.as_json = session.as_json or "--json" in arguments
    if session.debug or "--debug" in arguments:
        session.complain("".join(traceback.format_exception(error)))
    known = _known(error)
    if known is None:
        return _crashed(error, arguments, session)
    _print(known.as_dict(), str(known), session)
    return known.exit_code


def _known(error: Exception) -> DetectoryError | None:
    if isinstance(error, DetectoryError):
        return error
    if isinstance(error, click.ClickException):
        return _usage(error)
    if isinstance(error, ModuleNotFoundError) and _is_of_others(error.name or ""):
        return _missing(error.name or "")
    if isinstance(error, OSError) and error.errno in REFUSALS:
        return FileRefused(str(error.filename or ""), reason=error.strerror or str(error))
    return None


def _is_of_others(module: str) -> bool:
    return module.partition(".")[0] != "detectory"


def _missing(module: str) -> MissingExtra:
    """A library of the base install is imported without asking: it should be there."""
    return MissingExtra(module, because="by this command")


#: what click says of a value that is no number
WORDS = {"a valid integer range": "a whole number", "a valid float range": "a number"}


def _usage(error: click.ClickException) -> UsageError:
    context = getattr(error, "ctx", None)
    path = context.command_path if context else "detectory"
    what = error.format_message().rstrip(".")
    for theirs, ours in WORDS.items():
        what = what.replace(theirs, ours)
    return UsageError(what, fix=f"{path} --help")


def _crashed(error: Exception, arguments: list[str], session: Session) -> int:
    path = _crash_file(error, arguments)
    what = f"this is a bug in Detectory: {type(error).__name__}: {error}"
    fix = f"please report it and attach {path}, after a look at what it holds"
    _print({"code": "E1000", "what": what, "fix": fix}, f"error[E1000]: {what}\n  fix: {fix}", session)
    return BUG


def _crash_file(error: Exception, arguments: list[str]) -> str:
    """Everything that helps to mend it, in a file that only its owner may read."""
    lines = [
        f"detectory {__version__} · Python {platform.python_version()} · {platform.platform()}",
        f"detectory {' '.join(arguments)}",
        "",
        *traceback.format_exception(error),
    ]
    descriptor, path = tempfile.mkstemp(prefix="detectory-crash-", suffix=".txt")
    with os.fdopen(descriptor, "w", encoding="utf-8", errors="backslashreplace") as stream:
        stream.write("\n".join(lines))
    return path


def _print(document: dict[str, Any], text: str, session: Session) -> None:
    if session.as_json and not session.has_answered:
        session.answer({"error": document}, "")
    else:
        session.complain(click.style(text, fg="red") if session.colored(sys.stderr) else text)
