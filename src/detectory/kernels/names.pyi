import numpy as np
from numpy.typing import NDArray

from detectory.kernels.columns import Packed
from detectory.kernels.lexicon import Lexicon

COLUMNS: tuple[str, ...]

def describe(
    names: Packed, suffixes: Packed, lexicon: Lexicon
) -> tuple[NDArray[np.float32], NDArray[np.int64], NDArray[np.int32], NDArray[np.int32]]: ...
