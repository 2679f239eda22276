"""A server that runs heeds the keys of its workspace: made, used, revoked, without a restart."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from detectory.library import Workspace
from tests.cli.conftest import Ask

ROOT = Path(__file__).resolve().parents[2]
BLOCK = re.compile(r"^```sh\n(.*?)^```", re.MULTILINE | re.DOTALL)


@pytest.fixture
def served(toy_copy: Workspace) -> Iterator[str]:
    """The address of a server on the workspace, in a process of its own."""
    command = [
        sys.executable,
        "-m",
        "detectory.cli.main",
        "-C",
        str(toy_copy.root),
        "serve",
        "toy",
        "--port",
        "0",
    ]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        try:
            assert process.stderr is not None
            yield next(line["url"] for line in map(json.loads, process.stderr) if "url" in line)
        finally:
            process.terminate()
            process.communicate()


def eventually(holds: Callable[[], bool], *, seconds: float = 30) -> None:
    until = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < until
        time.sleep(0.05)


def scored(served: str, key: str) -> tuple[int, str]:
    """The status of a score of the example, and the limit that it names."""
    headers = {"authorization": f"Bearer {key}"}
    answer = httpx.post(
        f"{served}/v1/detectors/toy/score", json={"rows": [{"text": "a1b2c3"}]}, headers=headers
    )
    return answer.status_code, answer.headers.get("ratelimit-policy", "")


def test_the_first_key_closes_the_door_and_a_revoked_one_opens_it_no_more(served: str, at_copy: Ask) -> None:
    def status(key: str = "") -> int:
        headers = {"authorization": f"Bearer {key}"} if key else {}
        return httpx.get(f"{served}/v1/detectors", headers=headers).status_code

    eventually(lambda: status() == 200)
    key = at_copy("keys", "create", "soc", "--json").json
    eventually(lambda: status() == 401)
    assert status(key["key"]) == 200
    eventually(lambda: scored(served, key["key"]) == (200, '"key";q=60000000;w=60'))
    assert scored(served, key["key"][:-1])[0] == 401

    at_copy("keys", "revoke", key["id"], "--yes")
    eventually(lambda: status(key["key"]) == 401)
    assert httpx.get(f"{served}/livez").status_code == 200


def test_an_address_that_others_reach_is_refused_with_how_to_make_a_key(at_copy: Ask) -> None:
    said = at_copy("serve", "toy", "--host", "192.0.2.1")

    assert (said.code, "E3010" in said.err, "detectory keys create" in said.err) == (3, True, True)


def test_the_lines_of_the_page_work_as_they_stand(ask: Ask, tmp_path: Path) -> None:
    page = (ROOT / "docs/how-to/protect-the-server.md").read_text(encoding="utf-8")
    lines = [line for block in BLOCK.findall(page) for line in block.splitlines()]

    assert lines
    for line in lines:
        assert ask(*line.split()[1:], at=tmp_path).code == 0, line


def test_the_settings_of_the_page_are_settings(ask: Ask, tmp_path: Path) -> None:
    page = (ROOT / "docs/how-to/protect-the-server.md").read_text(encoding="utf-8")
    tables = re.findall(r"^```toml\n(.*?)^```", page, re.MULTILINE | re.DOTALL)

    assert len(tables) >= 4
    for table in tables:
        (tmp_path / "detectory.toml").write_text(table)
        assert ask("config", "show", at=tmp_path).code == 0, table
