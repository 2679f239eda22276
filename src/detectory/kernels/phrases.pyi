from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

class Phrases:
    size: int
    def __init__(self, phrases: Iterable[bytes]) -> None: ...
    def counts(self, text: bytes) -> NDArray[np.float32]: ...
