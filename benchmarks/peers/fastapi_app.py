"""Plain FastAPI around ONNX Runtime: what one writes in ten minutes. ``FOLDER PORT``."""

from __future__ import annotations

import sys

import numpy as np
import onnxruntime as ort
import uvicorn
from fastapi import FastAPI
from pydantic import BaseModel

folder, port = sys.argv[1:]
options = ort.SessionOptions()
options.intra_op_num_threads = options.inter_op_num_threads = 1
session = ort.InferenceSession(f"{folder}/model.onnx", options, providers=["CPUExecutionProvider"])
app = FastAPI()


class Request(BaseModel):
    """Rows of 80 numbers."""

    rows: list[list[float]]


class Answer(BaseModel):
    """A log-odds a row."""

    scores: list[float]


@app.post("/predict")
async def predict(request: Request) -> Answer:
    """Score rows."""
    rows = np.array(request.rows, dtype=np.float32)
    return Answer(scores=session.run(None, {"dense": rows})[0].tolist())


uvicorn.run(app, port=int(port), loop="uvloop", http="httptools", log_level="error", access_log=False)
