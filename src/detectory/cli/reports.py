"""A report: found in a version's bundle, copied or opened in a browser; written as it was judged."""

from __future__ import annotations

import json
import webbrowser
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from detectory.artifacts import Artifact
from detectory.bundle import Opened
from detectory.cli import sinks
from detectory.cli.grammar import Target
from detectory.cli.session import Session
from detectory.registry import versions

if TYPE_CHECKING:
    from detectory.library import Workspace

FILES = ("report.html", "report.md", "report.json")


@dataclass(frozen=True, slots=True)
class Report:
    """A report as the signed bundle holds it, and the run of the journal that made it, if it is known."""

    version: int
    opened: Opened
    page: Path
    run: str | None

    @property
    def text(self) -> str:
        """The report as Markdown."""
        return self.opened.files["report.md"].decode()

    @property
    def figures(self) -> Any:
        """Everything that the report knows."""
        return self.opened.json("report.json")


def find(home: Workspace, target: Target) -> Report:
    """The report of a version; signature and digests are checked first."""
    number, opened = versions.open_version(home.store, target.name, target.version, home.trusted)
    page = versions.folder_of(home.store, target.name, number).resolve() / FILES[0]
    return Report(number, opened, page, versions.run_of(home.store, opened))


def copy(session: Session, report: Report, folder: Path) -> None:
    """Write the three files into a folder; those there already are replaced only when agreed."""
    with sinks.writing(folder):
        folder.mkdir(parents=True, exist_ok=True)
    there = [name for name in FILES if (folder / name).exists()]
    if there:
        session.confirm(f"write over {', '.join(there)} in {folder}?")
    for name in FILES:
        with sinks.writing(folder / name):
            (folder / name).write_bytes(report.opened.files[name])
    session.say(f"wrote {', '.join(FILES)} to {folder}")


def write(session: Session, judged: Artifact, folder: Path) -> None:
    """Write the report of a judgement into a folder, its metrics and curves too, over those of before."""
    from detectory.judge import tables

    files = {name: judged.path(name).read_bytes() for name in FILES}
    with sinks.writing(folder):
        (folder / "plots").mkdir(parents=True, exist_ok=True)
        for name in tables.CURVES:  # the run before may have had others
            (folder / "plots" / f"{name}.csv").unlink(missing_ok=True)
        for name, data in (files | tables.files(json.loads(files["report.json"]))).items():
            (folder / name).write_bytes(data)
    session.say(f"wrote the report to {folder}")


def browse(session: Session, page: Path) -> None:
    """Open a page in a browser; where there is none, say where the page is."""
    if not webbrowser.open(page.as_uri()):
        session.say(f"there is no browser here; the page is {page}")
