"""``runs``: what every run did, how two differ, a page of several, and records that are removed."""

from __future__ import annotations

import re
import shlex
import shutil
from functools import partial
from pathlib import Path

import pytest

from detectory import pipeline
from detectory.choice import chosen
from detectory.cli import recorded
from detectory.journal import Journal, Metric
from detectory.library import Workspace, carry_out, plan, workspace
from tests.cli.conftest import Ask
from tests.tracking.records import record, tried

PAGE = Path(__file__).parents[2] / "docs/how-to/compare-runs.md"


@pytest.fixture(scope="module")
def twice_made(toy_made: Workspace, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace in which the toy was run, and then one candidate of it was fitted deeper."""
    home = workspace(Path(shutil.copytree(toy_made.root, tmp_path_factory.mktemp("twice") / "home")))
    for later in Journal(home.store).ids()[1:]:  # of tests that ran it once more, to no effect but this
        Journal(home.store).remove(later)
    deeper = chosen(["tree"], ["max_depth=2"], only=True)
    carry_out(plan("toy", stages=pipeline.chosen(last="fit"), choice=deeper, within=home), home, verb="train")
    return home.root


@pytest.fixture
def home(twice_made: Path, tmp_path: Path) -> Workspace:
    """A copy of it that a test may change."""
    return workspace(Path(shutil.copytree(twice_made, tmp_path / "home")))


@pytest.fixture
def twice(ask: Ask, home: Workspace) -> Ask:
    """Commands in that copy."""
    return partial(ask, at=home.root)


def test_runs_are_listed_with_what_came_of_them(twice: Ask) -> None:
    lines = twice("runs", "list", "toy").out.splitlines()
    assert lines[0].split() == ["run", "command", "state", "version", "seconds", "headline"]
    assert re.search(r"run toy +done +1 .*recall_at_budget [\d.]+ \[", lines[-2])
    assert re.search(r"train toy +done +- .*score\.tree [\d.]+ on validation", lines[-1])
    assert len(twice("runs", "list", "--last", "1", "--json").json["runs"]) == 1


def test_a_quality_that_is_not_defined_is_no_headline_even_where_the_others_are_negative() -> None:
    rivals = [tried("odd", "mlp", {}, Metric(None)), tried("ridge", "ridge", {}, Metric(-3.5))]
    assert recorded.summary(record(metrics={}, tried=rivals))["headline"] == "score.ridge -3.5 on validation"


def test_a_run_is_shown_for_people_and_whole_as_json(twice: Ask) -> None:
    said = twice("runs", "show", "latest").out
    assert "score.tree.max_depth = 2" in said
    assert "commit        none: the workspace is in no git repository" in said
    record = twice("runs", "show", "latest", "--json").json["run"]
    assert (record["schema_version"], record["verb"], record["tried"][0]["params"]["max_depth"]) == (
        1,
        "train",
        2,
    )


def test_two_runs_are_compared(twice: Ask) -> None:
    said = twice("runs", "diff", "latest~1", "latest")
    assert re.search(r"score\.tree\.max_depth +- +2", said.out)
    assert re.search(r"roc_auc +[\d.]+ \[", said.out)
    found = twice("runs", "diff", "latest~1", "latest", "--json").json
    assert found["differences"]["parameters"]["candidates"] == ["all", "tree"]
    assert found["metrics"]["roc_auc"]["values"][1] is None
    assert "differ in nothing" in twice("runs", "diff", "latest", "latest").out


def test_a_page_is_written_and_not_over_another_unasked(twice: Ask, tmp_path: Path) -> None:
    out = tmp_path / "runs.html"
    assert twice("runs", "page", "--out", str(out)).code == 0
    assert "2 runs of toy" in out.read_text()
    assert twice("runs", "page", "latest", "--out", str(out)).code == 2
    assert twice("runs", "page", "latest", "--out", str(out), "--yes").code == 0
    assert "One run of toy" in out.read_text()


def test_a_record_is_removed_only_when_agreed(twice: Ask, home: Workspace) -> None:
    journal = Journal(home.store)
    first, last = journal.ids()
    assert twice("runs", "remove", "latest").code == 2
    assert twice("runs", "remove", "latest", "latest", "--yes", "--json").json["removed"] == [last]
    assert journal.ids() == [first]


def test_a_damaged_record_is_told_in_the_list_and_can_be_removed(twice: Ask, home: Workspace) -> None:
    last = Journal(home.store).ids()[-1]
    (home.store.root / f"journal/{last}.json").write_bytes(b"{")
    said = twice("runs", "list")
    assert (said.code, len(said.out.splitlines())) == (0, 3)
    assert re.search(rf"{last} +- +unreadable", said.out)
    assert f"detectory runs remove {last}" in twice("runs", "show", last).err
    assert twice("runs", "remove", last, "--yes").code == 0


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (("show", "2025"), 6, "error[E6135]"),
        (("show", "20"), 2, "error[E2136]"),
        (("diff", "latest", "latest~9"), 6, "no run 'latest~9'"),
        (("list", "toi"), 6, "did you mean 'toy'"),
        (("list", "../toy"), 2, "is not the name of a detector"),
        (("remove", "latset", "--yes"), 6, "no run 'latset'"),
        (("page", "--out", "/dev/null/page.html"), 8, "cannot write"),
    ],
)
def test_a_mistake_is_told(twice: Ask, arguments: tuple[str, ...], code: int, told: str) -> None:
    said = twice("runs", *arguments)
    assert (said.code, told in said.err) == (code, True), said.err


def test_without_a_run_the_next_step_is_one(ask: Ask, toy_home: Workspace) -> None:
    said = ask("runs", "list", at=toy_home.root)
    assert (said.code, said.out) == (0, "no run yet\n")
    assert ask("runs", "page", "--out", "runs.html", at=toy_home.root).code == 6


def test_a_version_says_which_run_made_it(at_toy: Ask, toy_made: Workspace) -> None:
    first = Journal(toy_made.store).ids("toy")[0]
    assert at_toy("models", "show", "toy", "--json").json["run"] == first
    assert f"made by run {first}" in at_toy("report", "toy").err


def test_every_block_of_the_how_to_can_be_typed_in_order(
    twice: Ask, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    blocks = re.findall(r"^```sh\n(.*?)^```", PAGE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    for line in "".join(blocks).splitlines():
        said = twice(*shlex.split(line.replace("dga", "toy"))[1:])
        assert said.code == 0, f"{line}: {said.err}"
    assert (tmp_path / "runs.html").is_file()
