"""Runs in MLflow: in a database here, and on a server by its REST interface; each one once, and whole."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from detectory.journal import Record, Series
from detectory.settings import Mlflow, Tracking
from detectory.tracking import apart
from detectory.tracking.child import Answer, Job
from detectory.tracking.parcel import Parcel
from tests.tracking import peers
from tests.tracking.records import FAILED, RUN, TRIALS, record, tried

#: MLflow 3.17 loads what SQLAlchemy 2.1 would rather not see loaded so
pytestmark = pytest.mark.filterwarnings("ignore:The ``noload`` loader strategy")
PATIENCE_S = 280.0  # a first database takes seconds, on a machine that is busy many
MANY = {f"parameter_{number}": "x" * 7000 for number in range(150)}
STEPS = list(range(500))


@dataclass(frozen=True)
class Sent:
    """What was answered, and a client of where it went."""

    answers: list[Answer]
    client: Any

    def run(self, run: str) -> Any:
        [found] = self.client.search_runs(["1"], filter_string=f"tags.`detectory.run` = '{run}'")
        return found


def send(parcels: list[Parcel], *, root: Path, **known: str) -> list[Answer]:
    mlflow = Mlflow(uri=known.pop("uri", Mlflow().uri), experiment="toy")
    tracking = Tracking(patience_s=PATIENCE_S, mlflow=mlflow)
    with peers.watched() as (peer, environment):
        answers = apart.sent(Job("mlflow", tracking, known, parcels), root=root, environment=environment)
    assert peer.asked == []  # nobody is told of its use
    return answers


def large() -> Record:
    """More of everything than MLflow takes at once."""
    series = [Series(f"score.tree.{name}", 500, STEPS, [0.5] * 500) for name in ("loss", "quality", "rate")]
    metric = record().metrics["roc_auc"]
    series.append(Series("score.tree, pruned.loss", 1, [0], [0.25]))
    pruned = tried("tree, pruned", "trees", {"share": 0.5}, metric)
    return record(id="large", tried=[tried("tree", "trees", dict(MANY), metric), pruned], series=series)


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory, quiet_mlflow: None) -> Sent:
    """Four runs in a database: one twice, one that failed, a large one."""
    from mlflow.tracking import MlflowClient

    root = tmp_path_factory.mktemp("mlflow")
    (root / "report").mkdir()
    (root / "report/verdict.json").write_text("{}")
    (root / "model").mkdir()
    (root / "model/MLmodel").write_text("{}")
    whole = Parcel(record(version=3), str(root / "report"), str(root / "model"), TRIALS)
    failed = Parcel(record(id="failed", state="failed", error=FAILED))
    answers = send([whole, whole, failed, Parcel(large())], root=root)
    return Sent(answers, MlflowClient(f"sqlite:///{root}/mlflow.db"))


def test_a_run_that_is_sent_twice_is_there_once(here: Sent) -> None:
    assert here.answers == [Answer(RUN), Answer(RUN), Answer("failed"), Answer("large")]
    assert here.run(RUN).info.run_name == RUN


def test_it_has_params_metrics_by_step_and_tags(here: Sent) -> None:
    run = here.run(RUN)
    assert run.data.params["score/tree/max_depth"] == "3"
    assert run.data.metrics["roc_auc/low"] == 0.97
    points = here.client.get_metric_history(run.info.run_id, "score/tree/loss")
    assert [(one.step, one.value) for one in points] == [(0, 0.7), (8, 0.3)]
    tags = run.data.tags
    assert (tags["detectory.version"], tags["detectory.seed"]) == ("3", "7")
    assert tags["mlflow.source.git.commit"] == "a" * 40


def test_the_report_the_trials_and_the_model_are_its_artifacts(here: Sent) -> None:
    number = here.run(RUN).info.run_id
    assert [one.path for one in here.client.list_artifacts(number)] == ["model", "trials", "verdict.json"]
    assert [one.path for one in here.client.list_artifacts(number, "trials")] == ["trials/score-tree.json"]
    assert [one.path for one in here.client.list_artifacts(number, "model")] == ["model/MLmodel"]


def test_it_began_and_ended_when_it_did_and_says_how(here: Sent) -> None:
    done, failed = here.run(RUN).info, here.run("failed").info
    assert (done.status, done.end_time - done.start_time) == ("FINISHED", 3378)
    assert failed.status == "FAILED"
    assert here.run("failed").data.tags["detectory.error"] == "E5001"


def test_more_than_fits_into_a_request_goes_in_several(here: Sent) -> None:
    run = here.run("large")
    assert len(run.data.params) > 150
    assert {len(run.data.params[f"score/tree/{name}"]) for name in MANY} == {6000}
    for name in ("loss", "quality", "rate"):
        points = here.client.get_metric_history(run.info.run_id, f"score/tree/{name}")
        assert {one.step for one in points} >= set(STEPS)


def test_a_name_that_it_does_not_take_is_written_otherwise(here: Sent) -> None:
    data = here.run("large").data
    assert data.params["score/tree- pruned/share"] == "0.5"
    assert (data.metrics["score/tree- pruned/quality"], data.metrics["score/tree- pruned/loss"]) == (
        0.99,
        0.25,
    )
