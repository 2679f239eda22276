"""The pages of the reference that are made from code: commands, settings, errors.

In: the package. Out: Markdown by file name. Nothing is written here.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterator

import click

from detectory.cli.main import cli
from detectory.errors import DetectoryError, all_errors
from detectory.settings import FILE, Settings, known_keys, variable_of

WIDTH = 100

ERRORS = """\
# Errors

Made from `src/detectory/errors/` by `make docs`. The code is the same on the command line, in JSON and
in an HTTP problem document (RFC 9457); the digit after the E is the command's exit code.

| exit code | means |
| --- | --- |
| 0 | done |
| 1 | a bug in Detectory |
| 2 | usage |
| 3 | configuration |
| 4 | bad input data |
| 5 | a gate failed |
| 6 | not found |
| 7 | busy |
| 8 | the outside world |
| 9 | integrity |
"""


COMMANDS = """\
# Command line

Made from `src/detectory/cli/` by `make docs`.

Data go to stdout, talk and progress to stderr; the last line on stderr says what to do next. The options
of `detectory` itself may stand before or after any command. `--json` answers with one document that has a
`schema_version`; an error is then a document with `error`. What takes long is a bar at a terminal: what is
fitted, how far it is and how well, time gone and time left. Anywhere else it is a line every ten seconds, and
under `-q` nothing. Besides the exit codes of [errors](errors.md):

| exit code | means |
| --- | --- |
| 130 | interrupted |
| 141 | nobody reads stdout any more |
"""

SETTINGS = f"""\
# Settings

Made from `src/detectory/settings/` by `make docs`.

Built in, then `{FILE}` in the workspace, then the environment, then `--set KEY=VALUE`: the later one
holds. An unknown key is an error that names the nearest one. `detectory config show --origin` says where
each value comes from. No setting holds a secret, only the path to one.

| key | built in | environment variable | what it is for |
| --- | --- | --- | --- |
"""


def pages() -> dict[str, str]:
    """Every generated page by its file name."""
    return {"cli.md": commands_page(), "settings.md": settings_page(), "errors.md": errors_page()}


def commands(group: click.Group = cli, path: str = "detectory") -> Iterator[tuple[str, click.Command]]:
    """Every command with its path, groups before what is in them."""
    yield path, group
    context = click.Context(group, info_name=path)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if isinstance(command, click.Group):
            yield from commands(command, f"{path} {name}")
        elif command:
            yield f"{path} {name}", command


def commands_page() -> str:
    return "\n".join([COMMANDS, *(_command(path, command) for path, command in commands())])


def _command(path: str, command: click.Command) -> str:
    context = click.Context(
        command,
        info_name=path,
        terminal_width=WIDTH,
        max_content_width=WIDTH,
        help_option_names=["-h", "--help"],
    )
    return f"## {path}\n\n```text\n{command.get_help(context)}\n```\n"


def settings_page() -> str:
    return SETTINGS + "".join(f"| `{key}` | {_built_in(key)} | `{variable_of(key)}` | {about} |\n"
                              for key, about in known_keys().items())  # fmt: skip


def _built_in(key: str) -> str:
    value: object = Settings()
    for part in key.split("."):
        value = getattr(value, part)
    text = ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)
    return f"`{text}`" if text else "none"


def entry(error: type[DetectoryError]) -> str:
    meaning = inspect.cleandoc(error.__doc__ or "")
    codes = f"exit code {error.exit_code} · HTTP {error.status} · `{error.__name__}`"
    return f"## {error.code}\n\n**{error.title}** · {codes}\n\n{meaning}\n"


def errors_page() -> str:
    return "\n".join([ERRORS, *map(entry, all_errors())])
