"""How commands are built: every command takes the global options, and none hides one."""

import re
from collections.abc import Iterator

import click

from detectory.cli.grammar import GLOBALS, global_options
from detectory.cli.main import cli

GLOBAL = {option.name for option in global_options(hidden=True)}


def commands(group: click.Group) -> Iterator[click.Command]:
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        if isinstance(command, click.Group):
            yield from commands(command)
        else:
            yield command


def test_every_command_takes_the_global_options() -> None:
    for command in commands(cli):
        assert {parameter.name for parameter in command.params} >= GLOBAL, command.name


def test_no_command_has_an_option_that_is_kept_under_a_global_name() -> None:
    for command in commands(cli):
        names = [parameter.name for parameter in command.params]
        assert sorted(names) == sorted(set(names)), command.name


def test_every_option_says_what_it_does() -> None:
    for command in commands(cli):
        for parameter in command.params:
            assert isinstance(parameter, click.Argument) or getattr(parameter, "help", ""), command.name


def test_no_line_of_a_list_of_commands_is_cut() -> None:
    for name in ("runs", "models", "keys", "canary", "feedback"):
        group = cli.get_command(click.Context(cli), name)
        assert group is not None
        assert "..." not in group.get_help(click.Context(group)).partition("Commands:")[2], name


def test_every_option_names_what_it_takes() -> None:
    for command in commands(cli):
        shown = command.get_help(click.Context(command))
        assert not re.search(r"--\S+ (INTEGER|FLOAT)|RANGE", shown), command.name


def test_no_option_takes_a_secret() -> None:
    words = ("password", "secret", "token", "passphrase")
    flags = [flag for names, _ in GLOBALS for flag in names]
    flags += [flag for command in commands(cli) for parameter in command.params for flag in parameter.opts]
    assert not [flag for flag in flags if any(word in flag for word in words)]
