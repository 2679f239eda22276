"""One row at a time: a session whose tensors have places of their own.

ONNX Runtime looks up names, checks types and allocates at every call, which takes as long as a small graph
needs for its answer. Tensors that were bound once are only written to and read (onnxruntime's guide to I/O
binding). That is good for one caller at a time.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import onnxruntime as ort
from numpy.typing import NDArray

from detectory.runtime.blank import blank
from detectory.schema import Features


class OneRow:
    """The answers of a session to single rows. The first is of zeros: it shows that the graph runs.

    It should be asked before any batch is: onnxruntime lays out its memory by the first shapes that it meets.
    """

    def __init__(self, session: ort.InferenceSession) -> None:
        self._run, self._bound = session.run_with_iobinding, session.io_binding()
        self._read = [(each.name, blank(each, rows=1)) for each in session.get_inputs()]
        self._said: NDArray[np.float32] = session.run(None, dict(self._read))[0]
        for name, place in self._read:
            self._bound.bind_cpu_input(name, place)
        _bind(self._bound, session.get_outputs()[0].name, self._said)

    def answer(self, features: Features) -> NDArray[np.float32]:
        """What the graph says of one row: float32[1] or float32[1, K].

        Raises ``ValueError`` for a tensor of another type or width, which NumPy would fit in unasked.
        """
        for name, place in self._read:
            given = features[name]
            if given.dtype != place.dtype or given.shape != place.shape:
                raise ValueError(f"'{name}' is {_shown(given)}, and the graph reads {_shown(place)}")
            place[...] = given
        self._run(self._bound)
        return self._said.copy()


def _bind(bound: Any, name: str, place: NDArray[np.float32]) -> None:
    bound.bind_output(name, "cpu", 0, place.dtype, place.shape, place.ctypes.data)


def _shown(tensor: NDArray[Any]) -> str:
    return f"{tensor.dtype}{list(tensor.shape)}"
