"""The model of the comparison, and how each server gets it: one booster, three forms.

Goes in: a seed. Comes out, in a folder: ``model.json`` (XGBoost's own), ``model.onnx`` (its raw margin,
written by our exporter), ``ours/`` (the signed bundle of a detector with 80 fields of type float) and
``key.txt`` (the API key that ours asks for).
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import numpy as np
import xgboost

from detectory import apikey, bundle, signing
from detectory.models import graph
from detectory.models.boosted import Rounds
from detectory.models.graph import Input, Part
from detectory.runtime import golden_of, open_scorer

WIDTH, TREES, DEPTH, ROWS = 80, 100, 6, 20_000
FIELDS = [f"f{at}" for at in range(WIDTH)]
HERE = Path(__file__).parent
HEAD = """
name = "table"
title = "A made-up table"
question = "Is this row odd?"
task = "binary"
licence = "made up"
libraries = []
unique_by = "f0"
gates = []
[label]
negative = "usual"
positive = "odd"
[split]
parts = { train = 1.0 }
[budget]
false_alerts_a_day = 1
benign_events_a_day = 100
prevalence = 0.1
[doors.row]
description = "one row"
"""
FIELD = 'fields.%s = { type = "float", description = "a number", example = 0.5 }\n'


def make(folder: Path) -> None:
    """Fit the booster and write all three."""
    rows = table(ROWS, seed=0)
    booster = fitted(rows, seed=0)
    booster.save_model(folder / "model.json")
    part = Rounds(booster, "score", 2).part(Part("dense"))
    inputs = (Input("dense", np.dtype(np.float32), WIDTH),)
    onnx = graph.to_bytes(graph.build(part, inputs=inputs, head="score", classes=2))
    (folder / "model.onnx").write_bytes(onnx)
    write_bundle(folder / "ours", onnx, rows[:3], folder / "signing.key")
    (folder / "key.txt").write_text(apikey.new("benchmark", ["predict"], now=0.0)[0])


def table(rows: int, *, seed: int) -> np.ndarray:
    """float32[rows, 80]: normal, four digits, as a client would send them."""
    return np.random.default_rng(seed).normal(size=(rows, WIDTH)).round(4).astype(np.float32)


def fitted(rows: np.ndarray, *, seed: int) -> xgboost.Booster:
    """A booster that must look at many columns: the truth is a noisy product of sums."""
    random = np.random.default_rng(seed + 1)
    sums = rows @ random.normal(size=(WIDTH, 2))
    truth = sums[:, 0] * sums[:, 1] + random.normal(size=len(rows)) > 0
    options = {
        "max_depth": DEPTH,
        "objective": "binary:logistic",
        "tree_method": "hist",
        "seed": seed,
        "base_score": 0.5,
    }
    return xgboost.train(options, xgboost.DMatrix(rows, truth), TREES)


def write_bundle(folder: Path, onnx: bytes, golden: np.ndarray, key: Path) -> None:
    """Sign a detector of these fields around the graph; it reproduces its golden rows when it is opened."""
    signing.new_key(key)
    words = {name: (HERE / "detector" / name).read_bytes() for name in ("parse.py", "features.py")}
    toml = (HEAD + "".join(FIELD % name for name in FIELDS)).encode()
    files = {**words, "detector.toml": toml, "score.onnx": onnx, "threshold.json": b'{"log_odds": 0.0}'}
    heads = {"score": bundle.Head("score.onnx", ["dense"])}
    rows = {name: column.tolist() for name, column in zip(FIELDS, golden.T.astype(float), strict=True)}
    draft = bundle.assemble(files, detector="table", heads=heads, lineage={"code": "benchmark"})
    digest = hashlib.sha256(onnx).hexdigest()
    scorer = open_scorer(bundle.Opened(str(folder), digest, draft, files), version="0")
    told = golden_of(rows, scorer.score(rows), scorer.features(rows))
    files["golden.json"] = json.dumps(told).encode()
    manifest = bundle.assemble(files, detector="table", heads=heads, lineage={"code": "benchmark"})
    folder.mkdir(parents=True)
    for name, data in bundle.signed(files, manifest, signing.private_key(key)).items():
        (folder / name).write_bytes(data)
