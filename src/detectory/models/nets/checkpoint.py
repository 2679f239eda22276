"""What a descent would go on from after a kill, as one ``.npz`` that is replaced whole after every epoch.

It belongs to one lesson: what another lesson left, other settings or another version of a library, and what
is damaged, is not used. It is read without pickle.
"""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detectory.stores.local import LocalFolder

NAME = "checkpoint.npz"
Arrays = Mapping[str, NDArray[Any]]


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The file of a lesson in a folder; without a folder nothing is kept."""

    folder: Path | None
    lesson: str

    def read(self) -> dict[str, NDArray[Any]] | None:
        """What this lesson left; None where there is nothing that can be used."""
        found = LocalFolder(self.folder).read(NAME) if self.folder else None
        if found is None:
            return None
        try:
            with np.load(io.BytesIO(found.data), allow_pickle=False) as arrays:
                kept = {name: arrays[name] for name in arrays.files}
        except (ValueError, KeyError, OSError, EOFError, zipfile.BadZipFile):
            return None  # the epochs are made again: a checkpoint saves time and decides nothing
        return kept if str(kept.pop("lesson", "")) == self.lesson else None

    def write(self, arrays: Arrays) -> None:
        """Replace the file. Raises `StoreUnwritable`."""
        if self.folder is None:
            return
        into = io.BytesIO()
        np.savez(into, allow_pickle=False, lesson=np.array(self.lesson), **arrays)
        LocalFolder(self.folder).put(NAME, into.getvalue())


def digest(words: Iterable[str], arrays: Arrays) -> str:
    """What tells lessons apart: some words, and arrays by name, dtype, shape and bytes.

    >>> digest(["a"], {"x": np.zeros(2)}) == digest(["a"], {"x": np.zeros(2, np.float32)})
    False
    """
    found = hashlib.sha256("\0".join(words).encode())
    for name, array in sorted(arrays.items()):
        found.update(f"\0{name}\0{array.dtype}\0{array.shape}\0".encode())
        found.update(np.ascontiguousarray(array).data)
    return found.hexdigest()
