"""Runs of Weights & Biases, written offline and read back: whole or not there, and nothing besides."""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from detectory.settings import Tracking, Wandb
from detectory.tracking import apart
from detectory.tracking.child import Answer, Job
from detectory.tracking.parcel import Parcel
from tests import needs
from tests.tracking import peers, wandb_peer
from tests.tracking.records import FAILED, RUN, TRIALS, record
from tests.tracking.transactions import records, values

TRACKING = Tracking(patience_s=280, wandb=Wandb(project="toys"))


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace from which two runs were sent, the first one twice, after one that was killed half-way."""
    needs.library("wandb", extra="wandb")
    home = tmp_path_factory.mktemp("wandb")
    for name, file in (("report", "verdict.json"), ("model", "MLmodel")):
        (home / name).mkdir()
        (home / name / file).write_text("{}")
    (home / f"wandb/.part-{RUN}/wandb/offline-run-20261121_153105-{RUN}").mkdir(parents=True)
    whole = Parcel(record(version=3), str(home / "report"), str(home / "model"), TRIALS)
    failed = Parcel(record(id="failed", state="failed", error=FAILED))
    job = Job("wandb", TRACKING, {}, [whole, whole, failed])
    with peers.watched() as (peer, environment):
        answers = apart.sent(job, root=home, environment={**environment, "WANDB_MODE": "disabled"})
    assert answers == [Answer(RUN), Answer(RUN), Answer("failed")]
    assert peer.asked == []  # offline is offline
    return home


def of(root: Path, run: str) -> Iterator[Any]:
    [file] = (root / "wandb").glob(f"offline-run-*-{run}/run-{run}.wandb")
    return records(file)


def told(root: Path, kind: str, run: str = RUN) -> list[Any]:
    """All records of one kind."""
    return [getattr(one, kind) for one in of(root, run) if one.WhichOneof("record_type") == kind]


def test_a_run_that_is_sent_twice_is_there_once_and_nothing_half_made(root: Path) -> None:
    names = sorted(path.name.rpartition("-")[2] for path in (root / "wandb").iterdir())
    assert names == ["1f3a", "artifacts", "failed"]


def test_it_has_a_name_tags_and_what_it_was_asked(root: Path) -> None:
    [run] = told(root, "run")
    assert (run.run_id, run.project, run.run_group, run.job_type) == (RUN, "toys", "toy", "run")
    assert list(run.tags) == ["toy", "run", "done"]
    assert run.git.commit == "a" * 40
    config = values(run.config.update)
    assert (config["seed"], config["score/tree/max_depth"], config["detectory/version"]) == (7, 3, "3")


def test_its_history_is_the_metrics_by_step(root: Path) -> None:
    *rows, trials = [values(one.item) for one in told(root, "history")]
    assert [(row["step"], row["score/tree/loss"]) for row in rows] == [(0, 0.7), (8, 0.3)]
    assert (trials["trials/score/tree/nrows"], trials["trials/score/tree/ncols"]) == (2, 4)
    assert [one.step_metric for one in told(root, "metric")] == ["step"]


def test_its_summary_holds_the_figures(root: Path) -> None:
    summary: dict[str, Any] = {}
    for one in told(root, "summary"):
        summary |= values(one.update)
    assert (summary["roc_auc"], summary["roc_auc/low"], summary["detectory/whole"]) == (0.99, 0.97, True)


def test_the_report_and_the_model_are_its_artifacts_and_their_files_are_there(root: Path) -> None:
    found = {one.type: one for one in told(root, "artifact") if one.type != "run_table"}
    assert {kind: one.name for kind, one in found.items()} == {"report": "toy-report", "model": "toy"}
    for artifact in found.values():
        [file] = artifact.manifest.contents
        assert Path(file.local_path).read_text() == "{}"
        assert Path(file.local_path).is_relative_to(root / "wandb")


def test_how_it_ended_is_said(root: Path) -> None:
    assert [one.exit_code for one in told(root, "exit")] == [0]
    assert [one.exit_code for one in told(root, "exit", "failed")] == [1]


def test_nothing_is_told_of_machine_console_code_or_packages(root: Path) -> None:
    kinds = {one.WhichOneof("record_type") for run in (RUN, "failed") for one in of(root, run)}
    ours = {"header", "run", "metric", "history", "summary", "artifact", "files", "exit"}
    assert kinds <= {*ours, "telemetry"}
    # W&B's own record of its client cannot be left out: which of its functions were used, Python, system
    named = {field.name for one in told(root, "telemetry") for field, _ in one.ListFields()}
    assert named <= {"feature", "python_version", "cli_version", "platform"}
    written = [path for path in (root / "wandb").glob("offline-run-*/files/**/*") if path.is_file()]
    assert {path.parent.name for path in written} <= {"score"}  # where the table of trials is


def test_online_the_key_is_shown_in_a_header_alone_and_a_run_that_is_sent_twice_is_there_once(
    tmp_path: Path,
) -> None:
    needs.library("wandb", extra="wandb")
    theirs, key = wandb_peer.Wandb(), "s3cr3t" * 7
    with peers.recording(theirs) as peer:
        theirs.url = peer.url
        wandb = Wandb(mode="online", url=peer.url, project="toys", key="env:KEY")
        job = Job("wandb", Tracking(patience_s=280, wandb=wandb), {"key": key}, [Parcel(record())] * 2)
        answers = apart.sent(job, root=tmp_path, environment=os.environ)

    assert answers == [Answer(RUN), Answer(RUN)]
    assert [(row["step"], row["score/tree/loss"]) for row in theirs.history] == [(0, 0.7), (8, 0.3)]
    assert (theirs.summary["roc_auc"], theirs.config["seed"]["value"]) == (0.99, 7)
    shown = base64.b64encode(f"api:{key}".encode()).decode()
    assert {one.headers.get("Authorization") for one in peer.asked} <= {f"Basic {shown}", None}
    assert not any(
        secret in one.path.encode() + one.body
        for one in peer.asked
        for secret in (key.encode(), shown.encode())
    )
    assert list(tmp_path.rglob("*")) == []


def test_online_the_files_of_report_and_model_are_uploaded_and_committed(root: Path, tmp_path: Path) -> None:
    theirs = wandb_peer.Wandb()
    parcel = Parcel(record(version=3), str(root / "report"), str(root / "model"))
    with peers.recording(theirs) as peer:
        theirs.url = peer.url
        wandb = Wandb(mode="online", url=peer.url, project="toys", key="env:KEY")
        job = Job("wandb", Tracking(patience_s=280, wandb=wandb), {"key": "s3cr3t" * 7}, [parcel])
        answers = apart.sent(job, root=tmp_path, environment=os.environ)
    assert answers == [Answer(RUN)]
    assert sorted(theirs.committed) == ["toy", "toy-report"]
    assert theirs.artifacts["toy/MLmodel"] == theirs.artifacts["toy-report/verdict.json"] == b"{}"
    assert set(json.loads(theirs.artifacts["toy"])["contents"]) == {"MLmodel"}
