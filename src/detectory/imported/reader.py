"""Reads a stranger's model, in a process that may die of it: ``python -m detectory.imported.reader``.

In: the path of a model, the folder to write to, and what it is to be, as JSON. Out: ``model.onnx`` and, for
a booster, ``trees.onnx``; or the error's name and facts on standard output, and the exit code 3. Memory and
time are bounded; what breaks the libraries that read the file breaks nothing else.
"""

from __future__ import annotations

import resource
import sys
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from detectory.errors import BundleRefused, ModelUnfit, ModelUnreadable
from detectory.imported import booster, files, onnx_graph, probes
from detectory.imported.columns import SideBySide
from detectory.imported.wanted import Wanted
from detectory.models import graph
from detectory.models.candidate import EXPLAINED
from detectory.schema import Array, Features

REFUSED = 3
MEMORY_GIB = 16  # of addresses, which libraries reserve far beyond what they use
SECONDS = 120


def read(path: Path, into: Path, wanted: Wanted) -> None:
    """Write the graph of a file. Raises `ModelUnreadable` and `ModelUnfit`."""
    data, kind = files.read(path)
    if kind == "onnx":
        adapted = onnx_graph.adapted(data, wanted, where=str(path))
        made = graph.to_bytes(adapted)
        _tried(made, probes.features(wanted.tensors), wanted, where=str(path))
    else:
        made = _boosted(data, into, wanted, where=str(path))
    (into / "model.onnx").write_bytes(made)


def _boosted(data: bytes, into: Path, wanted: Wanted, *, where: str) -> bytes:
    """A booster's graph, which answers what XGBoost answers, at every edge of its trees too."""
    theirs = opened(data, where)
    found = booster.booster_of(bytes(theirs.save_raw("json")), wanted, where=where)
    made, edges = graph.to_bytes(found.graph()), np.concatenate([tree.threshold for tree in found.trees])
    rows = probes.columns(wanted.width, edges.tolist())
    asked = probes.features(wanted.tensors, rows)
    seen = SideBySide(tuple(each.declared() for each in wanted.tensors)).encode(asked)
    _tried(made, asked, wanted, where=where, peer=theirs.inplace_predict(seen, predict_type="margin"))
    if wanted.head in EXPLAINED:
        (into / "trees.onnx").write_bytes(graph.to_bytes(found.tables()))
    return made


def _tried(made: bytes, rows: Features, wanted: Wanted, *, where: str, peer: Array | None = None) -> None:
    """Run a graph. Raises `ModelUnfit`, and `ModelUnreadable` for one that the runtime cannot run."""
    try:
        probes.check(made, rows, wanted, peer=peer)
    except ModelUnfit:
        raise
    except BundleRefused as error:
        raise ModelUnreadable(where, why=error.why) from error
    except Exception as error:  # onnxruntime raises types of a private module
        raise ModelUnreadable(where, why=f"the runtime cannot run it: {error}") from error


def opened(data: bytes, where: str) -> Any:
    """XGBoost's own booster, up to the round where its training stopped early."""
    import xgboost

    found = xgboost.Booster()
    try:
        found.load_model(bytearray(data))
        best = found.attr("best_iteration")
        return found if best is None else found[: int(best) + 1]
    except (xgboost.core.XGBoostError, ValueError, TypeError, IndexError) as error:
        lines = [line.strip() for line in str(error).splitlines() if line.strip()]
        raise ModelUnreadable(
            where, why=f"XGBoost cannot open it: {lines[0] if lines else 'broken'}"
        ) from error


def main(path: str, into: str, wanted: str) -> int:
    """The whole process."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_GIB * 2**30,) * 2)
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    try:
        read(Path(path), Path(into), msgspec.json.decode(wanted, type=Wanted))
    except (ModelUnreadable, ModelUnfit) as error:
        print(msgspec.json.encode({"kind": type(error).__name__, **error.as_dict()}).decode())
        return REFUSED
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
