"""What killed runs left to go on from: a folder for each stage that was being made.

In: a store, a detector, the key of a stage's inputs. Out: the folder in which that stage keeps its state. A
run that ends well sweeps away those of other inputs in which nothing was written for a week.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from detectory.artifacts import Store

STALE_S = 7 * 24 * 3600.0


def folder_of(store: Store, detector: str, key: str) -> Path:
    """The folder of a stage that is made from these inputs; it may not exist yet."""
    return _all_of(store, detector) / key


def sweep(store: Store, detector: str, *, now: float) -> None:
    """Remove the folders in which nothing was written for a week before ``now``, in seconds since 1970.

    The detector's lock must be held: then no process works in one of them.
    """
    found = _all_of(store, detector)
    for folder in found.iterdir() if found.is_dir() else ():
        if now - _written(folder) > STALE_S:
            shutil.rmtree(folder, ignore_errors=True)


def _all_of(store: Store, detector: str) -> Path:
    return store.root / detector / "unfinished"


def _written(folder: Path) -> float:
    """When something in a folder was last written."""
    return max(one.stat().st_mtime for one in (folder, *folder.rglob("*")))
