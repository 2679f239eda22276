"""MLflow's own servers in processes of their own, while a test asks them."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from tests import needs

SOON_S, PATIENCE_S = 0.1, 120.0


def whole_only() -> None:
    """These servers take ten seconds to start: the suite goes without, ``make soak`` has them all."""
    needs.library("mlflow", extra="mlflow")
    if os.environ.get("DETECTORY_SOAK") != "1":
        pytest.skip("starts MLflow's own server: make soak")


def free_port() -> int:
    """A port that was free a moment ago; MLflow takes no 0."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def environment(**more: str) -> Mapping[str, str]:
    """This environment, with the programs of this installation, and nobody told of them."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    return {**os.environ, "PATH": path, "MLFLOW_DISABLE_TELEMETRY": "true", **more}


@contextmanager
def running(command: str, *, at: Path, ready: str) -> Iterator[None]:
    """A shell's command and all its children, from when the address ``ready`` answers until the end."""
    with (at / "said.txt").open("w") as said:
        process = subprocess.Popen(
            ["bash", "-c", command],
            cwd=at,
            env=environment(),
            stdout=said,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        _wait_for(ready, process)
        yield
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _wait_for(address: str, process: subprocess.Popen[bytes]) -> None:
    began = time.monotonic()
    while not _answers(address):
        assert process.poll() is None
        assert time.monotonic() - began < PATIENCE_S
        time.sleep(SOON_S)


def _answers(address: str) -> bool:
    try:
        return httpx.get(address).status_code == 200
    except httpx.TransportError:
        return False
