"""Told to stop, the server lets the others know first, and drops nothing that it has accepted."""

from __future__ import annotations

import asyncio
import json
import signal
import socket
import time
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack, suppress
from pathlib import Path
from subprocess import Popen

import httpx
import pytest

from tests.serve.balancer import Balancer
from tests.serve.conftest import server
from tests.serve.test_run import URL, wait_until_ready

BODY = json.dumps({"rows": [{"domain": "google.com"}]}).encode()
ASK = b"POST %s HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n%s"
CLIENTS = 16


def test_it_is_not_ready_at_once_serves_on_and_closes_every_connection_with_its_answer(
    dga_folder: Path, key: Path
) -> None:
    with server(dga_folder, key.with_suffix(".pub"), "serving.drain_delay=1.5") as (process, url):
        wait_until_ready(url)
        process.send_signal(signal.SIGTERM)
        time.sleep(0.2)
        probe = httpx.get(f"{url}/readyz")
        alive = httpx.get(f"{url}/livez")
        scored = httpx.post(f"{url}{URL}", content=BODY, headers={"content-type": "application/json"})
        said, _ = process.communicate(timeout=20)

    assert probe.status_code == 503
    assert probe.json()["detectors"] == {"dga": "stopping"}
    assert (alive.status_code, scored.status_code) == (200, 200)
    assert scored.headers["connection"] == "close"
    assert process.returncode == 0
    assert said == "heavy:\n"


def test_a_second_signal_does_not_wait(dga_folder: Path, key: Path) -> None:
    with server(dga_folder, key.with_suffix(".pub"), "serving.drain_delay=20") as (process, url):
        wait_until_ready(url)
        for _ in range(2):
            process.send_signal(signal.SIGTERM)
            time.sleep(0.3)
        process.communicate(timeout=10)

    assert process.returncode == 0


def test_a_request_whose_head_has_begun_is_answered(dga_folder: Path, key: Path) -> None:
    request = ASK % (URL.encode(), len(BODY), BODY)
    with server(dga_folder, key.with_suffix(".pub"), "serving.drain_delay=0") as (process, url):
        wait_until_ready(url)
        with socket.create_connection(("127.0.0.1", port_of(url))) as connection:
            connection.sendall(request[:20])
            time.sleep(0.2)
            process.send_signal(signal.SIGTERM)
            time.sleep(0.5)
            connection.sendall(request[20:])
            answer = connection.recv(1 << 16)

    assert answer.startswith(b"HTTP/1.1 200")
    assert b"connection: close" in answer


@pytest.mark.soak
def test_servers_behind_a_balancer_are_replaced_under_load_without_a_reset(
    dga_folder: Path, key: Path, tenth: Callable[[int], int]
) -> None:
    """Twenty times: start another server, then stop the one before it."""
    codes, counts, enough = [], Counter[str](), asyncio.Event()
    with ExitStack() as running:

        def started() -> tuple[Popen[str], int]:
            process, url = running.enter_context(server(dga_folder, key.with_suffix(".pub")))
            wait_until_ready(url)
            return process, port_of(url)

        async def replaced() -> None:
            process, port = await asyncio.to_thread(started)
            async with Balancer(port) as balancer:
                clients = [asyncio.create_task(asking(balancer.port, counts, enough)) for _ in range(CLIENTS)]
                for _ in range(tenth(20)):
                    following, other = await asyncio.to_thread(started)
                    balancer.ports.append(other)
                    await asyncio.sleep(0.5)
                    process.send_signal(signal.SIGTERM)
                    await asyncio.to_thread(process.communicate, timeout=30)
                    codes.append(process.returncode)
                    balancer.ports.remove(port)
                    process, port = following, other
                enough.set()
                await asyncio.gather(*clients)

        asyncio.run(replaced())

    assert set(codes) == {0}
    assert counts.keys() == {"200"}
    assert counts["200"] > 100 * len(codes)


async def asking(port: int, counts: Counter[str], enough: asyncio.Event) -> None:
    """Ask again and again, over one connection until the server says that it will close it."""
    while not enough.is_set():
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        last = False
        while not (last or enough.is_set()):
            status, last = await asked(reader, writer)
            counts[status] += 1
            await asyncio.sleep(0.02)
        writer.close()
        with suppress(ConnectionError):
            await writer.wait_closed()


async def asked(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> tuple[str, bool]:
    """The status of one answer, or what went wrong, and whether the connection ends with it."""
    try:
        writer.write(ASK % (URL.encode(), len(BODY), BODY))
        head = await reader.readuntil(b"\r\n\r\n")
        length = int(head.partition(b"content-length: ")[2].split(b"\r\n")[0])
        await reader.readexactly(length)
    except (ConnectionError, asyncio.IncompleteReadError) as error:
        return type(error).__name__, True
    return head[9:12].decode(), b"connection: close" in head


def port_of(url: str) -> int:
    return int(url.rpartition(":")[2])
