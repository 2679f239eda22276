"""The process: it listens, loads, answers, and stops when asked."""

from __future__ import annotations

import json
import signal
import socket
import time
from pathlib import Path

import httpx
import pytest

from detectory.errors import CannotListen
from detectory.serve.predictor import Predictor
from detectory.serve.run import serve
from detectory.settings import Serving
from tests.serve.conftest import server

URL = "/v1/detectors/dga/score"


def test_it_binds_the_loopback_alone_becomes_ready_and_stops_cleanly(dga_folder: Path, key: Path) -> None:
    with server(dga_folder, key.with_suffix(".pub")) as (process, url):
        assert url.startswith("http://127.0.0.1:")
        assert httpx.get(f"{url}/livez").status_code == 200
        wait_until_ready(url)
        answer = httpx.post(f"{url}{URL}", json={"rows": [{"domain": "google.com"}]})
        process.send_signal(signal.SIGTERM)
        heavy, log = process.communicate(timeout=20)

    assert answer.json()["results"][0]["label"] == "benign"
    assert process.returncode == 0
    assert heavy == "heavy:\n"
    said = [json.loads(line)["message"] for line in log.splitlines()]
    assert [words for words in said if words != "request refused"] == [
        "detector ready",
        "asked to stop",
        "stopped",
    ]


def test_a_request_that_was_accepted_is_answered_although_the_process_is_told_to_stop(
    dga_folder: Path, key: Path
) -> None:
    body = json.dumps({"rows": [{"domain": "google.com"}] * 10_000}).encode()
    with server(dga_folder, key.with_suffix(".pub")) as (process, url):
        wait_until_ready(url)
        host, port = url.removeprefix("http://").split(":")
        with socket.create_connection((host, int(port))) as connection:
            head = f"POST {URL} HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n"
            connection.sendall(f"{head}content-length: {len(body)}\r\n\r\n".encode() + body[:-1])
            time.sleep(0.2)  # the request is under way
            process.send_signal(signal.SIGTERM)
            time.sleep(0.2)
            connection.sendall(body[-1:])
            first = connection.recv(1 << 16)

    assert first.startswith(b"HTTP/1.1 200")


def test_an_address_that_is_taken_is_named() -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as taken,
        pytest.raises(CannotListen, match=r"cannot listen on 127\.0\.0\.1"),
    ):
        serve(Predictor({}), serving=Serving(port=taken.getsockname()[1]), version="0")


def wait_until_ready(url: str, *, seconds: float = 20) -> None:
    """Ask until it is."""
    until = time.monotonic() + seconds
    while httpx.get(f"{url}/readyz").status_code != 200:
        assert time.monotonic() < until, "not ready"
        time.sleep(0.02)
