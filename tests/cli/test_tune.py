"""``tune``, and what ``run`` and ``train`` make of it."""

from __future__ import annotations

import os
import pty
import re
import shutil
import signal
import subprocess
import sys
import time
from contextlib import suppress
from functools import partial
from pathlib import Path

import pytest

from detectory.engine import storage
from detectory.journal import Journal
from detectory.library import Workspace, workspace
from tests import needs
from tests.cli.conftest import Ask

needs.library("optuna", extra="train")
POOR = ("--candidate", "family.linear", "--set", "eta=0.25")


@pytest.fixture(scope="module")
def tuned_made(toy_made: Workspace, tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """A workspace in which the family head was searched from poor parameters. Not to be changed."""
    root = Path(shutil.copytree(toy_made.root, tmp_path_factory.mktemp("tuned") / "home"))
    command = (sys.executable, "-m", "detectory.cli.main", "-C", str(root), "tune", "toy")
    said = subprocess.run([*command, *POOR, "--trials", "6"], capture_output=True, text=True)
    assert said.returncode == 0, said.stderr
    assert "6 trials, each at most 5 min, pruned by median" in said.stderr
    assert "family.linear: trial 1 of 6: 0.8875, the best so far" in said.stderr
    assert re.search(r"^tune      made in [\d.]+ s: 6 trials of family.linear$", said.stderr, re.MULTILINE)
    assert said.stderr.endswith("next: detectory run toy --tuned\n")
    assert "note: " in said.stdout or "importance" in said.stdout
    return workspace(root)


@pytest.fixture
def tuned(tuned_made: Workspace, tmp_path: Path) -> Workspace:
    """A copy of it that a test may change."""
    return workspace(Path(shutil.copytree(tuned_made.root, tmp_path / "tuned")))


@pytest.fixture
def at(ask: Ask, tuned: Workspace) -> Ask:
    """Commands in a workspace where a search was made."""
    return partial(ask, at=tuned.root)


def studies_of(home: Workspace) -> list[Path]:
    return sorted((home.store.root / "toy/studies").iterdir())


def test_a_finished_search_is_not_run_again(at: Ask, tuned: Workspace) -> None:
    again = at("tune", "toy", *POOR, "--trials", "6", "--json", "-q")
    assert (again.code, again.err) == (0, "")
    [study] = again.json["studies"]
    assert study["own"] < study["best"]["value"]
    assert study["params"] == study["best"]["params"]
    assert [one["number"] for one in study["trials"]] == list(range(6))
    assert again.json["artifact"] == tuned.store.document("toy/tuned.json")["family.linear"]


def test_what_was_found_is_taken_up_told_for_ever_and_overruled(at: Ask, tuned: Workspace) -> None:
    said = at("run", "toy", "--tuned", "--json")
    assert said.code == 0, said.err
    digest = tuned.store.document("toy/tuned.json")["family.linear"]
    opened = tuned.scorer("toy", str(said.json["version"])).bundle
    assert opened.manifest.lineage["searches"] == {"family.linear": {"artifact": digest, "trials": 6}}
    report = opened.files["report.md"].decode()
    assert "## Search for parameters" in report
    assert "on test rows that no trial read" in report
    assert "| eta |" in report
    assert opened.files["report.html"].count(b"Quality of each trial") == 1
    fitted = at("train", "toy", "--tuned", "--candidate", "family.linear", "--json").json["candidates"][0]
    found = tuned.store.get("toy/tune", digest).json("studies.json")[0]
    assert fitted["params"] == {"epochs": 2, **found["params"]}
    assert fitted["quality"] == found["best"]["value"]
    assert at("compress", "toy", "--tuned", "--dry-run").err.endswith("compress toy --tuned\n")
    pairs = ("--set", "family.linear.eta=0.02")
    own = at("train", "toy", "--tuned", "--candidate", "family.linear", *pairs, "--json").json["candidates"][
        0
    ]
    assert own["params"] == {"epochs": 2, "eta": 0.02}


def test_what_was_searched_on_another_split_is_said_to_flatter_itself(at: Ask, tuned: Workspace) -> None:
    said = at("run", "toy", "--tuned", "--set", "seed=1", "--json")
    opened = tuned.scorer("toy", str(said.json["version"])).bundle
    assert opened.manifest.lineage["searches"]["family.linear"]["on_other_rows"]
    report = opened.files["report.md"].decode()
    assert "The parameters of family.linear were searched on other rows" in report
    assert "that no trial read" not in report


def test_a_search_is_a_run_of_the_journal_with_the_quality_of_each_trial(tuned: Workspace) -> None:
    record = Journal(tuned.store).get("latest")
    assert (record.verb, record.state, list(record.stages)[-1]) == ("tune", "done", "tune")
    [linear] = record.tried
    [trials] = [one for one in record.series if one.name == "family.linear.quality"]
    assert linear.quality.value == round(max(value for value in trials.value if value is not None), 6)
    assert sum(record.facts["studies"]["family.linear"]["counts"].values()) >= trials.steps


def test_a_dry_run_says_what_would_be_searched_and_makes_nothing(at: Ask, tuned: Workspace) -> None:
    before = sorted(tuned.root.rglob("*"))
    said = at("tune", "toy", "--dry-run", "--trials", "3", "--json")
    assert said.json["spaces"] == {
        "score.tree": {"max_depth": "1 … 12"},
        "family.linear": {"eta": "0.003 … 0.3, by its logarithm"},
    }
    assert set(said.json["stages"].values()) == {"keep"}
    assert sorted(tuned.root.rglob("*")) == before


def test_a_damaged_study_is_refused_and_force_searches_anew(at: Ask, tuned: Workspace) -> None:
    [folder] = studies_of(tuned)
    (folder / storage.FILE).write_bytes(b"no database")
    published = tuned.store.document("toy/tuned.json")
    refused = at("tune", "toy", *POOR, "--trials", "6")
    assert refused.code == 9
    assert "error[E9115]" in refused.err
    assert "--force" in refused.err
    assert tuned.store.document("toy/tuned.json") == published
    said = at("tune", "toy", *POOR, "--trials", "1", "--force", "--json")
    assert said.err.endswith("next: detectory run toy\n")  # there is nothing to take up
    anew = said.json["studies"][0]
    assert [one["number"] for one in anew["trials"]] == [0]
    assert anew["notes"] == ["no trial was better than the own parameters"]


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (("--trials", "0"), 2, "a search of 0 trials finds nothing"),
        (("--jobs", "0"), 2, "a search of 0 jobs"),
        (("--budget", "soon"), 2, "no number of seconds"),
        (("--candidate", "score.linear"), 3, "the space of score.linear cannot be searched"),
        (("--candidate", "forest"), 3, "there is no candidate 'forest'"),
        (("--candidate", "tree", "--set", "deep=2"), 3, "has no parameter 'deep'"),
    ],
)
def test_a_mistake_is_told_before_anything_is_tried(
    at: Ask, tuned: Workspace, arguments: tuple[str, ...], code: int, told: str
) -> None:
    said = at("tune", "toy", *arguments)
    assert (said.code, told in said.err) == (code, True), said.err
    assert len(studies_of(tuned)) == 1


def test_what_was_never_searched_cannot_be_taken_up(at_toy: Ask) -> None:
    said = at_toy("run", "toy", "--tuned")
    assert said.code == 6
    assert "fix: detectory tune toy" in said.err


def test_a_search_in_which_nothing_can_be_fitted_says_why(at: Ask, tuned: Workspace) -> None:
    words = tuned.own / "toy/detector.toml"
    words.write_text(f"{words.read_text()}\n[limits]\nsize_mib = 0.0001\n")
    said = at("tune", "toy", "--candidate", "score.tree", "--trials", "9")
    assert said.code == 5
    assert "none of 5 trials of 'score.tree' gave a quality" in said.err
    assert "is too large" in said.err
    assert "score.tree" not in tuned.store.document("toy/tuned.json")


def test_a_signal_ends_it_in_time_under_a_bar_and_it_had_gone_on(tuned: Workspace) -> None:
    [folder] = studies_of(tuned)
    before = _ended(folder)
    ours, theirs = pty.openpty()
    command = (sys.executable, "-m", "detectory.cli.main", "-C", str(tuned.root), "tune", "toy", *POOR)
    with subprocess.Popen([*command, "--trials", "5000"], stderr=theirs) as running:
        os.close(theirs)
        while len(_ended(folder)) < 8:
            time.sleep(0.1)
        running.send_signal(signal.SIGTERM)
        shown = _read(ours)
        assert running.wait(timeout=20) == 143
    assert re.search(r"tune      family.linear .* of 5,000, best so far 0.9", shown)
    assert "goes on: the trials that ended are kept" in shown
    after = _ended(folder)
    assert 8 <= len(after) < 5000
    assert {number: after[number] for number in before} == before


def _ended(folder: Path) -> dict[int, object]:
    with storage.opened(folder) as file:
        return dict(file.read().ended)


def _read(terminal: int) -> str:
    """What a terminal shows, until nobody writes to it."""
    shown = b""
    with (
        os.fdopen(terminal, "rb", buffering=0) as stream,
        suppress(OSError),
    ):  # it is gone with its last writer
        while data := stream.read(4096):
            shown += data
    return shown.decode()


def test_every_block_of_the_how_to_can_be_typed_in_order(
    at_copy: Ask, toy_copy: Workspace, root: Path
) -> None:
    page = (root / "docs/how-to/search.md").read_text(encoding="utf-8")
    lines = "".join(re.findall(r"^```sh\n(.*?)^```", page, re.MULTILINE | re.DOTALL)).splitlines()
    assert len(lines) == 4
    model = toy_copy.own / "toy/model.py"
    model.write_text(model.read_text() + RECIPES.replace("fewer", "fewer_leaves"))
    for line in lines:
        said = at_copy(*line.replace("dga", "toy").split()[1:])
        assert said.code == 0, said.err


RECIPES = """

from detectory.models.candidate import Float
from detectory.models.recipe import Recipe


def recipes() -> list[Recipe]:
    shares = {"share": Float(0.1, 0.9)}
    params = {"by": "leaves", "share": 0.9}
    return [Recipe("fewer", "score", "prune", "tree", params, shares, by_request=True)]
"""


def test_a_recipe_is_searched_for_what_it_saves_and_run_as_found(at: Ask, tuned: Workspace) -> None:
    model = tuned.own / "toy/model.py"
    model.write_text(model.read_text() + RECIPES)
    said = at("tune", "toy", "--candidate", "score.fewer", "--trials", "4", "--json")
    assert said.code == 0, said.err
    assert said.err.endswith("next: detectory run toy --tuned --candidate score.fewer\n")
    [study] = said.json["studies"]
    assert study["metric"].startswith("share of the size saved at a loss of at most 0")
    assert study["trials"][0]["params"] == {"share": 0.9}
    assert all(one["value"] < 1 and one["noted"]["size_bytes"] > 0 for one in study["trials"])
    made = at("run", "toy", "--tuned", "--candidate", "score.fewer", "--to", "compress", "--json")
    assert made.code == 0, made.err
    digest = made.json["stages"]["compress"]["digest"]
    table = tuned.store.get("toy/compress", digest).facts["candidates"]
    [fewer] = [one for one in table if one["name"] == "fewer"]
    assert fewer["params"]["share"] == study["best"]["params"]["share"]
    assert fewer["size_bytes"] == study["best"]["noted"]["size_bytes"]
