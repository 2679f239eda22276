"""Start the server: listen first, open the detectors after, stop when asked.

Comes in: a predictor, settings, and the store to follow. Goes out: when SIGTERM or SIGINT has come and
every accepted request is answered. Never: another address than the one set, which is 127.0.0.1 unless told.
"""

from __future__ import annotations

import asyncio
import logging
import math
import socket
import sys
import threading
from collections.abc import Callable, Sequence
from functools import partial
from time import monotonic
from types import FrameType
from typing import TYPE_CHECKING

import uvicorn

from detectory.errors import CannotListen
from detectory.ledger.keeper import Keeper
from detectory.serve import logs
from detectory.serve.app import HERE, App, create_app
from detectory.serve.canary.control import Control
from detectory.serve.canary.truths import Truths
from detectory.serve.gate import Gate
from detectory.serve.platform import Platform
from detectory.serve.predictor import Predictor
from detectory.serve.protocol import Connection, sweep
from detectory.serve.releases import Releases
from detectory.serve.watch import Watch
from detectory.settings import Otel, Serving

if TYPE_CHECKING:
    from detectory.serve.tracing import Tracing

BACKLOG = 2048
GRACE_S = 20  # Kubernetes kills after 30
SWITCH_S = 0.0005  # a scoring thread gives way to the event loop after that, not after 5 ms
logger = logging.getLogger(__name__)


class _Server(uvicorn.Server):
    """Opens detectors and ledger once the socket is served, and serves on for a while when it is to stop.

    So ``/livez`` answers at once, and whoever spreads the requests sees ``/readyz`` change before a
    connection is refused.
    """

    def __init__(
        self,
        config: uvicorn.Config,
        predictor: Predictor,
        *,
        tasks: Sequence[Callable[[], None]],
        delay_s: float,
    ) -> None:
        super().__init__(config)
        self._predictor, self._delay_s, self._until = predictor, delay_s, math.inf
        self._threads = [threading.Thread(target=task, daemon=True) for task in tasks]

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets=sockets)
        self._sweep = asyncio.create_task(sweep(self.server_state))
        for thread in self._threads:
            thread.start()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """SIGTERM or SIGINT: not ready at once; a second one does not wait."""
        self.should_exit = self._predictor.stopping
        self._predictor.stopping = True

    async def on_tick(self, counter: int) -> bool:
        """Ten times a second: whether to stop."""
        if self._predictor.stopping and self._until == math.inf:
            logger.info("asked to stop", extra={"facts": {"serves_on_s": self._delay_s}})
            self._until = monotonic() + self._delay_s
        return await super().on_tick(counter) or monotonic() >= self._until


def serve(
    predictor: Predictor,
    *,
    serving: Serving,
    version: str,
    releases: Releases | None = None,
    platform: Platform = HERE,
    keeper: Keeper | None = None,
    gate: Gate | None = None,
    otel: Otel | None = None,
) -> None:
    """Answer until told to stop; with ``releases``, whoever the store names from then on.

    With a ``keeper``, what is answered is kept.

    Raises `CannotListen` when the address is taken or not ours, `OpenToAll` where others would reach it and
    the gate asks nobody for a key, `MissingExtra` where traces are asked for and cannot be sent.
    """
    logs.to_stream()
    sys.setswitchinterval(SWITCH_S)
    gate = gate or Gate(serving)
    gate.check_reach(serving)
    listening = listen(serving.host, serving.port)
    host, port = listening.getsockname()[:2]
    tracing = _tracing(otel, version)
    app = create_app(
        predictor, serving=serving, version=version, platform=platform, keeper=keeper, gate=gate,
        tracing=tracing,
    )  # fmt: skip
    if platform.name:
        logger.info("the platform decides who may ask", extra={"facts": {"platform": platform.name}})
    logger.info("listening", extra={"facts": {"url": f"http://{host}:{port}", "version": version}})
    tasks = [*_tasks(predictor, releases, serving, keeper), *gate.tasks(), *app.tasks]
    _Server(_config(app), predictor, tasks=tasks, delay_s=serving.drain_delay).run(sockets=[listening])
    if keeper:
        keeper.stop()
    if tracing:
        tracing.finish()
    logger.info("stopped")


def _config(app: App) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        loop="uvloop",
        http=partial(Connection, house=app.house),  # type: ignore[arg-type]  # called, never subclassed
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=GRACE_S,
    )


def _tracing(otel: Otel | None, version: str) -> Tracing | None:
    if otel is None or not otel.endpoint:
        return None
    from detectory.serve.tracing import tracing_of

    return tracing_of(otel, version=version)


def _tasks(
    predictor: Predictor, releases: Releases | None, serving: Serving, keeper: Keeper | None
) -> list[Callable[[], None]]:
    """What goes on beside answering, each in a thread of its own."""
    keeping = [keeper.run] if keeper else []
    if releases is None:
        return [predictor.load, *keeping]
    watch = Watch(predictor, releases, every_s=serving.poll_s, digits=serving.digits)
    follow = partial(Control, predictor, releases)
    control = (
        follow(shadows=keeper.shadowed, truths=Truths(keeper.database, keep=keeper.share))
        if keeper
        else follow()
    )
    return [watch.run, control.run, *keeping]


def listen(host: str, port: int) -> socket.socket:
    """A socket that listens; port 0 takes a free one. Raises `CannotListen`.

    >>> with listen("127.0.0.1", 0) as one:
    ...     one.getsockname()[0]
    '127.0.0.1'
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=BACKLOG)
    except OSError as error:
        raise CannotListen(host, port, reason=error.strerror or str(error)) from error
