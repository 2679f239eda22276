"""An app that listens in this process, asked with bytes as they are."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager, suppress
from functools import partial

import uvicorn
from uvicorn.server import ServerState

from detectory.serve.app import App
from detectory.serve.protocol import Connection

JSON = {"content-type": "application/json"}
SILENCE_S = 0.3  # of a damaged request the server may wait for the rest
HEAD = re.compile(
    rb"(HTTP/1.1 100 [^\r]*\r\n\r\n)?HTTP/1.1 (.+\r\n)+?content-length: (?P<length>\d+)\r\n(.+\r\n)*\r\n"
)


def request(body: bytes, *, path: str, method: str = "POST", http: str = "1.1", **headers: str) -> bytes:
    """A request as bytes; its id is always the same, unless another is given."""
    said = {"host": "x", "x-request-id": "one", "content-length": str(len(body)), **headers}
    lines = [f"{method} {path} HTTP/{http}", *(f"{name}: {value}" for name, value in said.items())]
    return "\r\n".join([*lines, "", ""]).encode() + body


@asynccontextmanager
async def listening(app: App) -> AsyncIterator[int]:
    """The port of an app that listens."""
    config = uvicorn.Config(app, lifespan="off", ws="none", proxy_headers=False, log_config=None)
    config.load()
    made = partial(Connection, config, ServerState(), {}, house=app.house)
    server = await asyncio.get_running_loop().create_server(made, "127.0.0.1", 0)
    yield server.sockets[0].getsockname()[1]
    server.close()


async def answers(
    app: App, requests: Iterable[bytes], *, count: int = 1, silence_s: float = SILENCE_S, at_once: int = 1
) -> list[bytes]:
    """What an app sends for each request, over connections of their own."""
    turns = asyncio.Semaphore(at_once)

    async def one(port: int, said: bytes) -> bytes:
        async with turns:
            return await answer(port, said, count=count, silence_s=silence_s)

    async with listening(app) as port:
        return await asyncio.gather(*(one(port, said) for said in requests))


async def in_turn(app: App, requests: Iterable[bytes]) -> list[bytes]:
    """What an app sends for each request, over one connection."""
    found = []
    async with listening(app) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for one in requests:
            writer.write(one)
            found.append(await read(reader, count=1, silence_s=SILENCE_S))
        writer.close()
        await writer.wait_closed()
    return found


async def hung_up(app: App, begun: bytes) -> None:
    """Send the beginning of a request, and go."""
    async with listening(app) as port:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(begun)
        await asyncio.sleep(0.1)
        writer.close()
        await asyncio.sleep(0.1)


async def answer(port: int, said: bytes, *, count: int, silence_s: float) -> bytes:
    """All that comes for some bytes, until the connection is closed or nothing more comes."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(said)
    whole = await read(reader, count=count, silence_s=silence_s)
    writer.close()
    with suppress(ConnectionError):
        await writer.wait_closed()
    return whole


async def read(reader: asyncio.StreamReader, *, count: int, silence_s: float) -> bytes:
    """So many answers, or fewer when no more come."""
    whole = b""
    with suppress(TimeoutError, ConnectionError):
        while len(ends(whole)) < count:
            async with asyncio.timeout(silence_s):
                piece = await reader.read(1 << 20)
            if not piece:
                break
            whole += piece
    return whole


def ends(whole: bytes) -> list[int]:
    """Where each whole answer ends."""
    found, at = [], 0
    while match := HEAD.match(whole, at):
        at = match.end() + int(match["length"])
        if len(whole) >= at:
            found.append(at)
    return found


def statuses(whole: bytes) -> list[int]:
    """The status of every answer in some bytes, less those that only say to go on."""
    found = [int(status) for status in re.findall(rb"^HTTP/1.1 (\d{3})", whole, re.MULTILINE)]
    return [status for status in found if status != 100]
