"""Detectory takes a detector from raw telemetry to a guarded, monitored endpoint, and keeps it honest there.

>>> import detectory
>>> sorted(detectory.__all__)
['__version__', 'evaluate', 'load', 'run']

Nothing is imported before it is used: ``import detectory`` costs a millisecond.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from detectory.library import evaluate, load, run
    from detectory.version import __version__

# Before anybody loads ONNX Runtime: since 1.31 its wheels tell Microsoft of their use, with an identifier
# that they keep on the disk, and this is all that stops them (its Privacy.md, "Disabling Telemetry").
os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")  # noqa: TID251

__all__ = ["__version__", "evaluate", "load", "run"]


def __getattr__(name: str) -> Any:
    if name == "__version__":
        from detectory.version import __version__

        return __version__
    if name in __all__:
        from detectory import library

        return getattr(library, name)
    raise AttributeError(f"module 'detectory' has no attribute '{name}'")
