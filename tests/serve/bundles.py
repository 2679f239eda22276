"""Small signed bundles: a detector's own words, parse and features, and a graph of a few weights."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from detectory import bundle, signing
from detectory.runtime import Scorer, golden_of, open_scorer

DGA = Path(bundle.__file__).parent / "detectors" / "dga"
GOLDEN = {"domain": ["google.com", "xjwq3kzpt1vbnm.com", "www.bbc.co.uk"]}
LINEAGE: dict[str, Any] = {"code": "test"}

FLOW_TOML = """
name = "flow"
title = "Flows"
question = "Is this flow odd?"
task = "binary"
licence = "made by the test suite"
libraries = []
unique_by = "amount"
gates = []
[doors.flow]
description = "one flow"
fields.seconds = { type = "float", description = "how long", example = 0.5 }
fields.packets = { type = "integer", description = "how many", example = 3 }
fields."id.port" = { type = "integer", description = "to which port", example = 23, optional = true }
[doors.total]
description = "only a total"
open = true
fields.bytes = { type = "integer", description = "how much", example = 40 }
[label]
negative = "usual"
positive = "odd"
[split]
parts = { train = 1.0 }
[budget]
false_alerts_a_day = 1
benign_events_a_day = 100
prevalence = 0.1
"""
FLOW_PARSE = """
import numpy as np
from detectory.schema import Parsed, Rejected

def parse(rows, *, door):
    column = "bytes" if door == "total" else "packets"
    kept = [row for row, value in enumerate(rows[column]) if value >= 0]
    refused = [Rejected(row, column, "negative") for row, value in enumerate(rows[column]) if value < 0]
    places = np.array(kept, dtype=np.int64)
    return Parsed({"amount": [rows[column][row] for row in kept]}, np.arange(len(kept)), places, refused)
"""
FLOW_FEATURES = """
import numpy as np

def features(rows):
    return {"dense": np.array(rows["amount"], dtype=np.float32).reshape(-1, 1)}
"""


def linear(weights: np.ndarray) -> bytes:
    """A graph ``log_odds = dense · weights``: [D] gives float32[N], [D, K] gives float32[N, K]."""
    shape: list[str | int] = ["N", *weights.shape[1:]]
    node = helper.make_node("MatMul", ["dense", "w"], ["log_odds"])
    graph = helper.make_graph(
        [node],
        "linear",
        [helper.make_tensor_value_info("dense", TensorProto.FLOAT, ["N", weights.shape[0]])],
        [helper.make_tensor_value_info("log_odds", TensorProto.FLOAT, shape)],
        [numpy_helper.from_array(weights.astype(np.float32), "w")],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    onnx.checker.check_model(model)
    return bytes(model.SerializeToString())


def dga_files() -> dict[str, bytes]:
    """The files of a bundle with dga's own parse and features, and a few weights."""
    words = {name: (DGA / name).read_bytes() for name in ("detector.toml", "parse.py", "features.py")}
    from detectory.detectors.dga.features import DENSE

    weights = np.zeros(len(DENSE))
    weights[DENSE.index("digit_share")] = 20.0
    families = np.stack([weights, -weights, weights * 0], axis=1)
    graphs = {"score.onnx": linear(weights), "family.onnx": linear(families)}
    return {**words, **graphs, "threshold.json": b'{"log_odds": 1.0}'}


def dga_heads() -> dict[str, bundle.Head]:
    """Both heads of `dga_files`."""
    score = bundle.Head("score.onnx", ["dense"])
    return {"score": score, "family": bundle.Head("family.onnx", ["dense"], ["conficker", "gozi", "pykspa"])}


def flow_files() -> dict[str, bytes]:
    """The files of a bundle with a number in each field and two doors."""
    words = {"detector.toml": FLOW_TOML, "parse.py": FLOW_PARSE, "features.py": FLOW_FEATURES}
    files = {name: text.encode() for name, text in words.items()}
    return {**files, "score.onnx": linear(np.array([0.01])), "threshold.json": b'{"log_odds": 1.0}'}


def flow_heads() -> dict[str, bundle.Head]:
    """The head of `flow_files`."""
    return {"score": bundle.Head("score.onnx", ["dense"])}


def write(
    folder: Path,
    files: Mapping[str, bytes],
    heads: Mapping[str, bundle.Head],
    golden: Mapping[str, Any],
    key: Path,
) -> Callable[[], Scorer]:
    """Sign and write a bundle whose golden rows are scored by itself; gives what opens it."""
    name = "flow" if b'"flow"' in files["detector.toml"] else "dga"
    draft = bundle.assemble(files, detector=name, heads=heads, lineage=LINEAGE)
    scorer = open_scorer(
        bundle.Opened(str(folder), hashlib.sha256(str(folder).encode()).hexdigest(), draft, files),
        version="0",
    )
    told = golden_of(golden, scorer.score(golden), scorer.features(golden))
    return write_golden(folder, files, heads, told, key)


def write_golden(
    folder: Path,
    files: Mapping[str, bytes],
    heads: Mapping[str, bundle.Head],
    golden: Mapping[str, Any],
    key: Path,
) -> Callable[[], Scorer]:
    """Sign and write a bundle with these golden rows, true or not."""
    name = "flow" if b'"flow"' in files["detector.toml"] else "dga"
    whole = {**files, "golden.json": json.dumps(golden).encode()}
    manifest = bundle.assemble(whole, detector=name, heads=heads, lineage=LINEAGE)
    folder.mkdir(parents=True)
    for file, data in bundle.signed(whole, manifest, signing.private_key(key)).items():
        (folder / file).write_bytes(data)
    return opener(folder, key.with_suffix(".pub"))


def opener(folder: Path, public: Path) -> Callable[[], Scorer]:
    """Open and check a bundle's folder."""
    return lambda: open_scorer(bundle.open_folder(folder, signing.trusted_keys([public])), version="1")
