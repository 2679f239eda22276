"""Quantization: the same graph with its weights as int8 or float16, or with its products in int8 too.

``weights`` (int8) and ``float16`` only store them smaller. ``dynamic`` measures the range of what flows
through the graph at every call, ``static`` once, on training rows, and both multiply bytes. What ``dynamic``
answers depends on the rows of the same batch: it is measured, and never ships where that shows. A graph of
trees has no weights to gain by. What multiplies bytes keeps 7 bits of the 8: sums of products of 8 bits
overflow on processors without VNNI, and a version answers the same wherever it is served. (Jacob et al. 2018,
arXiv 1712.05877; onnxruntime's guide to quantization.)
"""

from __future__ import annotations

import logging
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, redirect_stdout
from dataclasses import asdict, dataclass
from io import StringIO
from pathlib import Path
from typing import Any, Literal

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import helper

from detectory.compress.stored import WEIGHTED, halved, quartered, weights_of
from detectory.compress.subject import Subject
from detectory.compress.variant import Impossible, Variant
from detectory.models import graph
from detectory.models.candidate import AtLeastOne, settings
from detectory.models.recipe import Recipe
from detectory.schema import Features

#: the methods that round what flows through the graph, too
ROUNDED = ("dynamic", "static")
#: what carries int8 from one of them to the next, so that nothing is turned back on the way
CARRIES = ("Concat", "GlobalMaxPool", "MaxPool", "Relu", "Reshape", "Squeeze", "Transpose", "Unsqueeze")
#: what multiplies by weights, and what rounds to a scale and turns it back
PRODUCTS, ROUNDING = ("Conv", "Gemm", "MatMul"), ("QuantizeLinear", "DequantizeLinear")
NOTHING = "it has no float weights that could be smaller (trees have none): it would gain nothing"


@dataclass(frozen=True, slots=True)
class Params:
    """``per`` is what shares a scale: a ``tensor``, or each ``channel`` of the weights. ``rows`` training
    rows calibrate ``static``; ``calibration`` is how their range is cut: ``minmax``, ``entropy`` or
    ``percentile``."""

    method: Literal["dynamic", "static", "weights", "float16"] = "dynamic"
    per: Literal["tensor", "channel"] = "tensor"
    rows: AtLeastOne = 512
    calibration: Literal["minmax", "entropy", "percentile"] = "minmax"


def make(recipe: Recipe, subject: Subject) -> Iterator[Variant | Impossible]:
    """One variant; see ``Way.make``."""
    params, model = settings(Params, recipe), onnx.load_model_from_string(subject.graph)
    if not weights_of(model):
        yield Impossible(recipe.name, NOTHING)
        return
    try:
        rows = calibration_rows(subject, params.rows) if params.method == "static" else {}
        made = graph.to_bytes(quantized(model, params, rows))
    except Exception as error:  # onnxruntime's tools raise whatever their helpers do  # noqa: BLE001
        yield Impossible(recipe.name, f"onnxruntime cannot: {type(error).__name__}: {error}")
        return
    tables = explained(subject.trees, params)
    note = "without the tables that would explain its trees" if subject.trees and not tables else ""
    yield Variant(recipe.name, subject.candidate, made, tables, asdict(params), note)


def explained(tables: bytes, params: Params) -> bytes:
    """The tables that explain trees, reading what the graph reads; none where products are rounded, too."""
    if not tables or params.method in ROUNDED:
        return b""
    return graph.to_bytes(smaller(onnx.load_model_from_string(tables), params))


def smaller(model: onnx.ModelProto, params: Params) -> onnx.ModelProto:
    """The graph with weights that are only stored smaller."""
    return (
        halved(model) if params.method == "float16" else quartered(model, by_channel=params.per == "channel")
    )


def quantized(model: onnx.ModelProto, params: Params, rows: Features) -> onnx.ModelProto:
    """The graph with smaller weights; ``rows`` calibrate the method ``static``, others need none."""
    if params.method not in ROUNDED:
        return smaller(model, params)
    model = graph.worked_out(model)
    helper.set_model_props(model, {"onnx.infer": "onnxruntime.quant", **_properties(model)})
    with tempfile.TemporaryDirectory(prefix="detectory-quantize-") as name, _quiet():
        path = Path(name) / "quantized.onnx"
        if params.method == "static":
            _static(model, path, params, rows)
        else:
            _dynamic(model, path, params)
        made = onnx.load_model(path)
    del made.graph.value_info[:], made.metadata_props[:]  # what the tools told one another
    made = sunk(unrounded(made))
    return quartered(made, by_channel=params.per == "channel") if params.method == "static" else made


def _dynamic(model: onnx.ModelProto, path: Path, params: Params) -> None:
    from onnxruntime.quantization import quantize_dynamic

    quantize_dynamic(
        model,
        path,
        op_types_to_quantize=list(WEIGHTED),
        per_channel=params.per == "channel",
        reduce_range=True,
    )


def _static(model: onnx.ModelProto, path: Path, params: Params, features: Features) -> None:
    from onnxruntime.quantization import CalibrationMethod, QuantType, quantize_static

    methods = {
        "minmax": CalibrationMethod.MinMax,
        "entropy": CalibrationMethod.Entropy,
        "percentile": CalibrationMethod.Percentile,
    }
    quantize_static(
        model,
        path,
        Fed(features),
        op_types_to_quantize=[*WEIGHTED, *CARRIES],
        per_channel=params.per == "channel",
        reduce_range=True,
        activation_type=QuantType.QUInt8,  # beside weights of int8: what onnxruntime has fast kernels for
        calibrate_method=methods[params.calibration],
        nodes_to_quantize=in_integers(model),
    )


def in_integers(model: onnx.ModelProto) -> list[str]:
    """The nodes whose numbers are worth rounding, by name.

    Where there are convolutions, those, what leads to them and what reads them: it is they that are many
    products, and to round what follows costs one row more than it saves. Never what no weights stand before:
    one scale for a count of bytes and a flag beside it would leave nothing of the flag.
    """
    nodes = list(model.graph.node)
    convolved = {name for node in nodes if node.op_type == "Conv" for name in node.output}
    near = [at for at, node in enumerate(nodes) if not convolved.isdisjoint((*node.input, *node.output))]
    weighed: set[str] = set()
    for node in nodes[: max(near, default=len(nodes)) + 1]:
        if node.op_type in WEIGHTED or not weighed.isdisjoint(node.input):
            weighed.update(node.output)
    return [node.name for node in nodes if not weighed.isdisjoint(node.output)]


def sunk(model: onnx.ModelProto) -> onnx.ModelProto:
    """The graph with the most of numbers taken while they are integers: fewer are turned, into the same."""
    read = Counter(name for node in model.graph.node for name in node.input)
    turned: dict[str, onnx.NodeProto] = {}
    nodes = list[onnx.NodeProto]()
    for node in model.graph.node:
        nodes.append(node)
        if node.op_type == "DequantizeLinear" and read[node.output[0]] == 1:
            turned[node.output[0]] = node
        elif node.op_type == "ReduceMax" and node.input[0] in turned:
            turning = turned[node.input[0]]
            node.input[0], turning.input[0] = turning.input[0], node.input[0]
            node.output[0], turning.output[0] = turning.output[0], node.output[0]
            nodes.remove(turning)
            nodes.append(turning)
    del model.graph.node[:]
    model.graph.node.extend(nodes)
    return model


def unrounded(model: onnx.ModelProto) -> onnx.ModelProto:
    """The graph without the rounding of what follows its last product: 256 answers would tie most rows."""
    nodes, kept = list(model.graph.node), []
    same: dict[str, str] = {}
    after: set[str] = set()
    last = max((at for at, node in enumerate(nodes) if node.op_type in PRODUCTS), default=len(nodes))
    for at, node in enumerate(nodes):
        reads = [same.get(name, name) for name in node.input]
        if reads and reads[0] in after and node.op_type in ROUNDING:
            same[node.output[0]] = reads[0]
            continue
        if at == last or not after.isdisjoint(reads):
            after.update(node.output)
        node.input[:] = reads
        kept.append(node)
    del model.graph.node[:]
    model.graph.node.extend(kept)
    return _answering(model, same)


def _answering(model: onnx.ModelProto, same: Mapping[str, str]) -> onnx.ModelProto:
    """The graph with its answer named as before, where the node that gave it is gone."""
    names = {same[each.name]: each.name for each in model.graph.output if each.name in same}
    for node in model.graph.node:
        node.input[:] = [names.get(name, name) for name in node.input]
        node.output[:] = [names.get(name, name) for name in node.output]
    return model


class Fed:
    """Feeds calibration rows to onnxruntime, all in one batch."""

    def __init__(self, features: Features) -> None:
        self._left: list[Features] = [features]

    def get_next(self) -> Features | None:
        """The batch, and then none."""
        return self._left.pop() if self._left else None


def calibration_rows(subject: Subject, count: int) -> Features:
    """Features of so many training rows, drawn by the job's seed."""
    rows: NDArray[np.int64] = np.random.default_rng(subject.job.seed).permutation(len(subject.train.at))[
        :count
    ]
    features = subject.train.features(subject.candidate.inputs)
    return {name: tensor[np.sort(rows)] for name, tensor in features.items()}


def _properties(model: onnx.ModelProto) -> dict[str, str]:
    return {one.key: one.value for one in model.metadata_props}


@contextmanager
def _quiet() -> Iterator[None]:
    """Without what onnxruntime's tools print and log: advice that no user can follow here."""
    root: Any = logging.getLogger()
    before = root.manager.disable
    logging.disable(logging.WARNING)
    try:
        with redirect_stdout(StringIO()):
            yield
    finally:
        logging.disable(before)
