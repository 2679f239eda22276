"""At a terminal: a progress bar on stderr, and questions that can be answered."""

import os
import pty
import re
import subprocess
import sys
from pathlib import Path

from detectory.library import Workspace

DETECTORY = (sys.executable, "-m", "detectory.cli.main")


def at_a_terminal(*arguments: str, typed: bytes = b"", answers: bool = False) -> tuple[int, str]:
    """Run with a terminal as stdin, stderr and, for ``answers``, stdout; gives the code and what is seen."""
    ours, theirs = pty.openpty()
    stdout = theirs if answers else subprocess.DEVNULL
    process = subprocess.Popen([*DETECTORY, *arguments], stdin=theirs, stderr=theirs, stdout=stdout)
    os.close(theirs)
    os.write(ours, typed)
    shown = b""
    while process.poll() is None or not shown.endswith(b"\n"):
        try:
            shown += os.read(ours, 4096)
        except OSError:  # the terminal is gone with its last reader
            break
    os.close(ours)
    return process.wait(), shown.decode()


def test_progress_is_a_bar_and_goes_away(toy_made: Workspace, tmp_path: Path) -> None:
    names = tmp_path / "names.txt"
    names.write_text("word\n" * 100_000)
    code, shown = at_a_terminal("-C", str(toy_made.root), "score", "toy", str(names))
    assert code == 0
    assert "score toy" in shown
    assert "rows" in shown
    assert "100,000 scored" in shown


def test_a_bar_is_coloured_as_told(toy_made: Workspace, tmp_path: Path) -> None:
    names = tmp_path / "names.txt"
    names.write_text("word\n" * 20_000)
    command = ("-C", str(toy_made.root), "score", "toy", str(names))
    colour = re.compile(r"\x1b\[[\d;]+m")
    assert colour.search(at_a_terminal(*command, "--color", "always")[1])
    shown = at_a_terminal(*command, "--color", "never")[1]
    assert "score toy" in shown
    assert not colour.search(shown)


def test_answers_on_the_same_terminal_are_not_drawn_over(toy_made: Workspace, tmp_path: Path) -> None:
    names = tmp_path / "names.txt"
    names.write_text("word\n" * 20_000)
    code, shown = at_a_terminal("-C", str(toy_made.root), "score", "toy", str(names), answers=True)
    assert code == 0
    assert shown.count('{"text":"word"') == 20_000
    assert "\x1b[2K" not in shown


def test_a_question_is_asked_and_its_answer_heeded(toy_made: Workspace, tmp_path: Path) -> None:
    target = tmp_path / "out.jsonl"
    target.write_text("before\n")
    names = tmp_path / "names.txt"
    names.write_text("word\n")
    command = ("-C", str(toy_made.root), "score", "toy", str(names), "--output", str(target))
    assert at_a_terminal(*command, typed=b"n\n")[0] == 2
    assert target.read_text() == "before\n"
    assert at_a_terminal(*command, "--no-input", typed=b"y\n")[0] == 2
    code, shown = at_a_terminal(*command, typed=b"y\n")
    assert (code, f"write over {target}?" in shown) == (0, True)
    assert target.read_text().startswith('{"text":"word"')
