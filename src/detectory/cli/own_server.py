"""A server of this workspace in a process of its own, as a platform would start it; ended when done."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from detectory.conform.peer import Send, Started, at
from detectory.errors import PeerAway

START_S, STOP_S = 240, 30


@contextmanager
def started(
    root: Path, arguments: Sequence[str], environment: Mapping[str, str]
) -> Iterator[tuple[Send, Started]]:
    """``detectory serve`` with these arguments, ready. Raises `PeerAway` with what it said when it is not."""
    began = time.monotonic()
    command = [sys.executable, "-P", "-m", "detectory.cli.main", "-C", str(root), "serve", *arguments]
    with subprocess.Popen(  # noqa: S603  # our own interpreter and module
        [*command, "--host", "127.0.0.1", "--port", "0"],
        env=dict(environment),
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        said = list[str]()
        reader = _reader(process, said)
        try:
            send = _ready(process, said, until=began + START_S)
            yield send, Started(time.monotonic() - began, lambda: _stopped(process))
        finally:
            process.kill()
            reader.join()  # before its stream is closed


def _ready(process: subprocess.Popen[str], said: list[str], *, until: float) -> Send:
    """How it is asked, once it is ready."""
    while time.monotonic() < until:
        send = next((at(url) for line in said if (url := _facts(line).get("url"))), None)
        if send and send("GET", "/readyz", b"", {}).status == 200:
            return send
        if process.poll() is not None:
            break
        time.sleep(0.02)
    raise PeerAway("the server of this workspace", reason=_last_words(said))


def _reader(process: subprocess.Popen[str], said: list[str]) -> threading.Thread:
    """Keeps what it says as it comes: a pipe that nobody reads would stop it."""
    stream: IO[str] | None = process.stderr
    reader = threading.Thread(target=lambda: said.extend(stream or ()), daemon=True)
    reader.start()
    return reader


def _last_words(said: Sequence[str]) -> str:
    """Its own error, or the reason in the last line of its log."""
    if not said:
        return "it was not ready in time"
    return str(_facts(said[-1]).get("reason", "")) or " ".join(line.strip() for line in said[-4:])


def _facts(line: str) -> dict[str, Any]:
    """A line of its log; nothing where the line is none."""
    try:
        facts = json.loads(line)
    except ValueError:
        return {}
    return facts if isinstance(facts, dict) else {}


def _stopped(process: subprocess.Popen[str]) -> tuple[float, bool]:
    began = time.monotonic()
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(STOP_S)
    except subprocess.TimeoutExpired:
        return time.monotonic() - began, False
    return time.monotonic() - began, True
