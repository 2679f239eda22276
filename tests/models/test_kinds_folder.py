"""The folder is the list of kinds."""

from __future__ import annotations

import subprocess
import sys

from detectory.models import kinds, load


def test_every_module_that_is_no_piece_can_fit() -> None:
    assert kinds() == [
        "bayesian_ridge",
        "boosted",
        "charcnn",
        "linear",
        "mlp",
        "naive_bayes",
        "nearest",
        "nested",
        "ridge",
        "stacked",
        "trees",
    ]
    assert all(callable(load(kind).fit) for kind in kinds())


def test_naming_candidates_loads_no_training_library() -> None:
    heavy = "{'onnx', 'sklearn', 'torch', 'xgboost'}"
    program = f"import sys, detectory.models.candidate; print(sorted({heavy} & set(sys.modules)))"
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"
