import numpy as np
from numpy.typing import NDArray

from detectory.kernels.columns import Packed
from detectory.kernels.statements import Statements

NO_TIME: int

class Lines:
    event: NDArray[np.int32]
    time: NDArray[np.int64]
    line: NDArray[np.int64]
    key: NDArray[np.int64]

def read(lines: Packed, statements: Statements, prefix: bytes) -> Lines: ...
def split(text: bytes) -> Packed: ...
