"""A client that is too slow is cut off by its deadline, and nobody else notices."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import suppress
from pathlib import Path
from threading import Thread

import httpx
import pytest

from detectory.settings import Serving
from tests.serve.conftest import server
from tests.serve.test_run import URL, wait_until_ready

GOOD = {"rows": [{"domain": "google.com"}]}
GRACE_S = 2.0
HEAD = f"POST {URL} HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 4000\r\n\r\n"


@pytest.fixture(scope="module")
def patience(tenth: Callable[[int], int]) -> Serving:
    """The deadlines as they are built in, or a tenth of each."""
    share = tenth(10) / 10
    return Serving(headers_s=5 * share, body_s=10 * share, idle_s=15 * share)


@pytest.fixture(scope="module")
def address(patience: Serving, dga_folder: Path, key: Path) -> Iterator[str]:
    given = [f"serving.{name}={getattr(patience, name)}" for name in ("headers_s", "body_s", "idle_s")]
    with server(dga_folder, key.with_suffix(".pub"), *given) as (process, url):
        assert process.stderr is not None
        Thread(target=process.stderr.read, daemon=True).start()  # a full pipe would hold the server up
        wait_until_ready(url)
        yield url


Slow = Callable[[asyncio.StreamWriter], Awaitable[None]]


async def drip(writer: asyncio.StreamWriter, said: bytes, *, every: bytes) -> None:
    """Say something at once, and then something more again and again."""
    writer.write(said)
    while not writer.is_closing():
        await asyncio.sleep(0.2)
        writer.write(every)


async def headers(writer: asyncio.StreamWriter) -> None:
    await drip(writer, b"GET /livez HTTP/1.1\r\n", every=b"x-more: 1\r\n")


async def one_header(writer: asyncio.StreamWriter) -> None:
    await drip(writer, b"GET /livez HTTP/1.1\r\nx-more: ", every=b"1")


async def body(writer: asyncio.StreamWriter) -> None:
    await drip(writer, HEAD.encode(), every=b" ")


async def nothing(writer: asyncio.StreamWriter) -> None:
    await asyncio.sleep(3600)


async def line_ends(writer: asyncio.StreamWriter) -> None:
    await drip(writer, b"\r\n", every=b"\r\n")


async def nothing_more(writer: asyncio.StreamWriter) -> None:
    writer.write(b"GET /livez HTTP/1.1\r\nhost: x\r\n\r\n")
    await nothing(writer)


@pytest.mark.soak
@pytest.mark.parametrize(
    ("slow", "deadline"),
    [
        (headers, "headers_s"),
        (one_header, "headers_s"),
        (body, "body_s"),
        (nothing, "idle_s"),
        (line_ends, "idle_s"),
        (nothing_more, "idle_s"),
    ],
)
def test_slow_clients_are_cut_by_their_deadline_while_others_are_answered(
    address: str, patience: Serving, slow: Slow, deadline: str, tenth: Callable[[int], int]
) -> None:
    seconds = getattr(patience, deadline)

    async def all_of_them() -> tuple[list[float], list[int]]:
        held = [asyncio.create_task(held_s(address, slow)) for _ in range(tenth(300))]
        good = asyncio.create_task(asking(address))
        times = await asyncio.wait_for(asyncio.gather(*held), timeout=seconds + 30)
        good.cancel()
        return times, await good

    times, statuses = asyncio.run(all_of_them())

    assert min(times) > seconds * 0.9
    assert max(times) < seconds + GRACE_S
    assert statuses
    assert set(statuses) == {200}


def test_who_was_cut_is_counted_by_what_was_waited_for(address: str) -> None:
    async def one_of_each() -> None:
        await asyncio.gather(*(held_s(address, slow) for slow in (headers, body, nothing)))

    asyncio.run(one_of_each())

    told = httpx.get(f"{address}/metrics").text
    assert 'detectory_connections_cut_total{waiting_for="head"}' in told
    assert 'detectory_connections_cut_total{waiting_for="body"}' in told
    assert 'detectory_connections_cut_total{waiting_for="request"}' in told


def test_an_answer_that_nobody_reads_does_not_stay(address: str, patience: Serving) -> None:
    rows = json.dumps({"rows": [{"domain": "a" * 40 + ".com"}] * 10_000}).encode()
    head = HEAD.replace("4000", str(len(rows))).encode()

    async def greedy() -> None:
        reader, writer = await opened(address)
        writer.transport.pause_reading()
        for _ in range(8):  # more than the kernel's buffers hold
            writer.write(head + rows)
        await asyncio.sleep(patience.body_s + GRACE_S)
        writer.transport.resume_reading()
        with pytest.raises((asyncio.IncompleteReadError, ConnectionError)):
            await reader.readexactly(8 * len(rows))
        writer.close()
        with suppress(ConnectionError):
            await writer.wait_closed()

    asyncio.run(greedy())


async def held_s(address: str, slow: Slow) -> float:
    """How long the server holds a connection of a slow client."""
    reader, writer = await opened(address)
    began = time.monotonic()
    task = asyncio.create_task(slow(writer))
    with suppress(ConnectionError):
        while await reader.read(1 << 16):
            began = time.monotonic()  # an answer: from here on the next request is waited for
    held = time.monotonic() - began
    task.cancel()
    writer.close()
    with suppress(ConnectionError):
        await writer.wait_closed()
    return held


async def asking(address: str) -> list[int]:
    """The statuses of a client that behaves, until it is cancelled."""
    statuses = []
    async with httpx.AsyncClient(base_url=address, timeout=20) as client:
        try:
            while True:
                statuses.append((await client.post(URL, json=GOOD)).status_code)
                await asyncio.sleep(0.01)
        except asyncio.CancelledError:
            return statuses


async def opened(address: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    host, port = address.removeprefix("http://").split(":")
    return await asyncio.open_connection(host, int(port))
