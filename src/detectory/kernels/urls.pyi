import numpy as np
from numpy.typing import NDArray

from detectory.kernels.columns import Packed
from detectory.kernels.hosts import SuffixRules

CODES: tuple[str, ...]
FOREIGN: int
MENDED: tuple[str, ...]

class Urls:
    data: NDArray[np.uint8]
    cuts: NDArray[np.int64]
    status: NDArray[np.uint8]
    mended: NDArray[np.uint8]
    rows: int
    def __init__(
        self,
        data: NDArray[np.uint8],
        cuts: NDArray[np.int64],
        status: NDArray[np.uint8],
        mended: NDArray[np.uint8],
    ) -> None: ...
    def texts(self) -> tuple[list[str], list[str], list[str]]: ...

def split(column: Packed, rules: SuffixRules, *, trusted: bool = False) -> Urls: ...
def replaced(urls: Urls, which: NDArray[np.int64], by: Urls) -> Urls: ...
