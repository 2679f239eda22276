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


def test_one_part_joined_to_nothing_needs_no_node() -> None:
    assert joined("Concat", "columns", [Part("dense")], axis=1).nodes == ()


def test_what_no_input_decides_is_worked_out_and_changes_no_answer(ask: Ask) -> None:
    table = graph.constant("table", np.arange(6, dtype=np.float32).reshape(3, 2))
    part = joined("MatMul", graph.OUTPUT, [Part("dense"), table.rows("last", 1, None).then("Neg", "less")])
    model = graph.build(part, inputs=graph.inputs_of(DENSE), head="family", classes=2)
    assert [node.name for node in graph.fixed(model)] == ["last", "less"]
    less = graph.worked_out(model)
    assert [node.name for node in less.graph.node] == [graph.OUTPUT]
    assert list(graph.constants_of(less)) == ["less"]
    assert ask(less, DENSE).tolist() == ask(model, DENSE).tolist() == [[-10, -13], [-22, -29]]


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
