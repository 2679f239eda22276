"""A bar on a terminal of a hundred columns: what is drawn on it, and that it goes away."""

from __future__ import annotations

import io
import re

import pytest
from rich.console import Console

from detectory.cli import progress
from detectory.cli.bar import Bar
from detectory.cli.session import Session
from detectory.pipeline import Event

ESCAPE = re.compile(r"\x1b\[[0-9;?]*([A-Za-z])")
FIT = [
    Event("fit", "started"),
    Event("fit", "said", "score.charcnn", note="candidate 1 of 2"),
    *(Event("fit", "said", "score.charcnn", done=at, of=20, note=f"loss 0.{at}") for at in (1, 2, 3)),
]


@pytest.fixture
def screen() -> io.StringIO:
    """All that was ever written to the terminal."""
    return io.StringIO()


@pytest.fixture
def bar(screen: io.StringIO) -> Bar:
    return Bar(Console(file=screen, force_terminal=True, width=100))


def drawn(screen: io.StringIO) -> str:
    """The last thing that was drawn, as a person reads it."""
    lines = ESCAPE.sub("", screen.getvalue()).replace("\n", "\r").split("\r")
    return [line for line in lines if line.strip()][-1]


def test_it_shows_what_is_fitted_how_far_it_is_how_well_and_how_long(
    bar: Bar, screen: io.StringIO, capsys: pytest.CaptureFixture[str]
) -> None:
    watch = progress.watching(Session(), progress.Far(Session(), bar))
    for event in FIT:
        watch(event)
    bar.end()
    assert re.fullmatch(
        r"fit       score\.charcnn ━*[╸╺]?━* 3 of 20, loss 0\.3 [\d:]+ [\d:]+\s*", drawn(screen)
    )
    assert capsys.readouterr().err == ""


def test_whoever_is_killed_meanwhile_leaves_a_cursor(bar: Bar, screen: io.StringIO) -> None:
    bar.begin("fit")
    assert screen.getvalue().rfind("\x1b[?25h") > screen.getvalue().rfind("\x1b[?25l")
    bar.end()


def test_where_no_end_is_known_no_time_is_promised(bar: Bar, screen: io.StringIO) -> None:
    bar.begin("fit")
    bar.show("score.tree", "candidate 2 of 2", done=0, of=0)
    bar.end()
    assert re.search(r"score\.tree ━+ candidate 2 of 2 [\d:]+\s*$", drawn(screen))


def test_what_is_next_begins_anew(bar: Bar, screen: io.StringIO) -> None:
    bar.begin("fit")
    bar.show("score.charcnn", "20 of 20", done=20, of=20)
    bar.show("score.[red]tree", "", done=0, of=0)
    bar.end()
    assert "20 of 20" not in drawn(screen)
    assert "score.[red]tree" in drawn(screen)


def test_it_is_gone_when_the_stage_is_over_and_its_line_stands(
    bar: Bar, screen: io.StringIO, capsys: pytest.CaptureFixture[str]
) -> None:
    watch = progress.watching(Session(), progress.Far(Session(), bar))
    for event in (*FIT, Event("fit", "made", seconds=2.0)):
        watch(event)
    wiped = "\r\x1b[1A\x1b[2K"
    assert screen.getvalue().endswith(wiped)
    assert capsys.readouterr().err == "fit       made in 2.0 s: score.charcnn: 3 of 20, loss 0.3\n"


@pytest.mark.parametrize(
    ("terminal", "quiet", "draws"),
    [("xterm-256color", False, True), ("dumb", False, False), ("xterm-256color", True, False)],
)
def test_it_is_drawn_where_somebody_can_see_it(
    monkeypatch: pytest.MonkeyPatch, terminal: str, quiet: bool, draws: bool
) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    monkeypatch.setattr("sys.stderr", Terminal())
    assert Session(environment={"TERM": terminal}, quiet=quiet).draws == draws
