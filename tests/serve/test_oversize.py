"""What is far too large is refused before it is held in memory, and the next one is answered (F15)."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import httpx
import psutil
import pytest

from tests.serve.conftest import server
from tests.serve.test_run import URL, wait_until_ready

MIB = 1 << 20
HEAD = f"POST {URL} HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n"
Post = Callable[[Iterator[bytes]], int]


@pytest.fixture(scope="module")
def served(dga_folder: Path, key: Path) -> Iterator[tuple[psutil.Process, str]]:
    """A server in a process of its own, warm: the largest body that it takes has been answered."""
    with server(dga_folder, key.with_suffix(".pub")) as (process, url):
        wait_until_ready(url)
        rows = [{"domain": f"{number:0200d}.example.com"} for number in range(9_000)]
        for _ in range(3):
            assert httpx.post(url + URL, json={"rows": rows}, timeout=60).status_code in (200, 422)
        yield psutil.Process(process.pid), url


def status_of(url: str, sent: Iterator[bytes]) -> int:
    """Send until the server has had enough; the status of its answer."""
    host, _, port = url.removeprefix("http://").partition(":")
    with socket.create_connection((host, int(port)), timeout=30) as connection:
        with suppress(ConnectionError):  # it closes while we still send
            for part in sent:
                connection.sendall(part)
        return int(connection.recv(1 << 16).split()[1])


def declared(length: int, body: bytes = b"") -> Iterator[bytes]:
    yield f"{HEAD}content-length: {length}\r\n\r\n".encode() + body


def endless() -> Iterator[bytes]:
    """Chunks of 64 KiB, until the server closes or has taken ten times what it may."""
    yield f"{HEAD}transfer-encoding: chunked\r\n\r\n".encode()
    for _ in range(10 * 4 * MIB // (1 << 16)):
        yield b"10000\r\n" + b" " * (1 << 16) + b"\r\n"


def whole(body: bytes) -> Iterator[bytes]:
    return declared(len(body), body)


OVERSIZE: dict[str, tuple[Callable[[], Iterator[bytes]], int]] = {
    "2 GiB declared": (lambda: declared(2 << 30), 413),
    "chunks without end": (endless, 413),
    "10,001 rows": (lambda: whole(json.dumps({"rows": [{"domain": "a.com"}] * 10_001}).encode()), 422),
    "JSON 100,000 deep": (lambda: whole(b'{"rows":' + b"[" * 100_000 + b"]" * 100_000 + b"}"), 422),
    "an unknown value 100,000 deep": (lambda: whole(b'{"x":' + b"[" * 100_000 + b"]" * 100_000 + b"}"), 422),
    "a number of 5,000 digits": (lambda: whole(b'{"rows":[{"domain":' + b"9" * 5_000 + b"}]}"), 422),
    "100,000 keys": (
        lambda: whole(json.dumps({"rows": [{f"k{number}": 1 for number in range(100_000)}]}).encode()),
        422,
    ),
    "100,000 keys beside the rows": (
        lambda: whole(json.dumps({f"k{number}": 1 for number in range(100_000)}).encode()),
        422,
    ),
}


@pytest.mark.parametrize(("sent", "status"), OVERSIZE.values(), ids=OVERSIZE.keys())
def test_what_is_far_too_large_is_refused_and_not_held(
    served: tuple[psutil.Process, str], sent: Callable[[], Iterator[bytes]], status: int
) -> None:
    process, url = served
    before = process.memory_info().rss

    assert [status_of(url, sent()) for _ in range(3)] == [status] * 3

    grown = process.memory_info().rss - before
    assert grown <= 8 * MIB, f"{grown / MIB:.1f} MiB"
    assert httpx.post(url + URL, json={"rows": [{"domain": "a.com"}]}).status_code == 200
