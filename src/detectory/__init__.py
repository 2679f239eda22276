"""Detectory takes a detector from raw telemetry to a guarded, monitored endpoint, and keeps it honest there.

>>> import detectory
>>> sorted(detectory.__all__)
['__version__', 'evaluate', 'load', 'run']

Nothing is imported before it is used: ``import detectory`` costs a millisecond.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from detectory.library import evaluate, load, run
    from detectory.version import __version__

__all__ = ["__version__", "evaluate", "load", "run"]


def __getattr__(name: str) -> Any:
    if name == "__version__":
        from detectory.version import __version__

        return __version__
    if name in __all__:
        from detectory import library

        return getattr(library, name)
    raise AttributeError(f"module 'detectory' has no attribute '{name}'")
