import numpy as np
from numpy.typing import NDArray

from detectory.kernels.columns import Packed

def numbers(
    texts: Packed, *, most: int
) -> tuple[NDArray[np.int64], NDArray[np.int32], NDArray[np.bool_]]: ...
