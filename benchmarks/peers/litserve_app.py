"""LitServe around ONNX Runtime, as its documentation shows it. ``FOLDER PORT``."""

from __future__ import annotations

import sys
from typing import Any

import litserve
import numpy as np
import onnxruntime as ort

folder, port = sys.argv[1:]


class Scores(litserve.LitAPI):
    """The four verbs of LitServe."""

    def setup(self, device: str) -> None:
        """Open the graph."""
        options = ort.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        self.session = ort.InferenceSession(
            f"{folder}/model.onnx", options, providers=["CPUExecutionProvider"]
        )

    def decode_request(self, request):  # type: ignore[no-untyped-def]  # an annotation would be read as a query's
        """Rows of 80 numbers."""
        return np.array(request["rows"], dtype=np.float32)

    def predict(self, rows: Any) -> Any:
        """Score rows."""
        return self.session.run(None, {"dense": rows})[0]

    def encode_response(self, scores: Any) -> Any:
        """A log-odds a row."""
        return {"scores": scores.tolist()}


if __name__ == "__main__":
    server = litserve.LitServer(Scores(), accelerator="cpu")
    server.run(
        host="127.0.0.1", port=int(port), log_level="error", access_log=False, generate_client_file=False
    )
