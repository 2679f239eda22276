"""A fit that was killed goes on where it was, and gives the bytes that it would have given."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from detectory.models.candidate import Lesson, Step, Validation
from detectory.models.graph import to_bytes
from detectory.models.nets.checkpoint import NAME, Checkpoint
from detectory.schema import Features
from tests import needs
from tests.models.nets.conftest import Fit

needs.library("torch", extra="deep")


class Stopped(Exception):
    """Somebody pulled the plug."""


def until(epoch: int) -> object:
    def watch(step: Step) -> None:
        if step.at == epoch:
            raise Stopped

    return watch


@pytest.fixture
def held(lesson: Lesson, features: Features) -> dict:
    return {"validation": Validation(features, lesson.target)}


@pytest.mark.parametrize("kind", ["charcnn", "mlp"])
def test_a_fit_that_was_ended_gives_the_bytes_of_one_that_was_not(
    kind: str, fit: Fit, held: dict, tmp_path: Path
) -> None:
    whole = to_bytes(fit(kind, otherwise=held).graph())
    with pytest.raises(Stopped):
        fit(kind, otherwise=held | {"work": tmp_path, "watch": until(3)})
    steps: list[Step] = []
    resumed = fit(kind, otherwise=held | {"work": tmp_path, "watch": steps.append})
    assert to_bytes(resumed.graph()) == whole
    assert [step.at for step in steps] == [1, 2, 3, 4, 5, 6]


def test_a_fit_that_is_over_is_not_made_again(fit: Fit, held: dict, tmp_path: Path) -> None:
    first = fit(otherwise=held | {"work": tmp_path})
    kept = (tmp_path / NAME).read_bytes()
    again = fit(otherwise=held | {"work": tmp_path})
    assert to_bytes(again.graph()) == to_bytes(first.graph())
    assert (tmp_path / NAME).read_bytes() == kept


def test_what_another_lesson_left_is_not_used(fit: Fit, held: dict, tmp_path: Path) -> None:
    with pytest.raises(Stopped):
        fit(otherwise=held | {"work": tmp_path, "watch": until(3)})
    assert to_bytes(fit(dropout=0.0, otherwise=held | {"work": tmp_path}).graph()) == to_bytes(
        fit(dropout=0.0, otherwise=held).graph()
    )


def test_what_is_damaged_is_not_used(tmp_path: Path) -> None:
    kept = Checkpoint(tmp_path, "lesson")
    kept.write({"weight": np.arange(50.0)})
    whole = (tmp_path / NAME).read_bytes()
    assert kept.read() is not None
    assert Checkpoint(tmp_path, "another").read() is None
    for damaged in (b"", whole[:-40], whole[:300] + b"\xff" + whole[301:], b"PK" + bytes(200)):
        (tmp_path / NAME).write_bytes(damaged)
        assert kept.read() is None


def test_no_pickle_is_ever_read(tmp_path: Path) -> None:
    with (tmp_path / NAME).open("wb") as stream:
        np.savez(stream, lesson=np.array("lesson"), weight=np.array([{}], dtype=object))
    assert Checkpoint(tmp_path, "lesson").read() is None


KILLED = """
import os, signal, sys
from pathlib import Path
import numpy as np
from detectory.models import mlp
from detectory.models.candidate import Candidate, Lesson
from detectory.models.graph import to_bytes

def watch(step):
    if step.at == 3 and sys.argv[2] == "killed":
        os.kill(os.getpid(), signal.SIGKILL)

dense = np.random.default_rng(0).normal(size=(80, 3)).astype(np.float32)
net = Candidate("net", "score", "mlp", ("dense",), {"epochs": 5, "hidden": "8", "batch_size": 16})
work = Path(sys.argv[1]) if sys.argv[1] else None
fitted = mlp.fit(net, Lesson({"dense": dense}, dense[:, 0] > 0, watch=watch, work=work))
Path(sys.argv[3]).write_bytes(to_bytes(fitted.graph()))
"""


def test_after_kill_9_the_bytes_are_those_of_an_unkilled_fit(tmp_path: Path) -> None:
    def run(work: str, how: str) -> int:
        arguments = [sys.executable, "-c", KILLED, work, how, str(tmp_path / f"{how}.onnx")]
        return subprocess.run(arguments, check=False, timeout=300).returncode

    work = str(tmp_path / "work")
    assert run(work, "killed") == -signal.SIGKILL
    assert run(work, "resumed") == 0
    assert run("", "whole") == 0
    assert (tmp_path / "resumed.onnx").read_bytes() == (tmp_path / "whole.onnx").read_bytes()
