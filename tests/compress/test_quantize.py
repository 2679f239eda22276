"""A graph with weights is smaller as int8 or float16, and answers nearly the same."""

from __future__ import annotations

from collections import Counter

import numpy as np
import onnx
import pytest

from detectory import models
from detectory.compress.measure import is_steady
from detectory.compress.quantize import Params, explained, quantized
from detectory.compress.stored import weights_of
from detectory.models import graph
from detectory.models.candidate import Candidate, Lesson, OfTrees
from detectory.models.graph import Part, joined
from detectory.runtime import Head
from detectory.runtime.trees import Trees

ROWS, LENGTH = 400, 24


@pytest.fixture(scope="module")
def letters() -> dict[str, np.ndarray]:
    return {"text": np.random.default_rng(7).integers(97, 123, (ROWS, LENGTH), dtype=np.uint8)}


@pytest.fixture(scope="module")
def model(letters: dict[str, np.ndarray]) -> onnx.ModelProto:
    """A character CNN of random weights: embedding, convolution, the most of each filter, one number."""
    random = np.random.default_rng(1)

    def weights(*shape: int) -> np.ndarray:
        return random.normal(size=shape).astype(np.float32)

    codes = Part("text").then("Cast", "codes", to=onnx.TensorProto.INT32)
    embedded = codes.gathered("embedded", table=weights(256, 16)).then(
        "Transpose", "channels", perm=[0, 2, 1]
    )
    seen = embedded.then("Conv", "filters", weights(64, 16, 3)).then("Relu", "seen")
    most = seen.then("ReduceMax", "most", np.array([2]), keepdims=0)
    hidden = most.then("Gemm", "dense", weights(64, 64), weights(64)).then("Relu", "hidden")
    answer = hidden.then("Gemm", "last", weights(64, 1), weights(1))
    flat = answer.then("Reshape", graph.OUTPUT, np.array([-1]))
    return graph.build(flat, inputs=graph.inputs_of(letters), head="score", classes=0)


@pytest.fixture(scope="module")
def answers(model: onnx.ModelProto, letters: dict[str, np.ndarray]) -> np.ndarray:
    return Head(graph.to_bytes(model), name="float").answer(letters)


def made(model: onnx.ModelProto, params: Params, rows: dict[str, np.ndarray]) -> bytes:
    copy = onnx.ModelProto()
    copy.CopyFrom(model)
    return graph.to_bytes(quantized(copy, params, {name: each[:100] for name, each in rows.items()}))


METHODS = [
    Params("dynamic"),
    Params("dynamic", per="channel"),
    Params("static"),
    Params("static", per="channel"),
    Params("static", calibration="percentile"),
    Params("weights"),
    Params("weights", per="channel"),
    Params("float16"),
]


@pytest.mark.parametrize("params", METHODS, ids=lambda one: f"{one.method}-{one.per}-{one.calibration}")
def test_it_is_smaller_and_orders_rows_nearly_the_same(
    model: onnx.ModelProto, letters: dict[str, np.ndarray], answers: np.ndarray, params: Params
) -> None:
    data = made(model, params, letters)
    assert len(data) < len(graph.to_bytes(model)) * (0.55 if params.method == "float16" else 0.45)
    told = Head(data, name="small").answer(letters)
    assert np.corrcoef(told, answers)[0, 1] > 0.99


def test_what_rounds_by_the_range_of_a_batch_is_found_out(
    model: onnx.ModelProto, letters: dict[str, np.ndarray]
) -> None:
    methods = ("dynamic", "static", "weights", "float16")
    heads = [Head(made(model, Params(method), letters), name=method) for method in methods]
    assert [is_steady(head, letters) for head in heads] == [False, True, True, True]


def test_the_answer_of_a_static_one_is_not_rounded_to_256_values(
    model: onnx.ModelProto, letters: dict[str, np.ndarray]
) -> None:
    told = Head(made(model, Params("static"), letters), name="small").answer(letters)
    assert len(np.unique(told)) > 300


def test_nothing_is_printed_beside_the_answer_of_a_command(
    model: onnx.ModelProto, letters: dict[str, np.ndarray], capfd: pytest.CaptureFixture[str]
) -> None:
    made(model, Params("static", calibration="percentile"), letters)
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("method", ["dynamic", "static", "weights", "float16"])
def test_the_same_graph_and_rows_give_the_same_bytes(
    model: onnx.ModelProto, letters: dict[str, np.ndarray], method: str
) -> None:
    params = Params(method)  # type: ignore[arg-type]
    assert made(model, params, letters) == made(model, params, letters)


def test_a_static_one_multiplies_integers(model: onnx.ModelProto, letters: dict[str, np.ndarray]) -> None:
    nodes = onnx.load_model_from_string(made(model, Params("static"), letters)).graph.node
    counted = Counter(node.op_type for node in nodes)
    assert counted["QuantizeLinear"] == 3
    assert nodes[-1].op_type == "Reshape"


def test_only_what_leads_to_convolutions_is_rounded_and_the_most_of_it_taken_in_integers(
    model: onnx.ModelProto, letters: dict[str, np.ndarray]
) -> None:
    small = onnx.load_model_from_string(made(model, Params("static"), letters))
    given = {name: node.op_type for node in small.graph.node for name in node.output}
    most = next(node for node in small.graph.node if node.op_type == "ReduceMax")
    assert given[most.input[0]] == "QuantizeLinear"
    stored = {each.name for each in small.graph.initializer if each.data_type == onnx.TensorProto.FLOAT}
    assert not stored & {"dense_0", "last_0"}


def test_columns_of_other_sizes_are_not_rounded_alike_before_they_are_scaled() -> None:
    """A flag beside bytes by the million decides as before."""
    random = np.random.default_rng(5)
    flags = random.integers(0, 2, (ROWS, 1)).astype(np.float32)
    columns = {"dense": random.normal(1e6, 3e5, (ROWS, 1)).astype(np.float32), "flag": flags}
    joint = joined("Concat", "columns", [Part("dense"), Part("flag")], axis=1)
    scaled = joint.then("Sub", "centred", np.array([1e6, 0.5], np.float32)).then(
        "Div", "scaled", np.array([3e5, 0.5], np.float32)
    )
    hidden = scaled.then("Gemm", "dense_0", random.normal(size=(2, 64)).astype(np.float32)).then(
        "Relu", "seen"
    )
    answer = hidden.then("Gemm", "last", random.normal(size=(64, 1)).astype(np.float32))
    flat = answer.then("Reshape", graph.OUTPUT, np.array([-1]))
    model = graph.build(flat, inputs=graph.inputs_of(columns), head="score", classes=0)
    before = Head(graph.to_bytes(model), name="float").answer(columns)
    told = Head(made(model, Params("static"), columns), name="small").answer(columns)
    assert np.corrcoef(told, before)[0, 1] > 0.99


def test_what_is_worth_storing_smaller_is_known_by_what_reads_it(model: onnx.ModelProto) -> None:
    sizes = {tuple(each.dims) for each in model.graph.initializer if each.name in weights_of(model)}
    assert sizes == {(256, 16), (64, 16, 3), (64, 64), (64, 1), (64,)}


def test_weights_of_bytes_are_multiples_of_a_power_of_two(model: onnx.ModelProto) -> None:
    """So that sums of n-gram weights stay exact in any order."""
    read = graph.constants_of(graph.worked_out(quantized(model, Params("weights"), {})))
    whole = graph.constants_of(model)
    for name in weights_of(model):
        steps = read[name] / 2 ** np.floor(np.log2(np.abs(whole[name]).max() / 63))
        np.testing.assert_array_equal(steps, np.round(steps))
        assert np.abs(read[name] - whole[name]).max() <= np.abs(whole[name]).max() / 126


def test_every_channel_has_a_step_of_its_own_and_a_row_of_biases_has_one(model: onnx.ModelProto) -> None:
    small = quantized(model, Params("weights", per="channel"), {})
    constants = graph.constants_of(small)
    steps = {constants[node.input[1]].shape for node in small.graph.node if node.op_type == "Mul"}
    assert steps == {(64, 1, 1), (1, 16), (1, 64), (1, 1), (1,)}


@pytest.mark.parametrize("method", ["weights", "float16"])
def test_trees_that_read_a_smaller_table_are_explained_by_it(method: str) -> None:
    random = np.random.default_rng(3)
    features = {
        "dense": random.normal(size=(600, 3)).astype(np.float32),
        "ids": random.integers(1, 400, (600, 12)).astype(np.int32),
    }
    target = features["dense"][:, 0] + (features["ids"] < 200).mean(axis=1) > 0.5
    candidate = Candidate(
        "both", "score", "stacked", ("dense", "ids"), {"rounds": 5, "folds": 2, "epochs": 2}
    )
    fitted = models.fitting(candidate).fit(candidate, Lesson(features, target))
    assert isinstance(fitted, OfTrees)
    model, tables = fitted.graph(), graph.to_bytes(fitted.tables())
    params = Params(method)  # type: ignore[arg-type]
    small = graph.to_bytes(quantized(model, params, {}))
    trees = Trees(explained(tables, params), name="trees")
    added = trees.explain(features).added.sum(axis=1) + trees.expectation
    np.testing.assert_allclose(added, Head(small, name="small").answer(features), atol=1e-4)
    assert explained(tables, Params("static")) == b""
