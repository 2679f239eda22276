"""One virtual environment a peer, with pinned versions, under a cache folder; made once."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

CACHE = Path.home() / ".cache" / "detectory" / "peers"
REQUIRED = {
    "fastapi": ["fastapi==0.165.0", "uvicorn==0.54.0", "uvloop", "httptools", "onnxruntime==1.31.1"],
    "litserve": ["litserve==0.2.19", "onnxruntime==1.31.1"],
    "bentoml": ["bentoml==1.4.39", "onnxruntime==1.31.1"],
    "mlserver": ["mlserver==1.7.1", "xgboost-cpu==3.2.0", "scikit-learn==1.9.1"],
    "mlflow": ["mlflow==3.17.2", "xgboost-cpu==3.2.0"],
}
#: what names xgboost as a dependency would bring 700 MB for a GPU; xgboost-cpu is the same library
WITHOUT_DEPENDENCIES = {"mlserver": ["mlserver-xgboost==1.7.1"]}


def made(name: str) -> Path:
    """The folder of a peer's programs; made where it is not there yet. Raises `CalledProcessError`."""
    folder = CACHE / name
    wanted = "\n".join(REQUIRED[name])
    note = folder / "installed.txt"
    if not note.is_file() or note.read_text() != wanted:
        print(f"installing {name} into {folder}", file=sys.stderr, flush=True)
        _run([sys.executable, "-m", "venv", "--clear", folder])
        pip = [folder / "bin" / "python", "-m", "pip", "install", "--quiet"]
        _run([*pip, *REQUIRED[name]])
        for alone in WITHOUT_DEPENDENCIES.get(name, ()):
            _run([*pip, "--no-deps", alone])
        note.write_text(wanted)
    return folder / "bin"


def _run(command: list[str | Path]) -> None:
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
