from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

TEXT: int
NOT_TEXT: int
NOT_UNICODE: int

class Packed:
    data: NDArray[np.uint8]
    offsets: NDArray[np.int64]
    kind: NDArray[np.uint8]
    rows: int
    def __init__(self, data: ArrayLike, offsets: ArrayLike, kind: ArrayLike) -> None: ...

def pack(values: list[Any]) -> Packed: ...
