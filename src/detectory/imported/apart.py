"""Has a model read by a process of its own, and says what became of it."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import msgspec

from detectory.errors import ModelUnfit, ModelUnreadable
from detectory.imported.reader import REFUSED
from detectory.imported.wanted import Wanted

#: seconds after which a reader is given up
PATIENCE_S = 300


def read(path: Path, into: Path, wanted: Wanted, *, where: str) -> None:
    """Let ``model.onnx``, and ``trees.onnx`` where trees explain it, be written to the folder ``into``.

    ``where`` is how people know the file. Raises `ModelUnfit`, and `ModelUnreadable`, also where the reader
    died of the file.
    """
    words = msgspec.json.encode(wanted).decode()
    program = [sys.executable, "-m", "detectory.imported.reader", str(path), str(into), words]
    try:
        ran = subprocess.run(program, capture_output=True, timeout=PATIENCE_S)  # noqa: S603  # our own module
    except subprocess.TimeoutExpired as error:
        raise ModelUnreadable(where, why=f"reading it took more than {PATIENCE_S} s") from error
    if ran.returncode == REFUSED:
        raise _refusal(msgspec.json.decode(ran.stdout, type=dict[str, str]), wanted, where)
    if ran.returncode:
        raise ModelUnreadable(where, why=f"who read it died of it: {_death(ran.returncode)}")


def _refusal(said: dict[str, str], wanted: Wanted, where: str) -> ModelUnfit | ModelUnreadable:
    if said["kind"] == ModelUnfit.__name__:
        return ModelUnfit(wanted.name, why=said["why"], fix=said["fix"])
    return ModelUnreadable(where, why=said["why"])


def _death(code: int) -> str:
    """How a process ended.

    >>> _death(-11)
    'SIGSEGV'
    """
    return signal.Signals(-code).name if code < 0 else f"exit code {code}"
