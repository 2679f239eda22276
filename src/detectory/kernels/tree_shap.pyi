from typing import Any

import numpy as np
from numpy.typing import NDArray

class TreeTables:
    columns: int
    expectation: float

    def __init__(
        self,
        *,
        roots: NDArray[np.int32],
        feature: NDArray[np.int32],
        right: NDArray[np.int32],
        number: NDArray[np.float32],
        cover: NDArray[np.float32],
        missing_left: NDArray[np.uint8],
        columns: int,
        less: bool,
    ) -> None: ...
    def sums(self, rows: NDArray[Any]) -> NDArray[np.float64]: ...
    def contributions(self, rows: NDArray[Any]) -> NDArray[np.float64]: ...
