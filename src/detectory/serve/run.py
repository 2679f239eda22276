"""Start the server: listen first, open the detectors after, stop when asked.

Comes in: a predictor, settings, and the store to follow. Goes out: when SIGTERM or SIGINT has come and
every accepted request is answered. Never: another address than the one set, which is 127.0.0.1 unless told.
"""

from __future__ import annotations

import logging
import signal
import socket
import threading
from collections.abc import Callable, Sequence
from functools import partial

import uvicorn

from detectory.errors import CannotListen
from detectory.ledger.keeper import Keeper
from detectory.serve import logs
from detectory.serve.app import HERE, create_app
from detectory.serve.canary.control import Control
from detectory.serve.canary.truths import Truths
from detectory.serve.gate import Gate
from detectory.serve.platform import Platform
from detectory.serve.predictor import Predictor
from detectory.serve.releases import Releases
from detectory.serve.watch import Watch
from detectory.settings import Serving

BACKLOG = 2048
GRACE_S = 20  # Kubernetes kills after 30
IDLE_S = 15
logger = logging.getLogger(__name__)


class _Server(uvicorn.Server):
    """Opens the detectors and the ledger once the socket is served: ``/livez`` answers at once."""

    def __init__(self, config: uvicorn.Config, tasks: Sequence[Callable[[], None]]) -> None:
        super().__init__(config)
        self._threads = [threading.Thread(target=task, daemon=True) for task in tasks]

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets=sockets)
        for thread in self._threads:
            thread.start()


def serve(
    predictor: Predictor,
    *,
    serving: Serving,
    version: str,
    releases: Releases | None = None,
    platform: Platform = HERE,
    keeper: Keeper | None = None,
    gate: Gate | None = None,
) -> None:
    """Answer until told to stop; with ``releases``, whoever the store names from then on.

    With a ``keeper``, what is answered is kept.

    Raises `CannotListen` when the address is taken or not ours, `OpenToAll` where others would reach it and
    the gate asks nobody for a key.
    """
    logs.to_stream()
    gate = gate or Gate(serving)
    gate.check_reach(serving)
    listening = listen(serving.host, serving.port)
    host, port = listening.getsockname()[:2]
    config = uvicorn.Config(
        create_app(predictor, serving=serving, version=version, platform=platform, keeper=keeper, gate=gate),
        loop="uvloop",
        http="httptools",
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_keep_alive=IDLE_S,
        timeout_graceful_shutdown=GRACE_S,
    )
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _asked)  # uvicorn raises the signal once more when it is done
    if platform.name:
        logger.info("the platform decides who may ask", extra={"facts": {"platform": platform.name}})
    logger.info("listening", extra={"facts": {"url": f"http://{host}:{port}", "version": version}})
    tasks = [*_tasks(predictor, releases, serving, keeper), *gate.tasks()]
    _Server(config, tasks).run(sockets=[listening])
    if keeper:
        keeper.stop()
    logger.info("stopped")


def _tasks(
    predictor: Predictor, releases: Releases | None, serving: Serving, keeper: Keeper | None
) -> list[Callable[[], None]]:
    """What goes on beside answering, each in a thread of its own."""
    keeping = [keeper.run] if keeper else []
    if releases is None:
        return [predictor.load, *keeping]
    watch = Watch(predictor, releases, every_s=serving.poll_s, digits=serving.digits)
    follow = partial(Control, predictor, releases)
    control = follow(shadows=keeper.shadowed, truths=Truths(keeper.database)) if keeper else follow()
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


def _asked(number: int, _frame: object) -> None:
    logger.info("asked to stop", extra={"facts": {"signal": signal.Signals(number).name}})
