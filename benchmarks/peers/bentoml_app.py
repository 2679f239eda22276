"""BentoML around ONNX Runtime. Served by ``bentoml serve``; the folder stands in ``BENCHMARK_FOLDER``."""

from __future__ import annotations

import os

import bentoml
import numpy as np
import onnxruntime as ort


@bentoml.service(workers=1, logging={"access": {"enabled": False}})
class Scores:
    """One worker, one thread."""

    def __init__(self) -> None:
        options = ort.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        path = f"{os.environ['BENCHMARK_FOLDER']}/model.onnx"
        self.session = ort.InferenceSession(path, options, providers=["CPUExecutionProvider"])

    @bentoml.api
    def predict(self, rows: list[list[float]]) -> list[float]:
        """A log-odds a row."""
        scores: list[float] = self.session.run(None, {"dense": np.array(rows, dtype=np.float32)})[0].tolist()
        return scores
