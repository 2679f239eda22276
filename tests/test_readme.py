"""Every block of README.md that a reader may type is typed here, in order, in one small workspace.

Blocks that call ``make run`` or ``make test`` are left out: CI runs these two itself. ``detectory
serve`` runs until the last block is done, on a free port that stands for 8080.
"""

import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from detectory.library import Workspace
from tests import needs

ROOT = Path(__file__).resolve().parent.parent
BLOCK = re.compile(r"^```(sh|python)\n(.*?)^```", re.MULTILINE | re.DOTALL)
BLOCKS = [
    (language, text)
    for language, text in BLOCK.findall((ROOT / "README.md").read_text(encoding="utf-8"))
    if not re.search(r"^make (run|test)\b", text, re.MULTILINE)
]


@pytest.fixture(scope="module")
def port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


@pytest.fixture(scope="module")
def home(small_workspace: Workspace, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A clone as a reader has it after ``make run``: a store, keys, and .venv."""
    root = tmp_path_factory.mktemp("readme") / "detectory"
    shutil.copytree(small_workspace.root, root)
    (root / ".venv").symlink_to(sys.prefix)
    return root


@pytest.fixture(scope="module")
def environment(port: int) -> dict[str, str]:
    return {**os.environ, "DETECTORY__SERVING__PORT": str(port), "BROWSER": "true"}


@pytest.fixture(scope="module")
def served(home: Path, environment: dict[str, str], port: int) -> Iterator[None]:
    """The server of the README, ready."""
    server = subprocess.Popen([".venv/bin/detectory", "serve"], cwd=home, env=environment)
    try:
        _wait_until_ready(f"http://127.0.0.1:{port}/readyz")
        yield
    finally:
        server.terminate()
        assert server.wait(30) == 0


def _wait_until_ready(address: str) -> None:
    for _ in range(300):
        try:
            with urllib.request.urlopen(address):
                return
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.1)
    pytest.fail(f"{address} did not become ready within 30 s")


@pytest.mark.parametrize(("language", "text"), BLOCKS, ids=[text.split("\n")[0][:60] for _, text in BLOCKS])
def test_a_block_of_the_readme_works_as_it_stands(
    language: str,
    text: str,
    home: Path,
    environment: dict[str, str],
    port: int,
    request: pytest.FixtureRequest,
) -> None:
    if re.search(r"detectory serve$", text, re.MULTILINE) or "curl" in text:
        request.getfixturevalue("served")
    if "detectory serve" in text:
        return  # it runs, and it became ready
    if "curl" in text:
        needs.debian_package("curl")
    program = [sys.executable, "-c"] if language == "python" else ["bash", "-euo", "pipefail", "-c"]
    command = text.replace(":8080/", f":{port}/").replace("curl -s", "curl -sf")
    done = subprocess.run([*program, command], cwd=home, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
