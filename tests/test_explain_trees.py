"""Reasons from trees: named features, with values as people know them and in the words of the bundle."""

from __future__ import annotations

import hashlib
from typing import Any

import numpy as np
import pytest

from detectory import bundle
from detectory.errors import BundleRefused
from detectory.explain import add_reasons
from detectory.models import graph
from detectory.models.ensemble import Tree, sum_of
from detectory.models.onehot import OneHot
from detectory.models.table import Table
from detectory.models.tree_tables import tables_of
from detectory.runtime import Record, open_scorer
from tests.serve.bundles import FLOW_TOML

PARSE = """
import numpy as np
from detectory.schema import Parsed, Rejected

def parse(rows, *, door):
    kept = [row for row, value in enumerate(rows["packets"]) if value >= 0]
    refused = [Rejected(row, "packets", "negative") for row, value in enumerate(rows["packets"]) if value < 0]
    taken = {name: [rows[name][row] for row in kept] for name in ("packets", "seconds", "id.port")}
    return Parsed(taken, np.arange(len(kept)), np.array(kept, dtype=np.int64), refused)
"""
FEATURES = """
import numpy as np

NAMES = {"dense": ("packets", "many", "pace_s"), "port_id": ("port_id",)}
WORDS = {"many": "more than a hundred packets?", "port_id": "the port"}
CATEGORIES = {"port_id": "id.port"}
LOGARITHMS = frozenset({"packets"})

def features(rows):
    packets = np.array(rows["packets"], dtype=np.float64)
    said = np.where(packets == 0, -1, np.log1p(packets))
    dense = np.stack([said, packets > 100, rows["seconds"]], axis=1).astype(np.float32)
    return {"dense": dense, "port_id": np.array(rows["id.port"], dtype=np.int64)}
"""
PORTS = OneHot(np.array([22, 23]), np.array([], dtype=np.int64))
INPUTS = [graph.Input("dense", np.dtype(np.float32), 3), graph.Input("port_id", np.dtype(np.int64), None)]


def stump(column: int, threshold: float, low: float, high: float) -> Tree:
    """Low below the threshold, which half of the rows were, else high."""
    return Tree(
        left=np.array([1, -1, -1]),
        right=np.array([2, -1, -1]),
        feature=np.array([column, 0, 0]),
        threshold=np.array([threshold, 0, 0], np.float32),
        missing_left=np.zeros(3, dtype=bool),
        cover=np.array([2, 1, 1], np.float32),
        leaves=np.array([1, 2]),
        targets=np.array([0, 0]),
        values=np.array([low, high], np.float32),
    )


#: the columns are packets, many, pace_s, port 22, port 23, rare ports, ports that nobody has met
TREES = [
    stump(0, 2.0, -1, 1),
    stump(1, 0.5, 0, 4),
    stump(2, 0.5, 0, 0.25),
    stump(3, 0.5, 0.5, -0.5),
    stump(4, 0.5, -2, 2),
]


def files() -> dict[str, bytes]:
    table = Table({"dense": None, "port_id": PORTS})
    margin = sum_of(TREES, table.part(), branch="BRANCH_LT", outputs=1, name="margin")
    score = graph.build(
        margin.then("Reshape", graph.OUTPUT, np.array([-1])), inputs=INPUTS, head="score", classes=1
    )
    tables = tables_of(
        TREES,
        table.part(),
        inputs=INPUTS,
        widths=table.widths(INPUTS),
        branch="BRANCH_LT",
        unit="log-odds",
    )
    words = {"detector.toml": FLOW_TOML, "parse.py": PARSE, "features.py": FEATURES}
    return {
        **{name: text.encode() for name, text in words.items()},
        "score.onnx": graph.to_bytes(score),
        "score.trees.onnx": graph.to_bytes(tables),
        "threshold.json": b'{"log_odds": 1.0}',
    }


def explained(files: dict[str, bytes], rows: dict[str, list[Any]]) -> list[Record]:
    head = bundle.Head("score.onnx", ["dense", "port_id"], trees="score.trees.onnx")
    manifest = bundle.assemble(files, detector="flow", heads={"score": head}, lineage={})
    digest = hashlib.sha256(files["features.py"]).hexdigest()
    scorer = open_scorer(bundle.Opened("here", digest, manifest, files), version="1")
    answers = scorer.score(rows)
    records = answers.records(rows)
    add_reasons(records, answers, scorer)
    return records


def test_features_are_named_with_their_values_the_strongest_first() -> None:
    (record,) = explained(files(), {"packets": [120], "seconds": [0.75], "id.port": [23]})
    assert [(reason["name"], reason["value"], reason["change"]) for reason in record["reasons"]] == [
        ("port_id", 23, 2.5),  # not 22 and 23: the columns of one tensor are one feature
        ("many", 1.0, 2.0),
        ("packets", 120.0, 1.0),
        ("pace_s", 0.75, 0.125),
    ]


def test_sentences_have_the_words_of_the_bundle_then_of_a_field_then_the_name() -> None:
    (record,) = explained(files(), {"packets": [120], "seconds": [0.75], "id.port": [23]})
    assert [reason["says"] for reason in record["reasons"]] == [
        "the port: 23; raises the score by 2.50 log-odds",
        "more than a hundred packets? yes; raises the score by 2.00 log-odds",
        "how many: 120; raises the score by 1.00 log-odds",
        "pace s: 0.75; raises the score by 0.12 log-odds",
    ]


def test_what_a_row_does_not_say_is_told_so() -> None:
    (record,) = explained(files(), {"packets": [0], "seconds": [0.0], "id.port": [0]})
    told = {reason["name"]: (reason["value"], reason["says"]) for reason in record["reasons"]}
    assert told["packets"] == (None, "how many: not said; lowers the score by 1.00 log-odds")


def test_a_row_that_does_not_parse_has_no_reasons_and_the_others_keep_theirs() -> None:
    rows = {"packets": [-1, 120], "seconds": [0.0, 0.0], "id.port": [23, 22]}
    refused, told = explained(files(), rows)
    assert refused["reasons"] is None
    assert {reason["name"]: reason["change"] for reason in told["reasons"]}["port_id"] == -2.5


def test_no_row_that_parses_has_no_reasons() -> None:
    (refused,) = explained(files(), {"packets": [-1], "seconds": [0.0], "id.port": [23]})
    assert refused["reasons"] is None


def test_tables_that_are_no_trees_are_refused_when_a_reason_is_asked_for() -> None:
    with pytest.raises(BundleRefused):
        explained(
            {**files(), "score.trees.onnx": b"none"}, {"packets": [1], "seconds": [0.0], "id.port": [1]}
        )
