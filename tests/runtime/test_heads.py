"""ONNX Runtime under the heads: one row is answered as in a batch, and nobody is told of its use."""

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from detectory.errors import BundleRefused
from detectory.models import graph
from detectory.models.graph import Part
from detectory.runtime import Head
from detectory.schema import Array

ROWS = {"dense": np.random.default_rng(1).normal(size=(600, 3)).astype(np.float32)}

BEGIN = "import detectory.runtime"
# It says nothing where a build server's variable is set (CI, GITHUB_ACTIONS, ...): these alone go in.
KEPT = ("PATH", "PYTHONPATH", "LD_LIBRARY_PATH")


@pytest.mark.parametrize(("said", "tells"), [({}, False), ({"ORT_DISABLE_TELEMETRY": "0"}, True)])
def test_nobody_is_told_what_is_run_unless_somebody_wants_it(
    said: dict[str, str], tells: bool, tmp_path: Path
) -> None:
    """Its uploader keeps an identifier and a queue of events in a folder; without it there is none."""
    known = {name: os.environ[name] for name in KEPT if name in os.environ}
    nowhere = dict.fromkeys(("https_proxy", "HTTPS_PROXY"), "http://127.0.0.1:9")
    home = {"HOME": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path / "cache")}
    subprocess.run([sys.executable, "-c", BEGIN], env={**known, **home, **nowhere, **said}, check=True)
    assert any(tmp_path.rglob("onnxruntime*")) == tells


@pytest.fixture
def head() -> Head:
    weights = np.array([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]], dtype=np.float32)
    part = Part("dense").then("MatMul", graph.OUTPUT, weights)
    model = graph.build(part, inputs=graph.inputs_of(ROWS), head="family", classes=2)
    return Head(graph.to_bytes(model), name="family.onnx")


def alone(at: int) -> dict[str, np.ndarray]:
    return {"dense": ROWS["dense"][at : at + 1]}


def test_one_row_is_answered_as_in_a_batch_and_keeps_its_answer(head: Head) -> None:
    told = [head.answer(alone(at)) for at in range(20)]
    np.testing.assert_array_equal(np.concatenate(told), head.answer(ROWS)[:20])


def test_callers_at_the_same_time_get_their_own_answers(head: Head) -> None:
    with ThreadPoolExecutor(8) as callers:
        told = list(callers.map(lambda at: head.answer(alone(at)), range(600)))
    np.testing.assert_array_equal(np.concatenate(told), head.answer(ROWS))


@pytest.mark.parametrize(
    ("strange", "said"),
    [(np.ones((1, 1), np.float32), r"float32\[1, 1\]"), (np.ones((1, 3), np.float64), r"float64\[1, 3\]")],
)
def test_a_row_that_the_graph_cannot_read_is_refused_alone_as_in_a_batch(
    head: Head, strange: Array, said: str
) -> None:
    with pytest.raises(ValueError, match=rf"'dense' is {said}, and the graph reads float32\[1, 3\]"):
        head.answer({"dense": strange})
    with pytest.raises(Exception, match=r"dense|data type"):
        head.answer({"dense": np.repeat(strange, 2, axis=0)})
    np.testing.assert_array_equal(head.answer(alone(7)), head.answer(ROWS)[7:8])


def test_a_graph_that_does_not_run_is_refused_when_it_is_opened() -> None:
    wrong = (
        Part("dense")
        .then("Reshape", "three", np.array([3], dtype=np.int64))
        .then("Reshape", graph.OUTPUT, np.array([2, 2]))
    )
    model = graph.build(wrong, inputs=graph.inputs_of(ROWS), head="family", classes=2)
    with pytest.raises(BundleRefused, match="its graph does not run"):
        Head(graph.to_bytes(model), name="family.onnx")
