"""Graphs put together from parts."""

from __future__ import annotations

import numpy as np
import onnx
import pytest

from detectory.models import graph
from detectory.models.graph import Part, joined
from tests.models.conftest import Ask

DENSE = {"dense": np.array([[1, 2], [3, 4]], dtype=np.float32)}


def doubled() -> Part:
    return Part("dense").then("Mul", "twice", np.array([2], dtype=np.float32))


def test_a_part_that_two_others_share_is_written_once(ask: Ask) -> None:
    twice = doubled()
    both = joined("Add", graph.OUTPUT, [twice.then("Neg", "less"), twice.then("Abs", "size")])
    assert [node.name for node in both.nodes] == ["twice", "less", "size", graph.OUTPUT]
    model = graph.build(both, inputs=graph.inputs_of(DENSE), head="family", classes=2)
    assert ask(model, DENSE).tolist() == [[0, 0], [0, 0]]


def test_versions_and_producer_are_fixed() -> None:
    part = doubled().then("Identity", graph.OUTPUT)
    model = graph.build(part, inputs=graph.inputs_of(DENSE), head="family", classes=2)
    assert (model.ir_version, model.producer_name) == (10, "detectory")
    assert {each.domain: each.version for each in model.opset_import} == {"": 21, "ai.onnx.ml": 3}


def test_a_graph_of_the_wrong_width_is_refused() -> None:
    part = doubled().then("Identity", graph.OUTPUT)
    with pytest.raises(onnx.shape_inference.InferenceError, match=r"2 vs 3|dimension"):
        graph.build(part, inputs=graph.inputs_of(DENSE), head="family", classes=3)


def test_a_graph_that_lacks_the_output_is_refused() -> None:
    with pytest.raises(onnx.checker.ValidationError, match="log_odds"):
        graph.build(doubled(), inputs=graph.inputs_of(DENSE), head="family", classes=2)
