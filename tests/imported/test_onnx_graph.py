"""A graph of somebody else becomes one of ours, or is refused with the reason."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from detectory.errors import ModelUnfit, ModelUnreadable
from detectory.imported import onnx_graph, probes, reader
from detectory.models import graph
from detectory.runtime import Head
from tests.imported.conftest import DENSE, SUFFIX, wish

WEIGHTS = np.array([[1.0], [-2.0], [0.5]], dtype=np.float32)
Harm = Callable[[onnx.ModelProto], None]


def line(*, out: str = "answer", width: int = 3, rows: str | int = "batch") -> onnx.ModelProto:
    """A line over ``dense``, as another library might write it: float32[N, 1]."""
    return helper.make_model(
        helper.make_graph(
            [helper.make_node("MatMul", ["dense", "weights"], [out], name="product")],
            "theirs",
            [helper.make_tensor_value_info("dense", TensorProto.FLOAT, [rows, width])],
            [helper.make_tensor_value_info(out, TensorProto.FLOAT, [rows, 1])],
            [numpy_helper.from_array(np.resize(WEIGHTS, (width, 1)), "weights")],
        ),
        opset_imports=[helper.make_opsetid("", 17)],
        ir_version=8,
    )


def adapted(model: onnx.ModelProto) -> onnx.ModelProto:
    return onnx_graph.adapted(model.SerializeToString(), wish(), where="theirs.onnx")


@pytest.mark.parametrize("out", ["answer", "log_odds", "variable"])
def test_its_answer_is_called_and_shaped_as_a_head_s(out: str) -> None:
    made = adapted(line(out=out))
    assert [each.name for each in made.graph.output] == ["log_odds"]
    rows = np.eye(3, dtype=np.float32)
    np.testing.assert_array_equal(Head(graph.to_bytes(made), name="x").answer({"dense": rows}), WEIGHTS[:, 0])


def of_another_domain(model: onnx.ModelProto) -> None:
    model.opset_import.append(helper.make_opsetid("com.evil", 1))


def with_weights_elsewhere(model: onnx.ModelProto) -> None:
    weights = model.graph.initializer[0]
    weights.ClearField("raw_data")
    weights.data_location = TensorProto.EXTERNAL
    weights.external_data.add(key="location", value="../../etc/passwd")


def with_a_sparse_constant_elsewhere(model: onnx.ModelProto) -> None:
    values = helper.make_tensor("values", TensorProto.FLOAT, [1], [1.0])
    values.data_location = TensorProto.EXTERNAL
    values.external_data.add(key="location", value="../../etc/passwd")
    indices = helper.make_tensor("indices", TensorProto.INT64, [1], [0])
    sparse = helper.make_sparse_tensor(values, indices, [3])
    model.graph.node.append(helper.make_node("Constant", [], ["x"], sparse_value=sparse))


def that_branches(model: onnx.ModelProto) -> None:
    model.graph.node.append(
        helper.make_node("If", ["dense"], ["x"], then_branch=line().graph, else_branch=line().graph)
    )


def that_throws_dice(model: onnx.ModelProto) -> None:
    model.graph.node.append(helper.make_node("RandomNormalLike", ["answer"], ["noise"]))


def with_a_missing_tensor(model: onnx.ModelProto) -> None:
    model.graph.node[0].input[1] = "nowhere"


@pytest.mark.parametrize(
    ("harm", "why"),
    [
        (of_another_domain, "operators of 'com.evil'"),
        (with_weights_elsewhere, "another file"),
        (with_a_sparse_constant_elsewhere, "another file"),
        (that_branches, "branches or loops: If"),
        (that_throws_dice, "by chance: RandomNormalLike"),
        (with_a_missing_tensor, "no sound ONNX graph"),
    ],
)
def test_a_graph_that_is_not_whole_or_not_tame_is_refused(harm: Harm, why: str) -> None:
    model = line()
    harm(model)
    with pytest.raises(ModelUnreadable, match=r"theirs\.onnx") as caught:
        adapted(model)
    assert why in caught.value.why


def test_operators_of_the_future_are_refused(tmp_path: Path) -> None:
    model = line()
    model.opset_import[0].version = 999
    onnx.save(model, tmp_path / "theirs.onnx")
    with pytest.raises(ModelUnreadable, match=r"theirs\.onnx") as caught:
        reader.read(tmp_path / "theirs.onnx", tmp_path, wish())
    assert "its graph cannot be loaded" in caught.value.why


def test_half_a_file_and_noise_are_refused() -> None:
    whole = line().SerializeToString()
    for data in (whole[: len(whole) // 2], b"\x08" + bytes(range(255, 0, -1))):
        with pytest.raises(ModelUnreadable, match=r"theirs\.onnx"):
            onnx_graph.adapted(data, wish(), where="theirs.onnx")


@pytest.mark.parametrize(
    ("model", "why"),
    [
        (line(width=4), "it reads dense float32[N, 4], and the candidate dense float32[N, 3]"),
        (line(rows=1), "it reads dense float32[1, 3], and the candidate dense float32[N, 3]"),
    ],
)
def test_inputs_that_are_not_the_tensors_are_shown_beside_them(model: onnx.ModelProto, why: str) -> None:
    with pytest.raises(ModelUnfit, match="theirs") as caught:
        adapted(model)
    assert caught.value.why == why


def test_labels_beside_the_answer_are_too_much() -> None:
    model = line()
    model.graph.output.append(helper.make_tensor_value_info("label", TensorProto.INT64, ["batch"]))
    model.graph.node.append(helper.make_node("ArgMax", ["answer"], ["label"], axis=1, keepdims=0))
    with pytest.raises(ModelUnfit, match="theirs") as caught:
        adapted(model)
    assert caught.value.why == "it has the outputs answer (float32), label (int64); one of float32 is wanted"


def with_one_more(op: str, **attributes: int) -> bytes:
    model = line(out="raw")
    model.graph.output[0].name = "answer"
    model.graph.node.append(helper.make_node(op, ["raw"], ["answer"], name="last", **attributes))
    return graph.to_bytes(adapted(model))


@pytest.mark.parametrize(
    ("op", "attributes", "why"),
    [
        ("Sigmoid", {}, "between 0 and 1"),
        ("Log", {}, "no finite numbers"),
        ("Softmax", {"axis": 0}, "when others stand beside it"),
    ],
)
def test_an_answer_that_is_no_log_odds_of_the_row_is_refused(
    op: str, attributes: dict[str, int], why: str
) -> None:
    with pytest.raises(ModelUnfit, match="theirs") as caught:
        probes.check(with_one_more(op, **attributes), probes.features((DENSE,)), wish())
    assert why in caught.value.why


def test_ids_are_tried_as_whole_numbers() -> None:
    made = probes.features((DENSE, SUFFIX))
    assert {name: (str(each.dtype), each.shape) for name, each in made.items()} == {
        "dense": ("float32", (probes.ROWS, 3)),
        "suffix_id": ("int64", (probes.ROWS,)),
    }
    assert made["suffix_id"].min() >= 0
