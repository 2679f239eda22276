from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from detectory.kernels.columns import Packed

CODES: tuple[str, ...]
FOREIGN: int
RULE: int
WILDCARD: int
EXCEPTION: int

class SuffixRules:
    def __init__(self, rules: Mapping[bytes, int]) -> None: ...

class Hosts:
    data: NDArray[np.uint8]
    starts: NDArray[np.int64]
    cuts: NDArray[np.int64]
    stops: NDArray[np.int64]
    status: NDArray[np.uint8]
    rows: int
    accepted: int
    foreign: int
    def __init__(
        self,
        data: NDArray[np.uint8],
        starts: NDArray[np.int64],
        cuts: NDArray[np.int64],
        stops: NDArray[np.int64],
        status: NDArray[np.uint8],
    ) -> None: ...
    def texts(self) -> tuple[list[str], list[str], list[str]]: ...

def split(column: Packed, rules: SuffixRules) -> Hosts: ...
def replaced(hosts: Hosts, which: NDArray[np.int64], by: Hosts) -> Hosts: ...
