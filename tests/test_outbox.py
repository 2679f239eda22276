"""Runs wait in the journal until a tracker has them; none fails, none is lost, none is sent twice."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import msgspec
import pytest

from detectory import outbox
from detectory.errors import BadSetting, MissingExtra
from detectory.journal import Journal, Record, StageRun
from detectory.library import Workspace
from detectory.settings import Mlflow, Settings, Tracking, Wandb
from tests import needs
from tests.toy.make import make_home
from tests.tracking.records import record


def tracked(root: Path, **said: object) -> Workspace:
    """A workspace whose runs are sent somewhere."""
    tracking = Tracking(patience_s=280, **said)  # type: ignore[arg-type]
    return Workspace(root, Settings(tracking=tracking), dict(os.environ))


def keep(home: Workspace, *runs: Record) -> None:
    """Records in the journal, as runs leave them."""
    for run in runs:
        home.store.put(f"journal/{run.id}.json", msgspec.to_builtins(run))


def sinks_of(home: Workspace) -> list[dict[str, str]]:
    found = Journal(home.store).records()
    return [one.sinks for one in found if isinstance(one, Record)]


def waiting(number: int, **sinks: str) -> Record:
    return record(id=f"20261121-15310{number}-toy-1f3a", sinks=sinks)


def told(home: Workspace) -> list[str]:
    """What a run says of sinks when it is over."""
    said: list[str] = []
    with outbox.sending(home, said.append):
        pass
    return said


@pytest.fixture(autouse=True)
def libraries() -> None:
    needs.library("wandb", extra="wandb")
    needs.library("mlflow", extra="mlflow")


def test_a_tracker_that_is_away_is_told_and_tried_again_in_order(tmp_path: Path) -> None:
    (tmp_path / "wandb").write_text("this is no folder")
    home = tracked(tmp_path, sinks=("wandb",))
    keep(home, waiting(1, wandb="waiting"), waiting(2, wandb="waiting"), waiting(3), waiting(4, wandb="sent"))

    [line] = told(home)
    assert line.startswith("wandb: 2 not sent, tried again after the next run: ")
    first, *others = sinks_of(home)
    assert first["wandb"].startswith("waiting: ")
    assert others == [{"wandb": "waiting"}, {}, {"wandb": "sent"}]

    (tmp_path / "wandb").unlink()
    assert told(home) == ["wandb: 2 sent"]
    assert sinks_of(home) == [{"wandb": "sent"}, {"wandb": "sent"}, {}, {"wandb": "sent"}]
    assert len(list((tmp_path / "wandb").glob("offline-run-*"))) == 2
    assert told(home) == []


def test_a_run_that_a_tracker_refuses_for_ever_keeps_no_other_waiting(tmp_path: Path) -> None:
    refused = record(id="20261121-153101-toy-1f3a", began="never", sinks={"mlflow": "waiting: it will not"})
    home = tracked(tmp_path, sinks=("mlflow",))
    keep(home, refused, waiting(2, mlflow="waiting"))
    [line] = told(home)
    assert line.startswith("mlflow: 1 not sent")
    first, second = sinks_of(home)
    assert first["mlflow"].startswith("waiting: ValueError")
    assert second == {"mlflow": "sent"}


def test_what_nobody_foresaw_is_told_and_fails_no_run(tmp_path: Path) -> None:
    home = tracked(tmp_path, sinks=("wandb",))
    with home.store.writing("toy/tune", key="odd", parents={}, made={}) as out:
        out.write_json("studies.json", [{"no": "study"}])
    odd = home.store.find("toy/tune", key="odd")
    assert odd
    stages = {"tune": StageRun("made", odd.digest)}
    keep(home, record(id="20261121-153101-toy-1f3a", stages=stages, sinks={"wandb": "waiting"}))
    assert told(home) == ["runs are not sent, and tried again after the next one: KeyError: 'name'"]


def test_a_run_that_failed_is_sent_too_and_fails_as_it_did(tmp_path: Path) -> None:
    (tmp_path / "wandb").write_text("this is no folder")
    home = tracked(tmp_path, sinks=("wandb",))
    keep(home, waiting(1, wandb="waiting"))

    def fails() -> None:
        with outbox.sending(home, said.append):
            raise ArithmeticError("its own")

    said: list[str] = []
    with pytest.raises(ArithmeticError, match="its own"):
        fails()
    assert len(said) == 1
    assert sinks_of(home)[0]["wandb"].startswith("waiting: ")


def test_whoever_interrupts_a_run_does_not_wait(tmp_path: Path) -> None:
    home = tracked(tmp_path, sinks=("wandb",))
    keep(home, waiting(1, wandb="waiting"))
    with pytest.raises(KeyboardInterrupt), outbox.sending(home, pytest.fail):
        raise KeyboardInterrupt
    assert sinks_of(home) == [{"wandb": "waiting"}]


def test_while_another_command_sends_this_one_leaves_it_to_it(tmp_path: Path) -> None:
    home = tracked(tmp_path, sinks=("wandb",))
    keep(home, waiting(1, wandb="waiting"))
    with home.store.locked(outbox.LOCK):
        [line] = told(home)
    assert "runs are not sent, and tried again after the next one" in line


def test_a_library_that_is_missing_is_told_before_the_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "mlflow", None)  # as if it could not be found
    with pytest.raises(MissingExtra, match="'mlflow' is not installed") as missing:
        outbox.waiting(tracked(tmp_path, sinks=("mlflow",)))
    assert "detectory[mlflow]" in missing.value.fix


@pytest.mark.parametrize(
    ("said", "key"),
    [
        ({"sinks": ("mlflow",), "mlflow": Mlflow(token="env:NOWHERE")}, "tracking.mlflow.token"),
        ({"sinks": ("mlflow",), "mlflow": Mlflow(uri="file:nowhere")}, "tracking.mlflow.uri"),
        ({"sinks": ("wandb",), "wandb": Wandb(mode="online")}, "tracking.wandb.key"),
    ],
)
def test_a_reference_that_leads_nowhere_is_told_before_the_run(
    said: dict[str, object], key: str, tmp_path: Path
) -> None:
    with pytest.raises(BadSetting, match=key):
        outbox.waiting(tracked(tmp_path, **said))


def test_where_no_sink_is_named_nothing_waits(tmp_path: Path) -> None:
    home = make_home(tmp_path, origin="generated")
    keep(home, waiting(1, wandb="waiting"))
    assert outbox.waiting(home) == {}
    assert told(home) == []
