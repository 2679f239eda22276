"""A workspace of the toy detector with a champion."""

import shutil
from pathlib import Path

import pytest

from detectory.library import Workspace, workspace


@pytest.fixture
def home(toy_made: Workspace, tmp_path: Path) -> Workspace:
    """A copy of the workspace in which version 1 is the champion."""
    return workspace(Path(shutil.copytree(toy_made.root, tmp_path / "home")))
