"""Workspaces with a champion, and with a challenger beside it."""

import shutil
from pathlib import Path

import pytest

from detectory import pipeline
from detectory.library import Workspace, run, workspace


@pytest.fixture(scope="session")
def toy_pair_made(toy_made: Workspace, tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """A workspace in which version 1 is the champion, and version 2 comes from another seed."""
    home = workspace(Path(shutil.copytree(toy_made.root, tmp_path_factory.mktemp("pair") / "home")))
    other = Workspace(home.root, type(home.settings)(seed=1))
    assert run("toy", stages=list(pipeline.chosen(last="register")), within=other).version == 2
    return home


@pytest.fixture
def pair(toy_pair_made: Workspace, tmp_path: Path) -> Workspace:
    """A copy of it."""
    return workspace(Path(shutil.copytree(toy_pair_made.root, tmp_path / "home")))
