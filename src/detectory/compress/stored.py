"""Weights that are stored smaller and read as float32: the graph is smaller, and multiplies as before.

No input decides what a weight is read as, so runtimes work it out when they open the graph, and no row pays
for it: its answers come as fast as of the whole weights.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import onnx
from numpy.typing import NDArray

from detectory.models import graph
from detectory.models.graph import Part, constant

#: the nodes whose constants are worth storing smaller, and what arranges constants for them
WEIGHTED, ARRANGES = ("Conv", "Gather", "Gemm", "MatMul"), ("Concat", "Pad", "Slice")
#: a constant of fewer numbers is not worth a node
SMALLEST = 64
Floats = NDArray[np.float32]


def weights_of(model: onnx.ModelProto) -> list[str]:
    """The constants of a graph that are worth storing smaller, in its order."""
    arranging = [node for node in graph.fixed(model) if node.op_type in ARRANGES]
    reading = [*arranging, *(node for node in model.graph.node if node.op_type in WEIGHTED)]
    read = {name for node in reading for name in node.input}
    return [
        each.name
        for each in model.graph.initializer
        if each.name in read and each.data_type == onnx.TensorProto.FLOAT and np.prod(each.dims) >= SMALLEST
    ]


def halved(model: onnx.ModelProto) -> onnx.ModelProto:
    """The graph with its weights stored as float16: 11 bits, up to 65,504."""
    return _stored(model, _half)


def quartered(model: onnx.ModelProto, *, by_channel: bool) -> onnx.ModelProto:
    """The graph with its weights stored as int8, in steps of a power of two a tensor or a channel.

    A multiple of such a step is exact in float32, and so are sums of some of them in whatever order.
    """
    return _stored(model, _bytes_by_channel if by_channel else _bytes)


def _half(name: str, weights: Floats) -> Part:
    stored = constant(f"{name}_f16", weights.astype(np.float16))
    return stored.then("Cast", name, to=onnx.TensorProto.FLOAT)


def _bytes(name: str, weights: Floats) -> Part:
    return _in_steps(name, weights, np.abs(weights).max(keepdims=True))


def _bytes_by_channel(name: str, weights: Floats) -> Part:
    """The channels of a convolution [F, C, K …] are the first axis, of a matrix the last; a row is one."""
    others = {1: (0,), 2: (0,)}.get(weights.ndim, tuple(range(1, weights.ndim)))
    return _in_steps(name, weights, np.abs(weights).max(axis=others, keepdims=True))


def _in_steps(name: str, weights: Floats, most: Floats) -> Part:
    step = np.exp2(np.ceil(np.log2(np.maximum(most, np.finfo(np.float32).tiny) / 127)))
    stored = constant(f"{name}_i8", np.round(weights / step).astype(np.int8))
    return stored.then("Cast", f"{name}_steps", to=onnx.TensorProto.FLOAT).then("Mul", name, step)


def _stored(model: onnx.ModelProto, smaller: Callable[[str, Floats], Part]) -> onnx.ModelProto:
    """The graph with every weight as a part of its name that reads what is stored."""
    constants = graph.constants_of(model)
    parts = [smaller(name, constants[name]) for name in weights_of(model)]
    replaced = {part.output for part in parts}
    made = onnx.ModelProto()
    made.CopyFrom(model)
    del made.graph.node[:], made.graph.initializer[:]
    made.graph.node.extend([*(node for part in parts for node in part.nodes), *model.graph.node])
    made.graph.initializer.extend(each for each in model.graph.initializer if each.name not in replaced)
    made.graph.initializer.extend(each for part in parts for each in part.constants)
    return made
