"""What tests share: the mirror of real data, and workspaces in which a detector was run.

A test that lacks the mirror is skipped with the reason; what else may be lacking stands in needs.py.
"""

from __future__ import annotations

import importlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import pytest

from detectory import pipeline, signing
from detectory.choice import Choice
from detectory.library import Workspace, run, workspace
from detectory.registry import promote
from tests.toy.make import make_home

ROOT = Path(__file__).resolve().parent.parent
#: rounds enough for rows made up by tests: with those that are shipped, fitting takes seconds, four times
FEW = {"phishing": {"boosted": {"rounds": 60}, "stacked": {"rounds": 60}}}


@pytest.fixture(scope="session")
def root() -> Path:
    """The repository."""
    return ROOT


@pytest.fixture(scope="session")
def mirror() -> Path:
    """The folder of real data: ``DETECTORY_MIRROR``, or ``../shared/datasets`` beside the repository."""
    named = os.environ.get("DETECTORY_MIRROR")
    folder = Path(named) if named else ROOT.parent / "shared" / "datasets"
    if folder.is_dir():
        return folder
    if named:
        pytest.fail(f"DETECTORY_MIRROR names {folder}, which is not a folder")
    pytest.skip("the real data are not here: set DETECTORY_MIRROR to the folder that holds dga/")


@pytest.fixture(scope="session")
def tenth() -> Callable[[int], int]:
    """How much of a long test to run: a tenth, and all of it under ``DETECTORY_SOAK=1`` (make soak)."""
    share = 1 if os.environ.get("DETECTORY_SOAK") == "1" else 10

    def of(whole: int) -> int:
        return max(whole // share, 1)

    return of


@pytest.fixture
def toy_home(tmp_path: Path) -> Workspace:
    """An empty workspace with a signing key and the toy detector, whose positive rows are generated."""
    return make_home(tmp_path, origin="generated")


@pytest.fixture(scope="session")
def toy_made(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """A workspace in which the toy detector was run: version 1 is the champion. Not to be changed."""
    home = make_home(tmp_path_factory.mktemp("toy"), origin="generated")
    run("toy", within=home)
    return home


@pytest.fixture(scope="session")
def pair_made(toy_made: Workspace, tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """The same with version 2, from another seed, which nobody promoted. Not to be changed."""
    home = workspace(Path(shutil.copytree(toy_made.root, tmp_path_factory.mktemp("pair") / "home")))
    other = Workspace(home.root, type(home.settings)(seed=1))
    assert run("toy", stages=pipeline.chosen(last="register"), within=other).version == 2
    return home


@pytest.fixture
def pair(pair_made: Workspace, tmp_path: Path) -> Workspace:
    """A copy of it that a test may change."""
    return workspace(Path(shutil.copytree(pair_made.root, tmp_path / "home")))


@pytest.fixture(scope="session")
def late_made(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """A workspace in which the toy detector that predicts numbers was run. Not to be changed."""
    home = make_home(tmp_path_factory.mktemp("late"), origin="generated", name="late")
    run("late", within=home)
    return home


AUDITED = """
import json, sys
loads = []
sys.addaudithook(lambda event, args: loads.append(str(args)) if event == "pickle.find_class" else None)
from pathlib import Path
from detectory import parts, pipeline
from detectory.choice import Choice
from detectory.library import load, run, workspace
few = {"score.boosted": {"rounds": 60}, "score.stacked": {"rounds": 80}, "linear": {"epochs": 3}}
home = workspace(Path(sys.argv[1]))
run("dga", stages=pipeline.chosen(last="register"), sample=0.14, choice=Choice(params=few), within=home)
label = load("dga", version="1", within=home).score({"domain": ["wikipedia.org"]}).label.tolist()
print(json.dumps([label, loads]))
"""


@pytest.fixture(scope="session")
def audited(tmp_path_factory: pytest.TempPathFactory) -> tuple[Workspace, list[str], list[str]]:
    """A workspace in which all kinds of model of dga were made on a seventh of its embedded rows.

    Beside it, what the version calls a benign name, and every class that a pickle asked for meanwhile, in
    the process that made it.
    """
    home = workspace(tmp_path_factory.mktemp("dga"))
    signing.new_key(home.signing_key)
    env = {name: value for name, value in os.environ.items() if not name.startswith("DETECTORY")}
    command = [sys.executable, "-c", AUDITED, str(home.root)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=env)
    label, loads = json.loads(done.stdout)
    return home, label, loads


@pytest.fixture(scope="session")
def small_workspace(audited: tuple[Workspace, list[str], list[str]]) -> Workspace:
    """The same, promoted. Not to be changed."""
    home, _, _ = audited
    promote.promote(
        home.store,
        "dga",
        "1",
        trusted=home.trusted,
        now=datetime.now(UTC),
        override="a seventh of the rows, for tests",
    )
    return home


@pytest.fixture(scope="session")
def made(
    tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> Callable[[str], Workspace]:
    """A workspace in which a detector was run: ``made("dga")``; version 1 is there. Not to be changed.

    One without rows of its own is run on those that ``tests/detectors/NAME/made.py`` makes.
    """
    own = {"toy": "toy_made", "late": "late_made", "dga": "small_workspace"}

    @cache
    def home_of(name: str) -> Workspace:
        if name in own:
            home: Workspace = request.getfixturevalue(own[name])
            return home
        return run_on_synthetic(name, tmp_path_factory.mktemp(name))

    return home_of


def run_on_synthetic(name: str, folder: Path) -> Workspace:
    """Run a detector on rows made up by its tests: registered, and never promoted."""
    home = workspace(folder)
    signing.new_key(home.signing_key)
    rows = folder / "rows"
    rows.mkdir()
    files = importlib.import_module(f"tests.detectors.{name}.made").make(rows, seed=0)
    stages, few = pipeline.chosen(last="register"), Choice(params=FEW.get(name, {}))
    given = list(map(str, files))
    run(name, stages=stages, given=given, only_given=True, synthetic=True, choice=few, within=home)
    return home
