"""A net as a graph: its layers, put together so that one row meets as few nodes as can be.

A small net is answered faster than onnxruntime calls thirty nodes. So convolutions that stand side by side
are one; what letters and columns add to the first dense layer is no wide product of both, but two beside one
another; and what no input decides is left to the runtime, which works it out when it opens the graph. The
graph keeps all weights by their names, as `Net.of` reads them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from itertools import pairwise

import numpy as np
from onnx import TensorProto

from detectory.models.graph import Part, constant, joined
from detectory.models.nets.net import EMBEDDING, Net

Layer = Callable[[Part], Part]
Beside = Callable[[Layer], Part]


def part(net: Net, letters: Part, beside: Beside | None) -> Part:
    """float32[N, O] of letters, where the net has an embedding, and of columns.

    ``beside`` gives what a layer makes of the columns, and is None where there are none.
    """
    names = [*net.dense, "output"]
    last = _first(net, names[0], letters, beside)
    for before, name in pairwise(names):
        last = _dense(net, name, last.then("Relu", f"{before}.out"))
    return last


def _first(net: Net, name: str, letters: Part, beside: Beside | None) -> Part:
    if beside and EMBEDDING not in net.weights:
        return beside(partial(_dense, net, name))
    pooled = _pooled(net, letters)
    return _both(net, name, pooled, beside) if beside else _dense(net, name, pooled)


def _dense(net: Net, name: str, source: Part) -> Part:
    return joined("Gemm", name, [source, _constant(net, f"{name}.weight"), _constant(net, f"{name}.bias")])


def _both(net: Net, name: str, pooled: Part, beside: Beside) -> Part:
    """The layer of the numbers of letters and of the columns, in this order."""
    weight, bias = _constant(net, f"{name}.weight"), _constant(net, f"{name}.bias")
    count = sum(len(net.weights[f"{each}.weight"]) for each in net.pooled)
    upper, lower = (weight.rows(*ends) for ends in (("upper", 0, count), ("lower", count, None)))
    return joined(
        "Gemm", name, [pooled, upper, beside(lambda each: joined("Gemm", "beside", [each, lower, bias]))]
    )


def _pooled(net: Net, letters: Part) -> Part:
    """float32[N, F]: the most that each filter sees anywhere."""
    rows = _trimmed(letters).then("Cast", "codes", to=TensorProto.INT32)
    embedded = _constant(net, EMBEDDING).at(rows, "embedded")
    last = embedded.then("Transpose", "letters", perm=[0, 2, 1])
    names = net.convolutions
    levels = {name: [name] for name in names} if net.stacked else {"convolutions": names}
    for at, (level, side_by_side) in enumerate(levels.items()):
        last = _seen(net, side_by_side, last, level).then("Relu", f"seen_{at}")
    return last.then("ReduceMax", "most", np.array([2], dtype=np.int64), keepdims=0)


def _seen(net: Net, names: Sequence[str], source: Part, level: str) -> Part:
    """One convolution with the filters of several: narrow ones are widened by places that weigh nothing."""
    width = max(net.weights[f"{name}.weight"].shape[2] for name in names)
    alike = joined("Concat", "filters", [_widened(net, name, width) for name in names], axis=0)
    return joined("Conv", level, [source, alike], pads=[width - 1] * 2)


def _widened(net: Net, name: str, width: int) -> Part:
    filters = _constant(net, f"{name}.weight")
    missing = width - net.weights[filters.output].shape[2]
    ends = np.array([0, 0, 0, 0, 0, missing], dtype=np.int64)
    return filters.then("Pad", f"wide_{name}", ends) if missing else filters


def _constant(net: Net, name: str) -> Part:
    return constant(name, net.weights[name])


def _trimmed(letters: Part) -> Part:
    """`net.trimmed`: the last place where any text of the batch has a letter is the last of all."""
    first, one = np.array([0], dtype=np.int64), np.array([1], dtype=np.int64)
    used = letters.then("ReduceMax", "letters_used", first, keepdims=0).then("Sign", "places_used")
    last = used.then("ArgMax", "last_place", axis=0, keepdims=1, select_last_index=1)
    end = last.then("Add", "end", one)
    return end.cutting(letters.output, "trimmed")
