"""Which rows a command means: ``--source``, ``--only``, ``--synthetic`` and ``--sample``."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import click

from detectory.errors import UsageError

Function = TypeVar("Function", bound=Callable[..., Any])


def _share(context: click.Context, parameter: click.Parameter, value: str) -> float:
    """A share of a whole as a number above 0 and at most 1: ``1%`` or ``0.01``."""
    try:
        share = float(value.removesuffix("%")) / (100 if value.endswith("%") else 1)
    except ValueError:
        share = 0.0
    if not 0 < share <= 1:
        raise click.BadParameter(f"'{value}' is no share above 0; write 1% or 0.01", context, parameter)
    return share


OPTIONS = (
    click.option(
        "--source", "given", multiple=True, metavar="PATH|GLOB|URL", help="Add raw files; may be repeated."
    ),
    click.option("--only", "only_given", is_flag=True, help="Use the files of --source and nothing else."),
    click.option(
        "--synthetic", is_flag=True, help="The rows of --source are made up: said for ever, never promoted."
    ),
    click.option(
        "--sample",
        metavar="SHARE",
        callback=_share,
        default="100%",
        show_default=True,
        help="Share of the raw rows to use, such as 1%.",
    ),
)
NAMES = ("given", "only_given", "synthetic", "sample")


def rows_options(function: Function) -> Function:
    """The options that say which rows; `taken` reads them."""
    for option in reversed(OPTIONS):
        function = option(function)
    return function


def taken(wanted: dict[str, Any]) -> dict[str, Any]:
    """Take these options out of all that was given. Raises `UsageError` where they contradict each other."""
    rows = {name: wanted.pop(name) for name in NAMES}
    if rows["only_given"] and not rows["given"]:
        raise UsageError("--only needs --source", fix="name the files to use: --source PATH")
    if rows["synthetic"] and not rows["given"]:
        raise UsageError("--synthetic says what --source holds", fix="name the files: --source PATH")
    return rows


def again(rows: Mapping[str, Any]) -> str:
    """The options that mean the same rows in another command, for the line that says what is next.

    >>> again({"given": ("my rows.csv",), "only_given": True, "synthetic": False, "sample": 0.1})
    " --source 'my rows.csv' --only --sample 0.1"
    """
    options = [f"--source {shlex.quote(one)}" for one in rows["given"]]
    options += ["--only"] if rows["only_given"] else []
    options += ["--synthetic"] if rows["synthetic"] else []
    options += [f"--sample {rows['sample']!r}"] if rows["sample"] < 1 else []
    return "".join(f" {one}" for one in options)
