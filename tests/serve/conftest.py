"""A server over small signed bundles, asked in this process or over a socket."""

from __future__ import annotations

import asyncio
import json
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from detectory import signing
from detectory.artifacts import Store
from detectory.bundle import Opened
from detectory.ledger.database import Database
from detectory.ledger.keeper import Keeper
from detectory.runtime import Scorer
from detectory.serve import probe
from detectory.serve.app import create_app
from detectory.serve.predictor import Predictor
from detectory.serve.watch import Watch
from detectory.settings import Serving
from detectory.signing import TrustedKey
from tests.serve import bundles
from tests.serve.shelf import Shelf

PROGRAM = Path(__file__).with_name("program.py")
Ask = Callable[..., httpx.Response]
ROWS = {"rows": [{"bytes": 400}]}


@pytest.fixture(scope="session")
def key(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A private key; its public half stands beside it."""
    path = tmp_path_factory.mktemp("keys") / "signing.key"
    signing.new_key(path)
    return path


@pytest.fixture(scope="session")
def dga_folder(tmp_path_factory: pytest.TempPathFactory, key: Path) -> Path:
    """A signed bundle of dga."""
    folder = tmp_path_factory.mktemp("bundles") / "dga"
    bundles.write(folder, bundles.dga_files(), bundles.dga_heads(), bundles.GOLDEN, key)
    return folder


@pytest.fixture(scope="session")
def scorer(dga_folder: Path, key: Path) -> Scorer:
    """The same bundle, opened beside the server."""
    return bundles.opener(dga_folder, key.with_suffix(".pub"))()


@pytest.fixture(scope="session")
def predictor(dga_folder: Path, key: Path, tmp_path_factory: pytest.TempPathFactory) -> Predictor:
    """Two detectors, ready."""
    flow = bundles.write(
        tmp_path_factory.mktemp("bundles") / "flow",
        bundles.flow_files(),
        bundles.flow_heads(),
        {"bytes": [40, 500]},
        key,
    )
    predictor = Predictor({"dga": bundles.opener(dga_folder, key.with_suffix(".pub")), "flow": flow})
    predictor.load()
    return predictor


@pytest.fixture
def shelf(tmp_path: Path, key: Path) -> Shelf:
    """A store with versions 1 and 2; version 1 is the champion."""
    shelf = Shelf(Store(tmp_path), key)
    shelf.add(1)
    shelf.add(2)
    shelf.promote(1)
    return shelf


@pytest.fixture
def followed(shelf: Shelf) -> Followed:
    """A server in this process, version 1 loaded."""
    return Followed(shelf)


@pytest.fixture
def keeper(tmp_path: Path) -> Iterator[Keeper]:
    """A keeper whose thread does not run: a label writes what is queued."""
    keeper = Keeper(Database(str(tmp_path / "ledger.db")))
    yield keeper
    keeper.stop()


@pytest.fixture
def app(predictor: Predictor) -> FastAPI:
    """The app over both detectors."""
    return create_app(predictor, serving=Serving(), version="1.2.3")


@pytest.fixture
def ask(app: FastAPI) -> Ask:
    """Ask the app in this process: ``ask("GET", "/livez")``."""
    return asking(app)


@pytest.fixture
def score(ask: Ask) -> Ask:
    """Ask for the scores of a body, JSON or raw bytes."""

    def of(body: Any, *, detector: str = "dga", **headers: str) -> httpx.Response:
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        said = {"content-type": "application/json", **headers}
        return ask("POST", f"/v1/detectors/{detector}/score", content=raw, headers=said)

    return of


def asking(app: FastAPI) -> Ask:
    """A client of an app, without a socket."""

    def ask(method: str, path: str, **more: Any) -> httpx.Response:
        async def once() -> httpx.Response:
            transport = httpx.ASGITransport(app)
            async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
                return await client.request(method, path, **more)

        return asyncio.run(once())

    return ask


@contextmanager
def server(folder: Path, public: Path, *more: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A server in a process of its own: the process and its address; stopped by SIGTERM."""
    command = [sys.executable, str(PROGRAM), str(folder), str(public), *more]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            assert process.stderr is not None
            yield process, json.loads(process.stderr.readline())["url"]
        finally:
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)


class Followed:
    """A predictor that follows a shelf, one look at a time, on a clock of the test's own."""

    def __init__(self, shelf: Shelf) -> None:
        self.now, self.tried = 0.0, list[str]()
        self.predictor: Predictor = shelf.predictor()
        self.watch = Watch(
            self.predictor, shelf.releases, every_s=1, clock=lambda: self.now, try_out=self._try_out
        )
        self.predictor.load()
        self.ask: Ask = asking(create_app(self.predictor, serving=Serving(), version="0"))

    def _try_out(self, opened: Opened, trusted: Sequence[TrustedKey]) -> None:
        self.tried.append(Path(opened.where).name)
        probe.try_out(opened, trusted, within_s=5)

    @property
    def version(self) -> str:
        """Who answers."""
        answer = self.ask("POST", "/v1/detectors/flow/score", json=ROWS)
        assert answer.status_code == 200
        version: str = answer.json()["version"]
        return version

    @property
    def readyz(self) -> dict[str, object]:
        """What the probe says, which must be a 200."""
        answer = self.ask("GET", "/readyz")
        assert answer.status_code == 200
        told: dict[str, object] = answer.json()
        return told
