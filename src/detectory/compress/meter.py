"""A process that measures one graph and nothing else: what it adds to memory, and how fast it is.

``python -m detectory.compress.meter FOLDER`` reads ``graph.onnx`` and ``features.npz`` of the folder and
answers with one line of JSON. Peak memory can only be told in a process that never held anything else.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import numpy as np

from detectory.compress.cost import BATCH_ROWS, Cost, cost_of, first
from detectory.runtime import Head
from detectory.schema import Features

GRAPH, FEATURES = "graph.onnx", "features.npz"


def metered(graph: bytes, features: Features) -> Cost | None:
    """The cost of a graph, measured in a process of its own; None if that dies, for want of memory say."""
    with tempfile.TemporaryDirectory(prefix="detectory-meter-") as name:
        folder = Path(name)
        (folder / GRAPH).write_bytes(graph)
        np.savez(folder / FEATURES, allow_pickle=False, **first(features, BATCH_ROWS))
        # -P: the folder that a user works in is no place to import from
        command = [sys.executable, "-P", "-m", "detectory.compress.meter", name]
        told = subprocess.run(command, capture_output=True, check=False, text=True)  # noqa: S603  # our own
    return Cost(**json.loads(told.stdout)) if told.returncode == 0 else None


def measure(folder: Path) -> Cost:
    """The cost of the graph of a folder, and what it adds to this process, which must be a fresh one."""
    with np.load(folder / FEATURES, allow_pickle=False) as file:
        features = {name: file[name] for name in file.files}
    graph = (folder / GRAPH).read_bytes()
    before = _lowered_peak()
    cost = cost_of(Head(graph, name=GRAPH), features)
    return replace(cost, peak_mib=round((_peak_bytes() - before) / 2**20, 2))


def _lowered_peak() -> int:
    """Forget the peak of all imports, where the system can (proc_pid_clear_refs(5)); gives what is left."""
    with suppress(OSError):
        Path("/proc/self/clear_refs").write_text("5")
    return _peak_bytes()


def _peak_bytes() -> int:
    """The most memory that this process held: since it was lowered on Linux, else ever (getrusage(2))."""
    with suppress(OSError):
        for line in Path("/proc/self/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


if __name__ == "__main__":
    print(json.dumps(measure(Path(sys.argv[1])).to_dict()))
