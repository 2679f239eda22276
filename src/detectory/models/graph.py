"""ONNX graphs, put together from small parts: feature tensors in, one answer out.

A graph's inputs are named as the feature tensors that it reads, with their dtypes and widths and any
number of rows. Its one output is ``log_odds``: float32[N] for the head ``score``, float32[N, K] for
``family``; or ``value``: float32[N], for heads that predict a number. The same parts give the same bytes:
no clock, no random name, nothing outside the file.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import helper, numpy_helper
from onnx.reference import ReferenceEvaluator

from detectory.models.candidate import PREDICTING, Head
from detectory.schema import Array

OUTPUT, VALUE = "log_odds", "value"
ML = "ai.onnx.ml"
# Fixed, so that equal models are equal bytes whatever onnx is installed, and below the newest, so that
# older runtimes than ours read them; ai.onnx.ml 5 deprecates TreeEnsembleRegressor.
OPSET, ML_OPSET, IR_VERSION = 21, 3, 10

_FAR = np.iinfo(np.int64).max

Shape = list[str | int | None]


@dataclass(frozen=True, slots=True)
class Input:
    """A feature tensor as a graph reads it: ``width`` is None for one number a row."""

    name: str
    dtype: np.dtype[Any]
    width: int | None


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a graph: nodes in order, their constants, and the name of what the last one gives."""

    output: str
    nodes: tuple[onnx.NodeProto, ...] = ()
    constants: tuple[onnx.TensorProto, ...] = ()

    def then(self, op: str, name: str, *constants: NDArray[Any], domain: str = "", **attributes: Any) -> Part:
        """The part with one node more, which reads this part's output and then the constants.

        >>> Part("ids").then("Gather", "rows", np.zeros(3, np.int64)).output
        'rows'
        """
        tensors = [numpy_helper.from_array(each, f"{name}_{at}") for at, each in enumerate(constants)]
        read = [self.output, *(each.name for each in tensors)]
        node = helper.make_node(op, read, [name], name=name, domain=domain, **attributes)
        return Part(name, (*self.nodes, node), (*self.constants, *tensors))

    def gathered(self, name: str, *, table: NDArray[Any]) -> Part:
        """The part, and rows of a table by the indices that it gives."""
        return constant(f"{name}_table", table).at(self, name)

    def at(self, rows: Part, name: str) -> Part:
        """Rows of the part, by the indices that another gives."""
        return joined("Gather", name, [self, rows], axis=0)

    def rows(self, name: str, first: int, end: int | None) -> Part:
        """Rows of the part, from one on and up to another, or to the last."""
        ends = [np.array([each], dtype=np.int64) for each in (first, _FAR if end is None else end)]
        return self.then("Slice", name, *ends)

    def cutting(self, tensor: str, name: str) -> Part:
        """The part, and of a tensor [N, L] the first so many columns as the part, int64[1], says."""
        first = constant(f"{name}_first", np.array([0], dtype=np.int64))
        axis = constant(f"{name}_axis", np.array([1], dtype=np.int64))
        return joined("Slice", name, [Part(tensor), first, self, axis])


def constant(name: str, values: NDArray[Any]) -> Part:
    """A part that reads nothing and gives these values."""
    return Part(name, (), (numpy_helper.from_array(values, name),))


def joined(op: str, name: str, parts: Sequence[Part], **attributes: Any) -> Part:
    """The parts, and a node that reads all their outputs; what parts share is written once.

    A single part beside which nothing stands is what it is: it needs no node.
    """
    if op == "Concat" and len(parts) == 1:
        return parts[0]
    node = helper.make_node(op, [part.output for part in parts], [name], name=name, **attributes)
    nodes = {each.name: each for part in parts for each in part.nodes}
    constants = {each.name: each for part in parts for each in part.constants}
    return Part(name, (*nodes.values(), node), tuple(constants.values()))


def inputs_of(features: Mapping[str, Array]) -> tuple[Input, ...]:
    """How a graph declares these feature tensors."""
    return tuple(
        Input(name, values.dtype, None if values.ndim == 1 else values.shape[1])
        for name, values in features.items()
    )


def build(part: Part, *, inputs: Sequence[Input], head: Head, classes: int) -> onnx.ModelProto:
    """The checked model of a part whose last node gives the answer.

    Raises onnx's ``ValidationError`` or ``InferenceError`` on a graph that is wrong in itself: that
    is a bug of the kind that made it, never of the data.
    """
    shape: Shape = ["N", classes] if head == "family" else ["N"]
    answer = helper.make_tensor_value_info(output_of(head), onnx.TensorProto.FLOAT, shape)
    return model_of(part, inputs=inputs, outputs=[answer])


def model_of(
    part: Part,
    *,
    inputs: Sequence[Input],
    outputs: Sequence[onnx.ValueInfoProto],
    constants: Sequence[onnx.TensorProto] = (),
) -> onnx.ModelProto:
    """The checked model of a part, and of constants beside it. Raises as `build` does."""
    graph = helper.make_graph(
        nodes=list(part.nodes),
        name="detectory",
        inputs=[_declared(each) for each in inputs],
        outputs=list(outputs),
        initializer=[*part.constants, *constants],
    )
    model = helper.make_model(
        graph,
        producer_name="detectory",
        ir_version=IR_VERSION,
        opset_imports=[helper.make_opsetid("", OPSET), helper.make_opsetid(ML, ML_OPSET)],
    )
    onnx.checker.check_model(model, full_check=True)
    return model


def output_of(head: Head) -> str:
    """What a head's one output is called."""
    return VALUE if head in PREDICTING else OUTPUT


def constants_of(model: onnx.ModelProto) -> dict[str, NDArray[Any]]:
    """The constants of a model, by name."""
    return {each.name: numpy_helper.to_array(each) for each in model.graph.initializer}


def fixed(model: onnx.ModelProto) -> list[onnx.NodeProto]:
    """The nodes that no input decides: runtimes work them out when they open the graph."""
    known, found = {each.name for each in model.graph.initializer}, list[onnx.NodeProto]()
    for node in model.graph.node:
        if known.issuperset(node.input):
            found.append(node)
            known.update(node.output)
    return found


def worked_out(model: onnx.ModelProto) -> onnx.ModelProto:
    """The model with what `fixed` nodes give as constants in their place."""
    nodes = fixed(model)
    left = [node for node in model.graph.node if node not in nodes]
    known = {*constants_of(model), *(name for node in nodes for name in node.output)}
    needed = sorted(known & {name for node in left for name in node.input})
    part = helper.make_graph(
        nodes, "fixed", inputs=[], outputs=[helper.make_empty_tensor_value_info(name) for name in needed],
        initializer=model.graph.initializer,
    )  # fmt: skip
    opsets = {each.domain: each.version for each in model.opset_import}
    values = ReferenceEvaluator(part, opsets=opsets).run(None, {})
    made = onnx.ModelProto()
    made.CopyFrom(model)
    del made.graph.node[:], made.graph.initializer[:]
    made.graph.node.extend(left)
    made.graph.initializer.extend(map(numpy_helper.from_array, map(np.asarray, values), needed))
    return made


def declared(model: onnx.ModelProto) -> tuple[Input, ...]:
    """The inputs of a model that `build` made."""
    return tuple(_read(each) for each in model.graph.input)


def to_bytes(model: onnx.ModelProto) -> bytes:
    """The model's bytes: equal models, equal bytes."""
    return bytes(model.SerializeToString(deterministic=True))


def _declared(each: Input) -> onnx.ValueInfoProto:
    shape: Shape = ["N"] if each.width is None else ["N", each.width]
    return helper.make_tensor_value_info(each.name, helper.np_dtype_to_tensor_dtype(each.dtype), shape)


def _read(value: onnx.ValueInfoProto) -> Input:
    tensor = value.type.tensor_type
    width = [each.dim_value for each in tensor.shape.dim][1:]
    return Input(value.name, helper.tensor_dtype_to_np_dtype(tensor.elem_type), width[0] if width else None)
