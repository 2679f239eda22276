"""A small TCP balancer: a new connection goes to a server whose ``/readyz`` answered 200 when last asked."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from types import TracebackType

ASK_EVERY_S = 0.1
READY = b"GET /readyz HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n"


class Balancer:
    """Listens on a free port of the loopback address while it is entered."""

    def __init__(self, *ports: int) -> None:
        self.ports, self._ready, self._turn = list(ports), set[int](), 0
        self._passing = set[asyncio.Task[None] | None]()

    async def __aenter__(self) -> Balancer:
        self._server = await asyncio.start_server(self._passed_on, "127.0.0.1", 0)
        self._asking = asyncio.create_task(self._ask())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        self._asking.cancel()
        self._server.close()
        await asyncio.gather(self._asking, *filter(None, self._passing), return_exceptions=True)

    @property
    def port(self) -> int:
        """Where it listens."""
        port: int = self._server.sockets[0].getsockname()[1]
        return port

    async def _ask(self) -> None:
        while True:
            for port in list(self.ports):
                ready = await _is_ready(port)
                (self._ready.add if ready else self._ready.discard)(port)
            self._ready &= set(self.ports)
            await asyncio.sleep(ASK_EVERY_S)

    async def _passed_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._passing.add(asyncio.current_task())
        while not self._ready:
            await asyncio.sleep(ASK_EVERY_S)
        ready = sorted(self._ready)
        self._turn += 1
        inner = await asyncio.open_connection("127.0.0.1", ready[self._turn % len(ready)])
        await asyncio.gather(_copied(reader, inner[1]), _copied(inner[0], writer))


async def _copied(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(ConnectionError):
        async with closing(writer):
            while data := await reader.read(1 << 16):
                writer.write(data)
                await writer.drain()


async def _is_ready(port: int) -> bool:
    try:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        async with closing(writer):
            writer.write(READY)
            return (await reader.read()).startswith(b"HTTP/1.1 200")
    except ConnectionError:
        return False


@contextlib.asynccontextmanager
async def closing(writer: asyncio.StreamWriter) -> AsyncIterator[None]:
    """Closed at the end, also where the connection broke or whoever asked was cancelled."""
    try:
        yield
    finally:
        writer.close()
        await writer.wait_closed()
