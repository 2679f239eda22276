from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from detectory.kernels.columns import Packed
from detectory.kernels.lexicon import Lexicon

class Words:
    def __init__(self, lexicon: Lexicon, phrases: Iterable[bytes], brands: Iterable[bytes]) -> None: ...

def columns_of(phrases: Iterable[str]) -> tuple[str, ...]: ...
def look_of(text: bytes) -> bytes: ...
def describe(
    urls: Packed, suffixes: Packed, looks: Packed, words: Words
) -> tuple[NDArray[np.float32], NDArray[np.int64], NDArray[np.int32], NDArray[np.int32]]: ...
