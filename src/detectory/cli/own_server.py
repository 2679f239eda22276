"""A server of this workspace in a process of its own, as a platform would start it; ended when done."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from detectory.conform.peer import Send, Started, at
from detectory.errors import PeerAway

START_S, STOP_S = 240, 30


@contextmanager
def started(
    root: Path, arguments: Sequence[str], environment: Mapping[str, str]
) -> Iterator[tuple[Send, Started]]:
    """``detectory serve`` with these arguments, ready. Raises `PeerAway` with what it said when it is not."""
    began, port = time.monotonic(), free_port()
    command = [sys.executable, "-P", "-m", "detectory.cli.main", "-C", str(root), "serve", *arguments]
    with subprocess.Popen(  # noqa: S603  # our own interpreter and module
        [*command, "--host", "127.0.0.1", "--port", str(port)],
        env=dict(environment),
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            said = _drained(process)
            send = at(f"http://127.0.0.1:{port}")
            _wait_until_ready(send, process, said, began)
            yield send, Started(time.monotonic() - began, lambda: _stopped(process))
        finally:
            process.kill()


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as one:
        port: int = one.getsockname()[1]
    return port


def _wait_until_ready(send: Send, process: subprocess.Popen[str], said: list[str], began: float) -> None:
    while time.monotonic() - began < START_S:
        try:
            if send("GET", "/readyz", b"", {}).status == 200:
                return
        except PeerAway:
            pass  # it does not listen yet
        if process.poll() is not None:
            break
        time.sleep(0.02)
    raise PeerAway("the server of this workspace", reason=_last_words(said))


def _drained(process: subprocess.Popen[str]) -> list[str]:
    """What it says, kept as it comes: a pipe that nobody reads would stop it."""
    said: list[str] = []
    stream: IO[str] | None = process.stderr
    threading.Thread(target=lambda: said.extend(stream or ()), daemon=True).start()
    return said


def _last_words(said: Sequence[str]) -> str:
    """Its own error, or the reason in the last line of its log."""
    if not said:
        return "it was not ready in time"
    try:
        return str(json.loads(said[-1]).get("reason", said[-1])).strip()
    except ValueError:
        return " ".join(line.strip() for line in said[-4:])


def _stopped(process: subprocess.Popen[str]) -> tuple[float, bool]:
    began = time.monotonic()
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(STOP_S)
    except subprocess.TimeoutExpired:
        return time.monotonic() - began, False
    return time.monotonic() - began, True
