"""A mistake in a user's own detector: told as such, with file, line and sentence; never as a bug."""

from pathlib import Path

import pytest

from detectory.library import Workspace
from tests.cli.conftest import Ask
from tests.toy.make import make_home

BROKEN = "return [][1]"


@pytest.fixture
def home(tmp_path: Path) -> Workspace:
    return make_home(tmp_path, origin="generated")


def edit(home: Workspace, file: str, old: str, new: str) -> int:
    """Change a file of the toy detector; gives the line of the change."""
    path = home.own / "toy" / file
    before, found, after = path.read_text().partition(old)
    assert found
    path.write_text(before + new + after)
    return before.count("\n") + 1


@pytest.mark.parametrize(
    ("file", "old", "new", "sentence"),
    [
        ("source.py", "import numpy as np", "import nonesuch", "No module named 'nonesuch'"),
        ("source.py", "def extract(", "def extract((", "SyntaxError: "),
        ("source.py", "rng = np", f"{BROKEN}\n    rng = np", "IndexError: list index out of range"),
        ("source.py", "return [f", f"{BROKEN}\n    [f", "IndexError: list index out of range"),
        ("parse.py", "kept, rejected = [], []", BROKEN, "IndexError: list index out of range"),
        ("features.py", 'texts = rows["text"]', 'texts = rows["txt"]', "KeyError: 'txt'"),
        ("model.py", "return [", f"{BROKEN}\n    return [", "IndexError: list index out of range"),
        ("behaviour.py", "text.upper()", "text.uper()", "no attribute 'uper'"),
    ],
)
def test_a_mistake_is_told_with_file_line_and_sentence(
    ask: Ask, home: Workspace, file: str, old: str, new: str, sentence: str
) -> None:
    line = edit(home, file, old, new)
    said = ask("run", "toy", "--to", "judge", at=home.root)
    assert (said.code, "E3002" in said.err) == (3, True)
    assert f"{file}:{line}" in said.err
    assert sentence in said.err


def test_a_function_that_takes_other_arguments_is_a_mistake_of_its_file(ask: Ask, home: Workspace) -> None:
    edit(home, "parse.py", 'rows, *, door="text"', "rows")
    said = ask("run", "toy", "--to", "silver", at=home.root)
    assert (said.code, "unexpected keyword argument 'door'" in said.err) == (3, True)
    assert "parse.py" in said.err


@pytest.mark.parametrize("file", ["source.py", "parse.py", "features.py", "model.py", "behaviour.py"])
def test_a_missing_file_is_told_before_anything_is_made(ask: Ask, home: Workspace, file: str) -> None:
    (home.own / "toy" / file).unlink()
    said = ask("run", "toy", at=home.root)
    assert (said.code, f"there is no {file}" in said.err) == (3, True)
    assert "bronze" not in said.err


@pytest.mark.parametrize("file", ["parse.py", "features.py"])
def test_an_import_that_cannot_travel_is_told_before_anything_is_made(
    ask: Ask, home: Workspace, file: str
) -> None:
    edit(home, file, "import numpy as np", "import os\nimport numpy as np")
    said = ask("run", "toy", at=home.root)
    assert (said.code, f"{file} imports 'os'" in said.err, f"{file}:3" in said.err) == (3, True, True)
    assert "bronze" not in said.err
