"""The stages under DVC: every block of docs/how-to/use-dvc.md is typed, in order, with our own dvc.yaml.

In place of ``dga`` stands the toy detector, whose stages take a second each.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from detectory.library import Workspace
from tests import needs

ROOT = Path(__file__).resolve().parent.parent
PAGE = (ROOT / "docs/how-to/use-dvc.md").read_text(encoding="utf-8")
REPRO, SHOW, TRY, PUSH, PULL = re.findall(r"^```sh\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
CHANGED = ("fit", "compress", "judge")  # what another parameter of a candidate makes anew

needs.library("dvc", extra="dvc")


class Clone:
    """A git repository with the toy detector, in which commands are typed as a page writes them of dga."""

    def __init__(self, root: Path, environment: Mapping[str, str]) -> None:
        self.root, self.environment = root, environment

    def type(self, text: str) -> str:
        for theirs, ours in (("dga", "toy"), ("stacked.rounds=200", "tree.n_estimators=3")):
            text = text.replace(theirs, ours)
        typed = ["bash", "-euo", "pipefail", "-c", text]
        done = subprocess.run(typed, cwd=self.root, env=self.environment, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout + done.stderr


@pytest.fixture(scope="module")
def clone(toy_made: Workspace, tmp_path_factory: pytest.TempPathFactory) -> Clone:
    """A new repository; the store has what the toy detector was made from, but what is judged."""
    root = tmp_path_factory.mktemp("dvc") / "ours"
    for name in ("detectors", ".detectory"):
        shutil.copytree(toy_made.root / name, root / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.rmtree(root / ".detectory/toy/judge")
    (root / ".dvc").mkdir()
    for name in (".dvc/config", ".dvc/.gitignore", "dvc.yaml", ".dvcignore", ".gitignore"):
        shutil.copy(ROOT / name, root / name)
    (root / "requirements.txt").write_text("detectory\n")
    params = (ROOT / "params.yaml").read_text(encoding="utf-8").replace("dga", "toy")
    params = params.replace("folder: src/detectory/", "folder: ")
    (root / "params.yaml").write_text(params.replace("code: src/detectory", "code: requirements.txt"))
    clone = Clone(root, _environment(root.parent))
    clone.type("git init --quiet && git add . && git commit --quiet --message Begin")
    return clone


def _environment(home: Path) -> dict[str, str]:
    """One without the settings of git and DVC of whoever runs the tests."""
    who = [f"GIT_{role}_{part}" for role in ("AUTHOR", "COMMITTER") for part in ("NAME", "EMAIL")]
    own = [f"DVC_{place}_DIR" for place in ("GLOBAL_CONFIG", "SYSTEM_CONFIG", "SITE_CACHE")]
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    set_here = dict.fromkeys(who, "test@example.org") | {name: str(home / name) for name in own}
    return {**os.environ, **set_here, "HOME": str(home), "PATH": path, "GIT_CONFIG_NOSYSTEM": "1"}


@pytest.fixture(scope="module")
def told(clone: Clone) -> str:
    """What `dvc repro` said."""
    return clone.type(REPRO)


@pytest.fixture(scope="module")
def tried(clone: Clone, told: str) -> str:
    """What `dvc exp run` and the comparisons said."""
    return clone.type(TRY)


def test_repro_makes_the_stages_in_their_order_and_ours_keeps_what_it_has(told: str) -> None:
    stages = re.findall(r"^Running stage '(\w+)'", told, re.MULTILINE)
    assert stages == ["bronze", "silver", "gold", "split", "fit", "compress", "judge"]
    assert re.search(r"^compress +kept$", told, re.MULTILINE)
    assert re.search(r"^judge +made", told, re.MULTILINE)


def test_metrics_are_those_of_the_report_and_every_curve_is_drawn(clone: Clone, told: str) -> None:
    report = json.loads((clone.root / "report/report.json").read_text())["verdict"]["metrics"]
    shown = json.loads(clone.type("dvc metrics show --json"))[""]["data"]["report/metrics.json"]["data"]
    assert shown == {name: one["value"] for name, one in report.items() if one["value"] is not None}
    assert "recall_at_budget" in clone.type(SHOW)
    page = (clone.root / "dvc_plots/index.html").read_text()
    assert all(curve in page for curve in ("roc.csv", "precision_recall.csv", "reliability.csv"))


def test_an_experiment_makes_anew_what_its_parameter_changes_and_nothing_else(tried: str) -> None:
    assert tuple(re.findall(r"^Running stage '(\w+)'", tried, re.MULTILINE)) == CHANGED
    assert re.search(r"params.yaml +fit.set.score.tree.n_estimators +- +3", tried)
    assert re.search(r"report/metrics.json +log_loss ", tried)


def test_what_was_pushed_and_pulled_is_kept_by_the_run_of_another(clone: Clone, tried: str) -> None:
    assert re.search(r"^\d+ files pushed$", clone.type(PUSH), re.MULTILINE)
    pulled = clone.type(PULL)
    assert [f"{stage:10}kept" in pulled for stage in ("bronze", *CHANGED)] == [True] * 4
    assert "made" not in pulled


def test_when_all_is_made_dvc_says_so(clone: Clone, tried: str) -> None:
    assert "Data and pipelines are up to date." in clone.type("dvc status")
