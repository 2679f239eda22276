"""An ONNX graph of somebody else: what it may hold, and how its answer becomes one of ours.

In: bytes, read in a process that may die of them (see `reader`). Out: a graph whose output is called and
shaped as a head's is. A graph that reaches outside its file, runs in loops, or answers a row otherwise in
other company is refused.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
import onnx
from onnx import compose, helper, numpy_helper

from detectory.errors import ModelUnfit, ModelUnreadable
from detectory.imported.wanted import Tensor, Wanted
from detectory.models import graph

DOMAINS = frozenset({"", "ai.onnx", graph.ML})
#: operators whose answer is another one each time
_BY_CHANCE = frozenset(
    {"Bernoulli", "Multinomial", "RandomNormal", "RandomNormalLike", "RandomUniform", "RandomUniformLike"}
)


def adapted(data: bytes, wanted: Wanted, *, where: str) -> onnx.ModelProto:
    """The checked graph, its output called and shaped as the head's.

    Raises `ModelUnreadable` for what is no sound graph, and `ModelUnfit` for one of other inputs or outputs.
    """
    try:
        model = onnx.load_model_from_string(data)
        _check_whole(model, where)
        onnx.checker.check_model(model, full_check=True)
    except ModelUnreadable:
        raise
    except Exception as error:  # protobuf and onnx raise a dozen types for what is no model
        raise ModelUnreadable(where, why=f"it is no sound ONNX graph: {_first_line(error)}") from error
    _check_inputs(model.graph, wanted)
    return _with_our_output(model, wanted)


def _check_whole(model: onnx.ModelProto, where: str) -> None:
    """Everything in the file, and nothing that runs longer than its nodes say."""
    for why in _faults(model):
        raise ModelUnreadable(where, why=why)


def _faults(model: onnx.ModelProto) -> Iterator[str]:
    strange = {each.domain for each in model.opset_import} | {node.domain for node in model.graph.node}
    if strange - DOMAINS:
        yield f"it asks for operators of '{min(strange - DOMAINS)}', which a plain runtime has not"
    if model.functions or model.training_info:
        yield "it holds functions of its own, or a training graph"
    for node in model.graph.node:
        if node.op_type in _BY_CHANCE:
            yield f"it answers by chance: {node.op_type}"
        if any(each.HasField("g") or each.graphs for each in node.attribute):
            yield f"it branches or loops: {node.op_type}"
    if any(one.external_data or one.data_location == one.EXTERNAL for one in _tensors(model.graph)):
        yield "weights of it lie in another file: save it whole (save_as_external_data=False)"


def _tensors(of: onnx.GraphProto) -> Iterator[onnx.TensorProto]:
    """Every constant of a graph, wherever one may stand."""
    said = [each for node in of.node for each in node.attribute]
    yield from of.initializer
    for each in said:
        yield from (each.t, *each.tensors)
    sparse = (one for each in said for one in (each.sparse_tensor, *each.sparse_tensors))
    for one in (*of.sparse_initializer, *sparse):
        yield from (one.values, one.indices)


def _check_inputs(graph_: onnx.GraphProto, wanted: Wanted) -> None:
    """The graph reads exactly the tensors that the candidate names, any number of rows of them."""
    constants = {each.name for each in graph_.initializer}
    found = {each.name: _shown(each) for each in graph_.input if each.name not in constants}
    asked = {tensor.name: _expected(tensor) for tensor in wanted.tensors}
    if found != asked:
        why = f"it reads {_listed(found) or 'nothing'}, and the candidate {_listed(asked)}"
        fix = "export it with inputs of these names, types and widths, and N rows; --inputs names the tensors"
        raise ModelUnfit(wanted.name, why=why, fix=fix)


def _listed(shapes: Mapping[str, str]) -> str:
    return ", ".join(f"{name} {shape}" for name, shape in sorted(shapes.items()))


def _shown(value: onnx.ValueInfoProto) -> str:
    """Type and shape of an input, the number of rows being any.

    >>> _shown(helper.make_tensor_value_info("dense", onnx.TensorProto.FLOAT, ["batch", 3]))
    'float32[N, 3]'
    """
    tensor = value.type.tensor_type
    dtype = helper.tensor_dtype_to_np_dtype(tensor.elem_type) if tensor.elem_type else "unknown"
    first, *others = [each.dim_value or "?" for each in tensor.shape.dim] or ["scalar"]
    return f"{dtype}[{', '.join(map(str, ['N' if first == '?' else first, *others]))}]"


def _expected(tensor: Tensor) -> str:
    return f"{tensor.dtype}[N, {tensor.width}]" if tensor.width else f"{tensor.dtype}[N]"


def _with_our_output(model: onnx.ModelProto, wanted: Wanted) -> onnx.ModelProto:
    """The graph with one node more, whose output has the name and the shape that a head's has."""
    answers = [each.name for each in model.graph.output]
    if len(answers) != 1 or model.graph.output[0].type.tensor_type.elem_type != onnx.TensorProto.FLOAT:
        why = f"it has the outputs {', '.join(map(_named, model.graph.output))}; one of float32 is wanted"
        fix = "export the raw answer alone: log-odds (score), logits (family), the number (value, low, high)"
        raise ModelUnfit(wanted.name, why=why, fix=fix)
    theirs = compose.add_prefix(model, "imported_", rename_inputs=False)
    shape = [-1, wanted.outputs] if wanted.head == "family" else [-1]
    constant = numpy_helper.from_array(np.array(shape, dtype=np.int64), "shape_of_answer")
    name, last = graph.output_of(wanted.head), theirs.graph.output.pop()
    theirs.graph.initializer.append(constant)
    theirs.graph.node.append(helper.make_node("Reshape", [last.name, constant.name], [name], name="answer"))
    declared: graph.Shape = ["N", wanted.outputs] if wanted.head == "family" else ["N"]
    theirs.graph.output.append(helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, declared))
    onnx.checker.check_model(theirs)
    return theirs


def _named(value: onnx.ValueInfoProto) -> str:
    tensor = value.type.tensor_type
    dtype = helper.tensor_dtype_to_np_dtype(tensor.elem_type) if tensor.elem_type else "a list"
    return f"{value.name} ({dtype})"


def _first_line(error: Exception) -> str:
    return next((line.strip() for line in str(error).splitlines() if line.strip()), type(error).__name__)
