from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from detectory.kernels.columns import Packed

NO_TIME: int

class Statements:
    def __init__(self, statements: Iterable[tuple[int, str]]) -> None: ...
    def match(self, message: bytes) -> int: ...

class Lines:
    event: NDArray[np.int32]
    time: NDArray[np.int64]
    line: NDArray[np.int64]
    key: NDArray[np.int64]

def read(lines: Packed, statements: Statements, prefix: bytes) -> Lines: ...
def split(text: bytes) -> Packed: ...
def numbers(
    texts: Packed, *, most: int
) -> tuple[NDArray[np.int64], NDArray[np.int32], NDArray[np.bool_]]: ...
