"""What goes with a run: its report, the detector's card, the version it made, as far as they are there."""

from __future__ import annotations

import shutil
from pathlib import Path

import msgspec
import pytest

from detectory import bundle
from detectory.artifacts import Store
from detectory.journal import Journal, Record, StageRun
from detectory.library import Workspace
from detectory.tracking.parcel import Parcel, packed
from tests.tracking.records import record


@pytest.fixture
def made(toy_made: Workspace) -> Record:
    """The run that made the toy's version."""
    journal = Journal(toy_made.store)
    return next(journal.get(run) for run in journal.ids() if journal.get(run).version)


def pack(run: Record, home: Workspace, scratch: Path, store: Store | None = None) -> Parcel:
    return packed(run, store or home.store, trusted=home.trusted, card=None, scratch=scratch)


def test_the_report_the_card_and_the_version_go_with_the_run_that_made_it(
    made: Record, toy_made: Workspace, tmp_path: Path
) -> None:
    (tmp_path / "README.md").write_text("# Toy")
    parcel = packed(
        made, toy_made.store, trusted=toy_made.trusted, card=tmp_path / "README.md", scratch=tmp_path / "s"
    )
    names = sorted(path.name for path in Path(parcel.files).iterdir())
    assert names == ["README.md", "report.html", "verdict.json"]
    opened = bundle.open_folder(Path(parcel.model) / "bundle", toy_made.trusted)
    assert opened.digest == toy_made.scorer("toy", "1").bundle.digest


def test_a_run_that_made_no_version_brings_none(made: Record, toy_made: Workspace, tmp_path: Path) -> None:
    kept = msgspec.structs.replace(made, is_new=False)
    assert pack(kept, toy_made, tmp_path / "kept").model == ""
    early = msgspec.structs.replace(kept, stages={}, version=None)
    assert pack(early, toy_made, tmp_path / "early") == Parcel(early)


def test_what_is_damaged_or_gone_stays_here(made: Record, toy_made: Workspace, tmp_path: Path) -> None:
    store = Store(shutil.copytree(toy_made.store.root, tmp_path / "store"))
    graph = store.root / "toy/versions/1/score.onnx"
    graph.write_bytes(b"\0" + graph.read_bytes()[1:])
    shutil.rmtree(store.root / "toy/judge")
    assert pack(made, toy_made, tmp_path / "scratch", store) == Parcel(made)


def test_the_trials_of_a_search_go_with_it_as_a_table(toy_made: Workspace, tmp_path: Path) -> None:
    store, made = Store(tmp_path / "store"), {"by": "a test"}
    trials = [
        {"number": 0, "params": {"depth": 3}, "state": "complete", "value": 0.9, "why": "", "noted": {}},
        {"number": 1, "params": {"leaves": 8}, "state": "failed", "value": None, "why": "no", "noted": {}},
    ]
    with store.writing("toy/tune", key="k", parents={}, made=made) as out:
        out.write("studies.json", msgspec.json.encode([{"name": "score.tree", "trials": trials}]))
    artifact = store.find("toy/tune", key="k")
    assert artifact
    run = record(verb="tune", stages={"tune": StageRun("made", artifact.digest)})
    table = pack(run, toy_made, tmp_path / "scratch", store).trials["score/tree"]
    assert table.columns == ["number", "state", "value", "why", "depth", "leaves"]
    assert table.data == [[0, "complete", 0.9, "", 3, None], [1, "failed", None, "no", None, 8]]
