"""Tensors of zeros like those that a graph reads."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
from numpy.typing import NDArray

#: what ONNX calls otherwise than NumPy does
_NAMES = {"float": "float32", "double": "float64"}


def blank(tensor: Any, *, rows: int) -> NDArray[Any]:
    """So many rows of an input or output of a session, of its dtype and width."""
    kind = re.sub(r"tensor\((\w+)\)", r"\1", tensor.type)
    return np.zeros((rows, *tensor.shape[1:]), dtype=_NAMES.get(kind, kind))
