"""The pipeline: skips what is made, makes the same again, and survives being killed anywhere."""

import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import grimp
import pytest

from detectory import parts, pipeline
from detectory.errors import ArtifactDamaged, NotMade, RunBusy, UnknownStage, UsageError
from detectory.job import Job
from detectory.library import Workspace, run
from detectory.parts import Part
from tests.toy.make import make_home

STAGES = [stage.name for stage in pipeline.STAGES]


def states(home: Workspace, **given: object) -> dict[str, str]:
    """What became of each stage: kept or made."""
    seen: dict[str, str] = {}
    run("toy", within=home, watch=lambda event: seen.__setitem__(event.stage, event.state), **given)
    return seen


def digests(home: Workspace) -> dict[str, str]:
    return {name: made.digest for name, made in run("toy", within=home).artifacts.items()}


def test_a_second_run_makes_nothing(toy_home: Workspace) -> None:
    first, second = states(toy_home), states(toy_home)
    assert {first[name] for name in STAGES} == {"made"}
    assert {second[name] for name in STAGES} == {"kept"}


def test_the_same_seed_gives_the_same_digests_elsewhere(toy_made: Workspace, tmp_path: Path) -> None:
    assert digests(make_home(tmp_path, origin="generated")) == digests(toy_made)


def test_another_seed_gives_another_version(toy_home: Workspace) -> None:
    other = Workspace(toy_home.root, type(toy_home.settings)(seed=9))
    assert run("toy", within=toy_home).version == 1
    assert run("toy", within=other).version == 2


@pytest.mark.parametrize(
    ("file", "stage"),
    [("source.py", "bronze"), ("parse.py", "silver"), ("features.py", "gold"), ("model.py", "fit")],
)
def test_a_change_of_code_remakes_from_its_stage_on(toy_home: Workspace, file: str, stage: str) -> None:
    run("toy", within=toy_home)
    path = toy_home.own / "toy" / file
    path.write_text(path.read_text() + "\n# changed\n")
    remade = states(toy_home)
    before = STAGES[: STAGES.index(stage)]
    assert {remade[name] for name in before} <= {"kept"}
    assert remade[stage] == "made"


def test_a_change_of_a_gate_trains_nothing(toy_home: Workspace) -> None:
    run("toy", within=toy_home)
    words = toy_home.own / "toy" / "detector.toml"
    words.write_text(words.read_text().replace("at_least = 0.5", "at_least = 0.4"))
    remade = states(toy_home)
    assert [name for name in STAGES if remade[name] == "made"] == ["judge"]


def test_a_dry_run_says_what_would_be_made_and_makes_nothing(toy_home: Workspace) -> None:
    plan = pipeline.Plan(toy_home.detector("toy"), toy_home.store, toy_home.sources())
    assert set(pipeline.preview(plan).values()) == {"make"}
    assert toy_home.store.listing("toy") == []


#: change no result of their own (what stages are given, and how results are kept), or are digested as words
AROUND = (
    *("artifacts", "bundle", "detector", "doors", "errors", "failpoints", "job", "spec", "stores"),
    "version",
)


@pytest.fixture(scope="module")
def imports() -> grimp.ImportGraph:
    """Who imports whom in the package, without what changes no stage's result."""
    graph = grimp.build_graph("detectory")
    for name in AROUND:
        graph.squash_module(f"detectory.{name}")
        graph.remove_module(f"detectory.{name}")
    return graph


@pytest.mark.parametrize("stage", pipeline.STAGES, ids=lambda stage: stage.name)
def test_a_stage_declares_all_code_that_it_reaches(imports: grimp.ImportGraph, stage: pipeline.Stage) -> None:
    """Or a change of that code would leave a stale result in place."""
    paths = [one.replace(".", "/") for one in imports.find_upstream_modules(f"detectory.{stage.module}")]
    declared = {f"detectory/{one.removesuffix('.py')}" for one in stage.code}
    assert [path for path in paths if declared.isdisjoint({path, *map(str, Path(path).parents)})] == []


def test_force_makes_again_what_is_there(toy_home: Workspace) -> None:
    run("toy", stages=["bronze", "silver"], within=toy_home)
    assert states(toy_home, stages=["bronze", "silver"], force=True) == {"bronze": "made", "silver": "made"}


def test_a_stage_that_needs_another_says_which_one(toy_home: Workspace) -> None:
    with pytest.raises(NotMade, match="'bronze' of 'toy'"):
        run("toy", stages=["silver"], within=toy_home)


def test_an_unknown_stage_is_answered_with_the_known_ones() -> None:
    with pytest.raises(UnknownStage, match="sliver") as caught:
        pipeline.chosen(["sliver"])
    assert "did you mean 'silver'" in caught.value.why


def test_a_range_that_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(UsageError, match="'judge' comes after 'gold'"):
        pipeline.chosen(first="judge", last="gold")


def test_a_dry_run_after_a_run_keeps_everything(toy_made: Workspace) -> None:
    plan = pipeline.Plan(toy_made.detector("toy"), toy_made.store, toy_made.sources())
    assert set(pipeline.preview(plan).values()) == {"keep"}


def test_a_damaged_artifact_stops_the_stage_that_reads_it(toy_home: Workspace) -> None:
    made = run("toy", stages=["bronze", "silver"], within=toy_home).artifacts["silver"]
    path = made.folder / "rows.parquet"
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(bytes(data))
    with pytest.raises(ArtifactDamaged, match="not what was written") as caught:
        run("toy", within=toy_home)
    assert caught.value.where == str(path)


def test_force_mends_a_damaged_artifact(toy_home: Workspace) -> None:
    made = run("toy", stages=["bronze", "silver"], within=toy_home).artifacts["silver"]
    (made.folder / "rows.parquet").write_bytes(b"damaged")
    run("toy", stages=["bronze", "silver"], force=True, within=toy_home)
    assert run("toy", within=toy_home).champion == 1


def test_an_artifact_whose_folder_was_removed_is_made_again(toy_home: Workspace) -> None:
    made = run("toy", stages=["bronze", "silver"], within=toy_home).artifacts["silver"]
    shutil.rmtree(made.folder)
    assert run("toy", within=toy_home).champion == 1


@pytest.mark.parametrize(
    ("stage", "read"),
    [("fit", {"train", "validation"}), ("compress", {"validation"}), ("judge", {"calibration", "test"})],
)
def test_a_stage_opens_only_the_parts_it_may(
    toy_home: Workspace, monkeypatch: pytest.MonkeyPatch, stage: str, read: set[str]
) -> None:
    """The honesty of the whole: nobody learns from, or chooses by, the rows that judge."""
    opened: set[str] = set()
    whole = parts.part

    def noting(job: Job, name: str) -> Part:
        opened.add(name)
        return whole(job, name)

    run("toy", stages=STAGES[: STAGES.index(stage)], within=toy_home)
    monkeypatch.setattr(parts, "part", noting)
    run("toy", stages=STAGES[: STAGES.index(stage) + 1], within=toy_home)
    assert opened == read


def test_the_threshold_rests_on_all_negative_calibration_rows_and_on_no_other(toy_made: Workspace) -> None:
    made = run("toy", within=toy_made).artifacts
    calibration = made["split"].facts["rows"]["calibration, negative"]
    assert made["judge"].json("threshold.json")["n"] == calibration


def test_two_runs_at_once_do_the_work_once(toy_home: Workspace) -> None:
    with toy_home.store.locked("toy"), pytest.raises(RunBusy, match="another run of 'toy'"):
        run("toy", within=toy_home)


RUN = """
import sys
from pathlib import Path
from detectory.library import run, workspace
run("toy", stages=sys.argv[2:], within=workspace(Path(sys.argv[1])))
"""


def killed(home: Workspace, stages: list[str], after_s: float) -> None:
    """Run in a process of its own and kill it with SIGKILL after a while."""
    process = subprocess.Popen(
        [sys.executable, "-c", RUN, str(home.root), *stages], stderr=subprocess.DEVNULL
    )
    time.sleep(after_s)
    process.send_signal(signal.SIGKILL)
    process.wait()


@pytest.mark.parametrize("stage", STAGES)
def test_a_run_killed_in_a_stage_is_ended_by_the_next_one(
    toy_home: Workspace, toy_made: Workspace, stage: str, tenth: Callable[[int], int]
) -> None:
    before = STAGES[: STAGES.index(stage)]
    if before:
        run("toy", stages=before, within=toy_home)
    rng = random.Random(stage)
    for _ in range(tenth(25)):
        killed(toy_home, [*before, stage], 0.3 + rng.random())
    expected = run("toy", stages=[*before, stage], within=toy_made).artifacts[stage].digest
    assert run("toy", stages=[*before, stage], within=toy_home).artifacts[stage].digest == expected
    assert not list(toy_home.root.rglob(".tmp-*"))


def test_nothing_is_unpickled_from_source_to_score(audited: tuple[Workspace, list[str], list[str]]) -> None:
    """All kinds of model of dga, the whole run, one score: no pickle is opened on the way."""
    _, label, loads = audited
    assert (label, loads) == (["benign"], [])
