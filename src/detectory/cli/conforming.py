"""What `detectory conform` asks: a server by its address, or one of this workspace that is started for it."""

from __future__ import annotations

import importlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from detectory import detectors
from detectory.cli.own_server import started
from detectory.cli.session import Session
from detectory.conform import clauses
from detectory.conform.clauses import Finding
from detectory.conform.examples import of_fields, of_file
from detectory.conform.peer import Example, Peer, Send, at
from detectory.errors import NoChampion, NoExample, UnknownDetector
from detectory.registry import versions
from detectory.settings import referred

#: addresses of a kind that Vertex AI chooses, for a server that is started here
VERTEX = {
    "AIP_MODE": "PREDICTION",
    "AIP_HEALTH_ROUTE": "/v1/endpoints/1/deployedModels/2",
    "AIP_PREDICT_ROUTE": "/v1/endpoints/1/deployedModels/2:predict",
}
PLATFORMS: Mapping[str, Mapping[str, str]] = {
    "vertex": VERTEX,
    "sagemaker": {"SAGEMAKER_BIND_TO_PORT": "8080"},
}


def findings(contract: str, peer: Peer) -> Iterator[Finding]:
    """What comes of each clause of a contract."""
    return clauses.findings(importlib.import_module(f"detectory.conform.{contract}"), peer)


@contextmanager
def peer(
    session: Session, contract: str, url: str | None, detector: str, example: Path | None, *, key: str = ""
) -> Iterator[Peer]:
    """The server to ask, with an example of what it takes; ``key`` refers to the API key that it wants."""
    given = None if example is None else of_file(contract, example, model=detector)
    if url is not None:
        shown = referred("--key", key, env=session.environment, root=session.root) if key else ""
        send = at(url, key=shown)
        yield _peer(send, given or _told(send, contract, detector), session.environment)
        return
    environment = {**session.environment, **PLATFORMS.get(contract, {})}
    names = _served(session, detector)
    with started(session.root, [*names, *_settings(session)], environment) as (send, process):
        found = given or _told(send, contract, detector)
        asked = _peer(send, found, environment)
        yield Peer(send, found, asked.health, asked.predict, process)


def _peer(send: Send, example: Example, environment: Mapping[str, str]) -> Peer:
    health = environment.get("AIP_HEALTH_ROUTE") or "/health"
    return Peer(send, example, health, environment.get("AIP_PREDICT_ROUTE") or "/predict")


def _served(session: Session, detector: str) -> list[str]:
    """One detector, so that none must be named: the first champion, or what a model folder holds."""
    home = session.workspace()
    if detector or home.settings.model:
        return [detector] if detector else []
    known = detectors.names(home.own)
    champions = [name for name in known if versions.champion(home.store, name) is not None]
    if not champions:
        raise NoChampion(known[0])
    return champions[:1]


def _settings(session: Session) -> list[str]:
    """What the caller set; and what is asked here is nothing to keep."""
    return [word for pair in (*session.pairs, "ledger.url=none") for word in ("--set", pair)]


def _told(send: Send, contract: str, detector: str) -> Example:
    """An example from what a server of ours tells of itself. Raises `NoExample` for any other."""
    answer = send("GET", "/v1/detectors", b"", {})
    if answer.status in {401, 403}:
        fix = f"show one with the scope 'predict': detectory conform {contract} URL --key env:NAME"
        raise NoExample(contract, why="the server wants a key, or another one", fix=fix)
    if answer.status != 200:
        raise NoExample(contract, why="the server does not tell its detectors as Detectory does")
    told: list[dict[str, Any]] = [one for one in answer.json()["detectors"] if one["state"] == "ready"]
    names = [one["name"] for one in told]
    if detector and detector not in names:
        raise UnknownDetector(detector, known=names)
    if not told:
        raise NoExample(contract, why="no detector of the server is ready")
    if len(told) > 1 and contract != "v2":
        why = f"the server answers for {', '.join(names)}, and a request of this contract names none"
        raise NoExample(contract, why=why, fix="serve one detector alone: detectory serve NAME")
    chosen = told[names.index(detector)] if detector else told[0]
    return of_fields(chosen["name"], next(iter(chosen["doors"].values()))["fields"])
