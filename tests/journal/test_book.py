"""The journal keeps a record of every run, whatever becomes of the run or of the disk."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from detectory.artifacts import Store
from detectory.errors import AmbiguousRun, ArtifactDamaged, RecordTooNew, RunUnfinished, UnknownRun
from detectory.journal import Failure, Journal, Metric, Record, Running, Unreadable
from tests.journal.conftest import ENVIRONMENT, Clock, elsewhere

Begun = Callable[..., Running]


def states(journal: Journal) -> list[str]:
    return [one.state if isinstance(one, Record) else "unreadable" for one in journal.records()]


def test_a_run_is_running_from_its_first_moment_and_done_after_its_last(
    journal: Journal, begun: Begun, clock: Clock
) -> None:
    running = begun()
    assert states(journal) == ["running"]
    clock.move(2.5)
    running.end("done", metrics={"roc_auc": Metric(0.9, 0.8, 0.95)})
    record = journal.get("latest")
    assert (record.state, record.seconds, record.ended) == ("done", 2.5, "2026-11-21T15:31:04.500+00:00")
    assert record.metrics == {"roc_auc": Metric(0.9, 0.8, 0.95)}


def test_an_id_says_when_and_which_detector_and_sorts_by_time(journal: Journal, begun: Begun) -> None:
    for name in ("dga", "my-own", "dga"):
        begun(name).end("done")
    assert journal.ids() == sorted(journal.ids())
    assert journal.ids()[0].startswith("20261121-153102-dga-")
    assert [one.detector for one in journal.records("my-own") if isinstance(one, Record)] == ["my-own"]
    assert len(journal.records("dga", last=1)) == 1


def test_a_run_whose_process_is_dead_reads_killed(journal: Journal, begun: Begun) -> None:
    begun(dead=True)
    begun()
    assert states(journal) == ["killed", "running"]


def test_a_run_of_another_machine_is_believed_to_go_on(store: Store, clock: Clock) -> None:
    journal = Journal(store, clock=clock, process=elsewhere())
    running = journal.begin("run", "dga", environment=ENVIRONMENT)
    assert states(journal) == ["running"]
    journal.remove(running.id)  # nobody can ask whether it lives, so whoever removes it must know
    assert states(journal) == []


def test_what_was_written_outlives_kill_9(store: Store, journal: Journal, tmp_path: Path) -> None:
    process = multiprocessing.get_context("fork").Process(target=_write_and_die, args=(store,))
    process.start()
    process.join()
    assert process.exitcode == -signal.SIGKILL
    record = journal.get("latest")
    assert (record.state, record.version, record.series[0].value) == ("killed", 7, [0.5])


def _write_and_die(store: Store) -> None:
    running = Journal(store).begin("run", "dga", environment=ENVIRONMENT)
    running.step("score.net.loss", 1, 0.5)
    running.save(version=7)
    os.kill(os.getpid(), signal.SIGKILL)


def test_two_runs_at_once_do_not_disturb_one_another(store: Store, journal: Journal) -> None:
    writers = [
        multiprocessing.get_context("fork").Process(target=_write_often, args=(store, seed))
        for seed in range(3)
    ]
    for one in writers:
        one.start()
    for one in writers:
        one.join()
    found = [one for one in journal.records() if isinstance(one, Record)]
    assert sorted((one.seed, one.state, one.version) for one in found) == [(n, "done", 19) for n in range(3)]
    assert not list(store.root.rglob(".tmp-*"))


def _write_often(store: Store, seed: int) -> None:
    running = Journal(store).begin("run", "dga", environment=ENVIRONMENT, seed=seed)
    for number in range(20):
        running.save(version=number)
    running.end("done")


@pytest.mark.parametrize("damage", [b"", b"{", b'{"body": {}, "sha256": "0"}', bytes(100)])
def test_a_damaged_record_is_told_and_the_others_are_listed(
    store: Store, journal: Journal, begun: Begun, damage: bytes
) -> None:
    good, bad = begun(), begun()
    for one in (good, bad):
        one.end("done")
    (store.root / f"journal/{bad.id}.json").write_bytes(damage)
    first, second = journal.records()
    assert isinstance(first, Record)
    assert isinstance(second, Unreadable)
    assert f"runs remove {bad.id}" in second.why.fix
    with pytest.raises(ArtifactDamaged, match="not what was written"):
        journal.get(bad.id)
    journal.remove(bad.id)
    assert states(journal) == ["done"]


def test_damaged_steps_are_told_too(store: Store, journal: Journal, begun: Begun) -> None:
    running = begun()
    running.step("score.net.loss", 1, 0.5)
    running.end("done")
    (store.root / f"journal/{running.id}.steps.json").write_bytes(b"{")
    assert states(journal) == ["done"]
    with pytest.raises(ArtifactDamaged, match="not what was written"):
        journal.get("latest")


def test_a_record_of_other_types_is_damaged_and_one_of_a_newer_shape_is_too_new(
    store: Store, journal: Journal, begun: Begun
) -> None:
    running = begun()
    running.end("done")
    name = f"journal/{running.id}.json"
    body = store.document(name)
    store.put(name, {**body, "seed": "many"})
    with pytest.raises(ArtifactDamaged, match="not what was written"):
        journal.get(running.id)
    store.put(name, {**body, "schema_version": 2})
    with pytest.raises(RecordTooNew, match="has shape 2"):
        journal.get(running.id)


def test_a_run_is_found_by_the_beginning_of_its_id_and_as_the_latest(journal: Journal, begun: Begun) -> None:
    first, second = begun(), begun("toy")
    assert journal.get(first.id[:15]).id == first.id
    assert journal.get("latest").id == second.id
    assert journal.get("latest~1").id == first.id
    with pytest.raises(AmbiguousRun, match="beginning of 2 runs"):
        journal.get("2026")
    with pytest.raises(UnknownRun, match="no run 'latest~2'"):
        journal.get("latest~2")
    with pytest.raises(UnknownRun) as caught:
        journal.get(first.id.replace("dga", "dag"))
    assert f"did you mean '{first.id}'" in caught.value.why


def test_the_newest_runs_are_named_where_none_is_found(journal: Journal, begun: Begun) -> None:
    runs = [begun().id for _ in range(7)]
    with pytest.raises(UnknownRun) as caught:
        journal.get("zzz")
    assert caught.value.why == f"the latest: {', '.join(runs[2:])} and 2 before them"


@pytest.mark.parametrize("wanted", ["../keys/signing", "", "*"])
def test_no_name_leads_out_of_the_journal(journal: Journal, wanted: str) -> None:
    with pytest.raises(UnknownRun):
        journal.get(wanted)


def test_a_run_that_goes_on_is_not_removed(journal: Journal, begun: Begun) -> None:
    running = begun()
    with pytest.raises(RunUnfinished, match="is not over"):
        journal.remove(running.id)
    running.end("failed", error=Failure("E4014", "no row is good"))
    journal.remove(running.id)
    assert journal.ids() == []


def test_what_became_of_a_record_in_trackers_is_noted_in_it(journal: Journal, begun: Begun) -> None:
    running = begun()
    running.end("done", sinks={"mlflow": "waiting", "wandb": "waiting"})
    journal.mark(running.id, mlflow="sent")
    assert journal.get(running.id).sinks == {"mlflow": "sent", "wandb": "waiting"}
    journal.remove(running.id)
    journal.mark(running.id, wandb="sent")
    assert journal.ids() == []


def test_a_journal_that_cannot_be_written_fails_no_run_and_is_told_once(clock: Clock, tmp_path: Path) -> None:
    (tmp_path / "journal").write_text("a file where the folder should be")
    told: list[str] = []
    journal = Journal(Store(tmp_path), clock=clock)
    running = journal.begin("run", "dga", environment=ENVIRONMENT, tell=told.append)
    running.save(version=1)
    running.end("done")
    assert len(told) == 1
    assert "the journal is not written" in told[0]
