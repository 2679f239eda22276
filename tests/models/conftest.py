"""A small table with every sort of tensor, and a way to ask a graph."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import onnx
import onnxruntime
import pytest

from detectory.models.graph import to_bytes
from detectory.schema import Array, Features
from tests import needs

ROWS, CLASSES = 600, ("ant", "bee", "cat", "dog")
#: kinds that are trained by torch
NETS = frozenset({"charcnn", "mlp"})
Ask = Callable[[onnx.ModelProto, Mapping[str, Array]], Array]


@pytest.fixture(autouse=True)
def torch_for_nets(request: pytest.FixtureRequest) -> None:
    """A test of a kind that is trained by torch needs it."""
    callspec = getattr(request.node, "callspec", None)
    if callspec and callspec.params.get("kind") in NETS:
        needs.library("torch", extra="deep")


@pytest.fixture(scope="session")
def family() -> Array:
    """int64[600]: four classes, the first as frequent as the others together."""
    return np.random.default_rng(1).choice(4, ROWS, p=[0.5, 0.2, 0.2, 0.1])


@pytest.fixture(scope="session")
def features(family: Array) -> Features:
    """Dense columns, a category, n-gram ids and letters that all lean on the class."""
    random = np.random.default_rng(2)
    dense = random.normal(size=(ROWS, 6)).astype(np.float32)
    dense[:, 0] += family
    ids = random.integers(1, 3000, size=(ROWS, 128), dtype=np.int32)
    ids[:, :5] = 3000 + 10 * family[:, None] + random.integers(0, 10, size=(ROWS, 5))
    ids[np.arange(128) >= random.integers(3, 40, size=(ROWS, 1))] = 0
    suffix = random.zipf(1.5, ROWS).clip(max=60) * 977 + family
    chars = random.integers(97, 123, size=(ROWS, 24), dtype=np.uint8)
    chars[np.arange(24) >= random.integers(4, 24, size=(ROWS, 1))] = 0
    chars[:, 1:3] = 48 + family[:, None]
    return {"dense": dense, "suffix_id": suffix.astype(np.int64), "ids": ids, "chars": chars}


@pytest.fixture(scope="session")
def extremes() -> Features:
    """Rows at the ends of what each tensor can hold; none of the categories is known."""
    largest, least = np.finfo(np.float32).max, np.finfo(np.float32).smallest_subnormal
    dense = np.repeat(np.array([[largest], [-largest], [least], [-least], [0]], np.float32), 6, axis=1)
    ids = np.repeat(np.array([[0], [1], [65535], [3000], [7]], np.int32), 128, axis=1)
    chars = np.repeat(np.array([[0], [1], [255], [97], [0]], np.uint8), 24, axis=1)
    chars[4, 23] = 122
    return {"dense": dense, "suffix_id": np.array([0, 1, 2**62, 2**63 - 1, 42]), "ids": ids, "chars": chars}


@pytest.fixture(scope="session")
def ask() -> Ask:
    """What ONNX Runtime answers from a model's bytes, on one thread."""

    def answer(model: onnx.ModelProto, features: Mapping[str, Array]) -> Array:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        session = onnxruntime.InferenceSession(to_bytes(model), options, providers=["CPUExecutionProvider"])
        return session.run(None, {each.name: features[each.name] for each in session.get_inputs()})[0]

    return answer
