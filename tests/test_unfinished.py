"""What killed runs left is there to go on from, and is not there for ever."""

from __future__ import annotations

import os
import time
from pathlib import Path

from detectory import pipeline, unfinished
from detectory.artifacts import Store
from detectory.library import Workspace, run

HOUR_S = 3600.0


def left(store: Store, key: str, *, hours_ago: float) -> Path:
    """A checkpoint that a killed stage wrote so long ago."""
    file = unfinished.folder_of(store, "toy", key) / "candidate-score-charcnn/checkpoint.npz"
    file.parent.mkdir(parents=True)
    file.touch()
    for one in (file, file.parent, file.parent.parent):
        os.utime(one, (time.time() - hours_ago * HOUR_S,) * 2)
    return file


def test_a_run_that_ends_sweeps_away_what_is_a_week_old(toy_home: Workspace) -> None:
    old, new = left(toy_home.store, "old", hours_ago=24 * 8), left(toy_home.store, "new", hours_ago=24 * 6)
    run("toy", stages=pipeline.chosen(["bronze"]), within=toy_home)
    assert (old.exists(), new.exists()) == (False, True)
    assert not old.parents[1].exists()


def test_what_is_still_written_in_is_not_old(tmp_path: Path) -> None:
    store = Store(tmp_path)
    file = left(store, "old", hours_ago=24 * 8)
    os.utime(file)
    unfinished.sweep(store, "toy", now=time.time())
    assert file.exists()


def test_where_nothing_was_left_nothing_is_swept(tmp_path: Path) -> None:
    unfinished.sweep(Store(tmp_path), "toy", now=time.time())
    assert list(tmp_path.iterdir()) == []
