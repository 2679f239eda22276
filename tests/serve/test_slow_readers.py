"""Whoever reads an answer byte by byte is waited for, but not for ever."""

from __future__ import annotations

import asyncio
from typing import Any

import uvicorn
from uvicorn.server import ServerState

from detectory.serve.app import create_app
from detectory.serve.predictor import Predictor
from detectory.serve.protocol import READS, SWEEP_S, Connection
from detectory.settings import Serving

ASKED = b"GET /livez HTTP/1.1\r\nhost: x\r\n\r\n"


class Dripping(asyncio.Transport):
    """A client that reads one byte between two sweeps, of an answer without end."""

    unread, aborted = 1 << 30, False

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        return default

    def is_closing(self) -> bool:
        return self.aborted

    def write(self, data: bytes | bytearray | memoryview) -> None:
        pass

    def get_write_buffer_size(self) -> int:
        self.unread -= 1
        return self.unread

    def abort(self) -> None:
        self.aborted = True


async def held_s(serving: Serving) -> float:
    """How long a server waits for it, by the times at which it sweeps."""
    app, client = create_app(Predictor({}), serving=serving, version="0"), Dripping()
    config = uvicorn.Config(app, lifespan="off", ws="none", log_config=None)
    config.load()
    connection = Connection(config, ServerState(), {}, house=app.house)
    connection.connection_made(client)
    connection.data_received(ASKED)
    began = now = asyncio.get_running_loop().time()
    while not client.aborted:
        now += SWEEP_S
        connection.sweep(now)
    return now - began


def test_a_steady_reader_is_cut_after_thirty_times_its_patience() -> None:
    serving = Serving(body_s=2.0)
    held = asyncio.run(held_s(serving))
    assert READS * serving.body_s - SWEEP_S < held <= READS * serving.body_s + 2 * SWEEP_S
