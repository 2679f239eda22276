"""How commands are built: loaded when called, global options anywhere, unknown names answered.

Listing the commands imports none of them, which keeps ``detectory --help`` fast.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import click

from detectory.cli.session import Session
from detectory.errors import UnknownCommand, UsageError
from detectory.registry.names import checked

LONGEST = 200  # characters of a command's line in a list; click would cut it at the terminal's edge
Function = TypeVar("Function", bound=Callable[..., Any])


def _remember(context: click.Context, parameter: click.Parameter, value: Any) -> None:
    """Keep a global option in the session; one that was not given changes nothing."""
    name = parameter.name or ""
    if context.get_parameter_source(name) is not click.core.ParameterSource.COMMANDLINE:
        return
    session = context.ensure_object(Session)
    setattr(session, name, (*session.pairs, *value) if name == "pairs" else value)


def _global(*names: str, help: str, **kind: Any) -> tuple[tuple[str, ...], dict[str, Any]]:
    return names, {"help": help, "callback": _remember, "expose_value": False, **kind}


GLOBALS = (
    _global(
        "-C",
        "root",
        type=click.Path(path_type=Path),
        metavar="DIR",
        help="Work in this folder (default: here).",
    ),
    _global(
        "--set",
        "pairs",
        multiple=True,
        metavar="KEY=VALUE",
        help="Set a setting; may be repeated. Also --set.KEY VALUE.",
    ),
    _global("--json", "as_json", is_flag=True, help="Answer with one JSON document on stdout."),
    _global("-q", "--quiet", is_flag=True, help="Say nothing but the answer and errors."),
    _global("-v", "--verbose", is_flag=True, help="Say more."),
    _global("--no-input", is_flag=True, help="Never ask; what needs an answer is refused."),
    _global("--yes", is_flag=True, help="Answer yes to every question."),
    _global("--color", type=click.Choice(["auto", "always", "never"]), help="Colour (auto heeds NO_COLOR)."),
    _global("--debug", is_flag=True, help="Show the traceback of an error."),
)


def global_options(*, hidden: bool) -> list[click.Parameter]:
    """The options that every command takes; listed in the main help only."""
    return [click.Option(names, hidden=hidden, **kind) for names, kind in GLOBALS]


def unpacked(arguments: Sequence[str]) -> list[str]:
    """The arguments with ``--set.KEY VALUE``, as DVC unpacks a table, written ``--set KEY=VALUE``.

    >>> unpacked(["run", "dga", "--set.forest.max_depth", "9", "--", "--set.this"])
    ['run', 'dga', '--set', 'forest.max_depth=9', '--', '--set.this']
    """
    found: list[str] = []
    words = iter(arguments)
    for word in words:
        if word == "--":
            return [*found, word, *words]
        key = word.removeprefix("--set.")
        found += [word] if key == word else ["--set", f"{key}={next(words, '')}"]
    return found


class Command(click.Command):
    """A command that takes the global options too."""

    def __init__(self, *args: Any, **words: Any) -> None:
        super().__init__(*args, **words)
        self.params += global_options(hidden=True)
        self.epilog = self.epilog or "Global options (-C, --set, --json, -q …): detectory --help"


class Group(click.Group):
    """Commands of one noun. An unknown one is answered with the known ones."""

    command_class = Command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command that is called. Raises `UnknownCommand`."""
        known = self.list_commands(ctx)
        if not args[0].startswith("-") and args[0] not in known:
            raise UnknownCommand(args[0], group=ctx.command_path, known=known)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The list of commands, each with its whole first sentence."""
        commands = [(name, self.get_command(ctx, name)) for name in self.list_commands(ctx)]
        with formatter.section("Commands"):
            formatter.write_dl(
                [(name, one.get_short_help_str(limit=LONGEST)) for name, one in commands if one]
            )


class Listed(NamedTuple):
    """A command that is not imported yet: where it is, and its line in the help."""

    module: str
    help: str


class LazyGroup(Group):
    """A group whose commands are imported when they are called."""

    def __init__(self, *args: Any, listing: Mapping[str, Listed], **words: Any) -> None:
        super().__init__(*args, **words)
        self.listing = listing
        self.params += global_options(hidden=False)

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names, in pipeline order."""
        return list(self.listing)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the command's module and take the command of that name."""
        if cmd_name not in self.listing:
            return None
        module = importlib.import_module(f"detectory.cli.{self.listing[cmd_name].module}")
        command: click.Command = getattr(module, f"{cmd_name.replace('-', '_')}_command")
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The list of commands, without importing one."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, listed.help) for name, listed in self.listing.items()])


class Target(NamedTuple):
    """A detector and which version of it; None means the champion."""

    name: str
    version: str | None

    def __str__(self) -> str:
        """As it is given: NAME, or NAME@VERSION."""
        return self.name if self.version is None else f"{self.name}@{self.version}"


def target_argument(metavar: str = "NAME[@VERSION]") -> Callable[[Function], Function]:
    """The argument that names a detector, and a version where the metavar has one.

    A version is a number, ``latest`` or ``champion``.
    """
    return click.argument("target", metavar=metavar, callback=_target if "@" in metavar else _detector)


def _detector(context: click.Context, parameter: click.Parameter, value: str) -> Target:
    """A name alone. Raises `UsageError` for a version, which would be passed over."""
    target = _target(context, parameter, value)
    if target.version is not None:
        why = f"'{value}' names a version, and {context.command_path} takes a detector"
        raise UsageError(why, fix=f"{context.command_path} {target.name}")
    return target


def _target(context: click.Context, parameter: click.Parameter, value: str) -> Target:
    """Split at the @. Raises `BadName`, so that no name leads out of the store."""
    name, at, version = value.partition("@")
    return Target(checked(name), version if at else None)
