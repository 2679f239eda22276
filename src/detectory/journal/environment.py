"""The environment of a run: what it would take to see the same again."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterable
from functools import cache
from importlib.metadata import PackageNotFoundError
from pathlib import Path

from detectory.journal.record import Environment
from detectory.version import __version__, version_of

#: libraries whose version may change a result, or its speed
LIBRARIES = (
    "numpy", "polars", "scikit-learn", "scipy", "xgboost-cpu", "xgboost", "onnx", "onnxruntime", "torch",
    "optuna", "ray",
)  # fmt: skip
CPU = Path("/proc/cpuinfo")


def found(libraries: Iterable[str] = ()) -> Environment:
    """This process's environment, with the detector's own ``libraries`` beside those that always matter."""
    versions = {name: _version(name) for name in (*LIBRARIES, *libraries)}
    system = os.uname()
    return Environment(
        detectory=__version__,
        python=f"{platform.python_implementation()} {platform.python_version()}",
        platform=f"{system.sysname} {system.release} {system.machine}",
        cpu=_cpu(),
        cores=os.cpu_count() or 1,
        libraries={name: version for name, version in versions.items() if version},
    )


def _version(library: str) -> str:
    """Empty where it is not installed."""
    try:
        return version_of(library)
    except PackageNotFoundError:
        return ""


@cache
def _cpu() -> str:
    """The processor's name as its kernel tells it; empty where it does not."""
    if not CPU.is_file():
        return platform.processor()
    with CPU.open(encoding="utf-8", errors="replace") as lines:
        return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "")
