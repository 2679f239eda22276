"""A server that follows a store, asked all the while."""

from __future__ import annotations

import asyncio
import json
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from tests.serve.load import Answer, posted, while_doing
from tests.serve.shelf import Shelf
from tests.serve.test_run import wait_until_ready

PATH = "/v1/detectors/flow/score"
ROWS: dict[str, list[Any]] = {"bytes": [400]}
REQUEST = posted(PATH, {"rows": [{"bytes": 400}]})
PROGRAM = Path(__file__).parents[1] / "serve" / "following.py"


@contextmanager
def served(shelf: Shelf, *, poll_s: float = 1.0) -> Iterator[str]:
    """The address of a server that follows the shelf's store, and is still there at the end."""
    command = [sys.executable, str(PROGRAM), str(shelf.store.root), str(shelf.key), str(poll_s)]
    env = {"PYTHONPATH": ":".join([str(Path(__file__).parents[2]), *filter(None, sys.path)])}
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=env) as process:
        assert process.stderr
        try:
            url = json.loads(process.stderr.readline())["url"]
            # somebody must read the log, or its pipe is full one day
            threading.Thread(target=process.stderr.read, daemon=True).start()
            wait_until_ready(url)
            yield url
            assert process.poll() is None
            assert httpx.get(f"{url}/readyz").status_code == 200
        finally:
            process.send_signal(signal.SIGTERM)


def answered(url: str, work: Callable[[], object], *, rate: int) -> list[Answer]:
    """What came back while something was done: there is something, and nothing was refused or lost."""
    answers = asyncio.run(while_doing(url, REQUEST, work, rate=rate))
    assert answers
    assert [answer for answer in answers if answer.status != 200] == []
    return answers


def told(shelf: Shelf, number: int) -> dict[str, Any]:
    """The answer that a version gives to the request, and no other version does."""
    scorer = shelf.scorer(number)
    record: dict[str, Any] = json.loads(json.dumps(scorer.score(ROWS).records(ROWS)[0], default=float))
    return record


def version_of(url: str) -> int:
    """The version that answers now."""
    return int(httpx.post(f"{url}{PATH}", json={"rows": [{"bytes": 400}]}).json()["version"])


def refused(url: str) -> int:
    """How many versions the server has not let in."""
    lines = httpx.get(f"{url}/metrics").text.splitlines()
    (line,) = [line for line in lines if line.startswith("detectory_model_reload_failures_total")]
    return int(float(line.split()[-1]))


def wait_for(condition: Callable[[], bool], *, seconds: float = 120) -> float:
    """Ask until it holds; gives how many seconds that took."""
    began = time.monotonic()
    while not condition():
        assert time.monotonic() - began < seconds
        time.sleep(0.02)
    return time.monotonic() - began
