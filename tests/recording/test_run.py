"""Every run leaves a record: what it was asked, what it made and how that did; also one that fails."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from detectory import pipeline
from detectory.choice import Choice
from detectory.errors import NoKey, PromotionRefused, RunBusy
from detectory.journal import Journal, Record
from detectory.library import Workspace, carry_out, plan, run
from detectory.settings import Settings

STAGES = [stage.name for stage in pipeline.STAGES]


@pytest.fixture(scope="module")
def record(toy_made: Workspace) -> Record:
    """The record of the run that made the toy's version 1."""
    journal = Journal(toy_made.store)
    return journal.get(journal.ids("toy")[0])


def test_a_run_is_recorded_with_its_stages_candidates_metrics_and_version(
    record: Record, toy_made: Workspace
) -> None:
    assert (record.verb, record.detector, record.state, record.version) == ("run", "toy", "done", 1)
    assert list(record.stages) == STAGES
    assert {one.state for one in record.stages.values()} == {"made"}
    first = record.tried[0]
    assert (first.head, first.name, first.params) == ("score", "tree", {"n_estimators": 1})
    assert [one.head for one in record.tried if one.chosen] == ["score", "family"]
    found = record.metrics["roc_auc"]
    assert found.value is not None
    assert found.low is not None
    assert found.low <= found.value
    assert all(gate.passed for gate in record.gates)
    assert record.data["read"] == record.data["good"] + record.data["duplicates"]
    opened = toy_made.scorer("toy").bundle
    assert {name: one.artifact for name, one in record.stages.items()} == opened.manifest.lineage["stages"]


def test_the_record_says_where_and_from_which_code(record: Record) -> None:
    assert {"numpy", "polars", "onnxruntime"} <= set(record.environment.libraries)
    assert record.git.why == "the workspace is in no git repository"
    assert record.settings["signing.key"] == "keys/signing.key"
    assert {"file features.py", "code kernels", "library numpy"} <= set(record.stages["gold"].made_from)


def test_an_artifact_knows_its_run_and_its_digest_does_not(record: Record, toy_made: Workspace) -> None:
    artifact = toy_made.store.get("toy/judge", record.stages["judge"].artifact)
    assert artifact.manifest["made"]["run"] == record.id
    assert record.id.encode() not in b"".join(artifact.read(name) for name in artifact.names())


def test_a_run_that_makes_nothing_is_recorded_too(toy_home: Workspace) -> None:
    run("toy", stages=["bronze", "silver"], within=toy_home)
    run("toy", stages=["bronze", "silver"], within=toy_home)
    latest = Journal(toy_home.store).get("latest")
    assert {name: one.state for name, one in latest.stages.items()} == {"bronze": "kept", "silver": "kept"}
    assert latest.state == "done"


def test_a_failed_run_is_recorded_with_its_code(toy_home: Workspace) -> None:
    toy_home.signing_key.unlink()
    with pytest.raises(NoKey):
        run("toy", within=toy_home)
    latest = Journal(toy_home.store).get("latest")
    assert latest.error
    assert (latest.state, latest.error.code, latest.stages) == ("failed", NoKey.code, {})


@pytest.mark.parametrize(
    ("raised", "state", "code"),
    [(KeyboardInterrupt(), "interrupted", "interrupted"), (ValueError("odd"), "failed", "E1000")],
)
def test_a_run_that_is_ended_or_crashes_is_recorded_as_such(
    toy_home: Workspace, raised: BaseException, state: str, code: str
) -> None:
    def interrupt(event: pipeline.Event) -> None:
        if event.stage == "silver":
            raise raised

    with pytest.raises(type(raised)):
        run("toy", within=toy_home, watch=interrupt)
    latest = Journal(toy_home.store).get("latest")
    assert latest.error
    assert (latest.state, latest.error.code, list(latest.stages)) == (state, code, ["bronze"])


def test_a_version_that_is_not_promoted_is_recorded_as_refused(toy_home: Workspace) -> None:
    words = toy_home.own / "toy" / "detector.toml"
    words.write_text(words.read_text().replace("at_least = 0.5", "at_least = 1.1"))
    with pytest.raises(PromotionRefused):
        run("toy", within=toy_home)
    latest = Journal(toy_home.store).get("latest")
    assert latest.error
    assert (latest.state, latest.error.code) == ("refused", PromotionRefused.code)
    assert (latest.version, latest.champion) == (1, None)
    assert [gate.passed for gate in latest.gates].count(False) >= 1


def test_the_loss_of_each_round_is_in_the_record(
    toy_home: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = toy_home.own / "toy" / "model.py"
    model.write_text(model.read_text().replace('"trees"', '"boosted"').replace("n_estimators", "rounds"))
    planned = plan("toy", stages=pipeline.chosen(last="fit"), choice=Choice(("tree",)), within=toy_home)
    carry_out(planned, toy_home, verb="train")
    latest = Journal(toy_home.store).get("latest")
    assert latest.verb == "train"
    assert latest.series[0].name == "score.tree.loss"
    assert latest.choice.names == ["tree"]


def test_no_secret_and_no_path_outside_the_workspace_is_in_a_record(
    toy_home: Workspace, tmp_path_factory: pytest.TempPathFactory
) -> None:
    outside = tmp_path_factory.mktemp("outside") / "rows.csv"
    outside.write_text("a,b\n1,2\n")
    secret = "s3cr3t-marked"
    settings = Settings(ledger={"url": f"postgresql://me:{secret}@host/db"})  # type: ignore[arg-type]
    home = Workspace(toy_home.root, settings, {"DATABASE": secret, "PATH": "/usr/bin"})
    run("toy", stages=["bronze"], given=[str(outside)], within=home)
    written = [path.read_text() for path in (home.store.root / "journal").glob("*.json")]
    assert written
    assert not [text for text in written if secret in text or str(outside.parent) in text]
    assert list(Journal(home.store).get("latest").sources["given"]) == ["rows.csv"]


def test_a_busy_detector_is_recorded_and_the_run_that_holds_it_goes_on(toy_home: Workspace) -> None:
    with toy_home.store.locked("toy"), pytest.raises(RunBusy, match="toy"):
        run("toy", within=toy_home)
    assert Journal(toy_home.store).get("latest").state == "failed"


LOOKS = """
import sys
from detectory.cli.main import answered
from detectory.cli.session import Session
code = answered(["-C", sys.argv[1], "-q", "run", "toy"], Session(environment={}))
heavy = ("onnx", "onnxruntime", "sklearn", "scipy", "xgboost", "polars", "torch", "mlflow", "jinja2")
sys.exit(code or ", ".join(name for name in heavy if name in sys.modules) or 0)
"""


def test_a_run_with_nothing_to_do_loads_no_library_that_trains(toy_made: Workspace, tmp_path: Path) -> None:
    home = shutil.copytree(toy_made.root, tmp_path / "home")
    ran = subprocess.run([sys.executable, "-c", LOOKS, home], capture_output=True, text=True)
    assert (ran.returncode, ran.stderr) == (0, "")
