"""What the global options say, and the three ways to speak: answer, say, next.

Data goes to stdout (``answer``), talk to stderr (``say``), and the last line of every command says
what to do next (``next``). One `Session` a process, handed from `main` to the command.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

import click

from detectory.errors import NotConfirmed

if TYPE_CHECKING:
    from detectory.library import Workspace
    from detectory.settings import Configuration

SCHEMA_VERSION = 1


@dataclass(slots=True)
class Session:
    """The global options; each may stand before or after the command."""

    environment: Mapping[str, str] = field(default_factory=dict)
    root: Path = Path()
    pairs: tuple[str, ...] = ()
    as_json: bool = False
    quiet: bool = False
    verbose: bool = False
    no_input: bool = False
    yes: bool = False
    color: str = "auto"
    debug: bool = False
    has_answered: bool = False  # a document has begun on stdout; a second one would spoil it

    def workspace(self) -> Workspace:
        """The workspace of ``-C``, with the settings of ``--set``."""
        from detectory import library

        return library.workspace(self.root, self.pairs)

    def workspace_of(self, detector: str) -> Workspace:
        """The workspace, when it knows the detector or holds versions of it. Raises `UnknownDetector`."""
        from detectory.registry import versions

        home = self.workspace()
        if not versions.numbers(home.store, detector):
            home.detector(detector)
        return home

    def configuration(self) -> Configuration:
        """Every setting with where it comes from."""
        from detectory import settings

        return settings.read(self.root / settings.FILE, env=self.environment, given=self.pairs)

    def answer(self, document: Mapping[str, Any], text: str) -> None:
        """Print data: one JSON document under ``--json``, otherwise the text for people."""
        if self.as_json:
            whole = {"schema_version": SCHEMA_VERSION, **document}
            text = json.dumps(whole, indent=1, ensure_ascii=False, allow_nan=False)
        self.has_answered = True
        if text:
            click.echo(text, color=self.colored(sys.stdout))

    def say(self, text: str) -> None:
        """Tell a person what goes on."""
        if not self.quiet:
            click.echo(text, err=True, color=self.colored(sys.stderr))

    def next(self, command: str) -> None:
        """The last line: what to do next."""
        self.say(click.style(f"next: {command}", dim=True))

    def complain(self, text: str) -> None:
        """Print an error, whatever ``-q`` says."""
        click.echo(text, err=True, color=self.colored(sys.stderr))

    def colored(self, stream: TextIO) -> bool:
        """Whether to colour: as told, and by default at a terminal without NO_COLOR (no-color.org)."""
        if self.color != "auto":
            return self.color == "always"
        return stream.isatty() and not self.environment.get("NO_COLOR")

    @property
    def draws(self) -> bool:
        """Whether stderr is a terminal on which a line can be drawn over, and somebody wants to see it."""
        can_draw = self.environment.get("TERM", "") not in ("dumb", "unknown")
        return sys.stderr.isatty() and can_draw and not self.quiet

    def confirm(self, plan: str) -> None:
        """Ask before something that cannot be undone. Raises `NotConfirmed` when nobody can answer yes."""
        if self.yes:
            return
        can_ask = sys.stdin.isatty() and not self.no_input
        if not can_ask or not click.confirm(plan, err=True):
            raise NotConfirmed(plan)
