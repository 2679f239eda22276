"""A head: one ONNX graph of a bundle, ready to run."""

from __future__ import annotations

from threading import Lock

import numpy as np
import onnxruntime as ort
from numpy.typing import NDArray

from detectory.errors import BundleRefused
from detectory.runtime.one_row import OneRow
from detectory.schema import Features

CHUNK_ROWS = 256  # a chunk of n-gram weights (rows × 128 × families) still fits the second-level cache


def session_of(graph: bytes, *, name: str) -> ort.InferenceSession:
    """A graph, ready to run on one thread. Raises `BundleRefused` for one that cannot be loaded."""
    options = ort.SessionOptions()
    options.intra_op_num_threads = 1  # contended threads are ten times slower than one
    options.inter_op_num_threads = 1
    options.log_severity_level = 4  # failures are raised; the library's own log says them twice
    try:
        return ort.InferenceSession(graph, options, providers=["CPUExecutionProvider"])
    except Exception as error:  # onnxruntime raises types of a private module
        raise BundleRefused(name, why=f"its graph cannot be loaded: {error}") from error


class Head:
    """One ONNX graph, run on one thread.

    >>> Head(b"no graph", name="score")  # doctest: +IGNORE_EXCEPTION_DETAIL
    Traceback (most recent call last):
    detectory.errors.integrity.BundleRefused: the bundle is refused
    """

    def __init__(self, graph: bytes, *, name: str) -> None:
        self._session = session_of(graph, name=name)
        self.inputs = [tensor.name for tensor in self._session.get_inputs()]
        self._outputs = [tensor.name for tensor in self._session.get_outputs()]
        self._one_caller = Lock()
        try:
            self._one_row = OneRow(self._session)
        except Exception as error:  # onnxruntime raises types of a private module
            raise BundleRefused(name, why=f"its graph does not run: {error}") from error

    def forget_graph(self) -> None:
        """Let go of the graph's bytes: onnxruntime keeps them to begin anew with another provider."""
        self._session._model_bytes = None

    def answer(self, features: Features) -> NDArray[np.float32]:
        """What the graph says of every row.

        Log-odds float32[N] for the head ``score``, logits float32[N, K] for ``family``, and numbers in the
        unit of the target, float32[N], for ``value``, ``low`` and ``high``.
        """
        count = len(features[self.inputs[0]])
        if count == 1 and self._one_caller.acquire(False):
            try:
                return self._one_row.answer(features)
            finally:
                self._one_caller.release()
        if count <= CHUNK_ROWS:
            return self._run({name: features[name] for name in self.inputs})
        chunks = range(0, count, CHUNK_ROWS)
        parts = [{n: features[n][at : at + CHUNK_ROWS] for n in self.inputs} for at in chunks]
        return np.concatenate([self._run(part) for part in parts])

    def _run(self, feed: Features) -> NDArray[np.float32]:
        output: NDArray[np.float32] = self._session.run(self._outputs, feed)[0]
        return output
