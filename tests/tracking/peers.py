"""Servers of trackers that a test can look into: they keep every request, and answer as they are told to."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event
from typing import Any, ClassVar
from urllib.parse import urlsplit

from tests.answering import answering

Answer = tuple[int, Any]


@dataclass(frozen=True)
class Asked:
    """One request."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def document(self) -> Any:
        return json.loads(self.body or b"{}")


@dataclass
class Peer:
    """What was asked, and where."""

    url: str = ""
    asked: list[Asked] = field(default_factory=list)


@contextmanager
def recording(answer: Callable[[Asked], Answer]) -> Iterator[Peer]:
    """A server that keeps what it is asked, and gives a status and a JSON document to each."""
    peer = Peer()

    class Handler(BaseHTTPRequestHandler):
        def _any(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            asked = Asked(self.command, self.path, dict(self.headers), body)
            peer.asked.append(asked)
            status, document = answer(asked)
            said = json.dumps(document).encode()
            self.send_response(status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(said)))
            self.end_headers()
            self.wfile.write(said)

        do_GET = do_POST = do_PUT = do_PATCH = do_CONNECT = _any

        def log_message(self, format: str, *args: Any) -> None:
            """Nothing: the requests are kept."""

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, request: Any, client_address: Any) -> None:
            """A client that was killed is no news."""

    with answering(Server(("127.0.0.1", 0), Handler)) as peer.url:
        yield peer


@contextmanager
def silent() -> Iterator[Peer]:
    """A server that takes requests and never answers."""
    over = Event()

    def never(asked: Asked) -> Answer:
        over.wait()
        return 503, {}

    with recording(never) as peer:
        try:
            yield peer
        finally:
            over.set()


@contextmanager
def watched() -> Iterator[tuple[Peer, dict[str, str]]]:
    """A server that hears of every connection out of a process with this environment: it is its proxy."""
    with recording(lambda asked: (502, {})) as peer:
        names = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy")
        yield peer, {**os.environ, **dict.fromkeys(names, peer.url)}


class Mlflow:
    """As much of MLflow's REST API (2.0) as a run needs: experiments, runs, batches, artifacts."""

    def __init__(self) -> None:
        self.runs: dict[str, dict[str, Any]] = {}
        self.artifacts: dict[str, bytes] = {}

    def __call__(self, asked: Asked) -> Answer:
        path = urlsplit(asked.path).path
        if asked.method == "PUT":
            self.artifacts[path.partition("/artifacts/")[2]] = asked.body
            return 200, {}
        return self.ANSWERS[path.rpartition("/mlflow/")[2]](self, asked.document)

    def _experiment(self, said: Any) -> Answer:
        return 200, {"experiment": {"experiment_id": "1", "name": "toy", "lifecycle_stage": "active"}}

    def _search(self, said: Any) -> Answer:
        found = [run for run in self.runs.values() if run["data"]["tags"][0]["value"] in said["filter"]]
        return 200, {"runs": found}

    def _create(self, said: Any) -> Answer:
        number = f"{len(self.runs):032x}"
        place = {"artifact_uri": f"mlflow-artifacts:/1/{number}/artifacts", "lifecycle_stage": "active"}
        info = {"run_id": number, "experiment_id": "1", "status": "RUNNING", **place}
        self.runs[number] = {"info": info, "data": {"tags": said["tags"]}}
        return 200, {"run": self.runs[number]}

    def _get(self, said: Any) -> Answer:
        return 200, {"run": next(iter(self.runs.values()))}

    def _batch(self, said: Any) -> Answer:
        return 200, {}

    def _update(self, said: Any) -> Answer:
        info = self.runs[said["run_id"]]["info"]
        info |= {"status": said["status"], "end_time": said["end_time"]}
        return 200, {"run_info": info}

    ANSWERS: ClassVar[Mapping[str, Callable[[Mlflow, Any], Answer]]] = {
        "experiments/get-by-name": _experiment,
        "runs/search": _search,
        "runs/create": _create,
        "runs/get": _get,
        "runs/log-batch": _batch,
        "runs/update": _update,
    }
