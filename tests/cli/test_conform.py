"""`detectory conform` on the command line: our server, another one, one that is broken, none."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from detectory.cli.main import answered
from detectory.cli.session import Session
from tests.answering import answering
from tests.serve.conftest import dga_folder, key, server  # noqa: F401  # fixtures
from tests.serve.test_run import wait_until_ready

Conform = Callable[..., int]


@pytest.fixture
def conform(dga_folder: Path, key: Path, tmp_path: Path) -> Conform:  # noqa: F811
    """Run the command on a workspace whose model is a signed folder; gives the exit code."""
    pairs = (f"model={dga_folder}", f"signing.trusted={key.with_suffix('.pub')}")

    def run(*words: str) -> int:
        session = Session(root=tmp_path, pairs=pairs, environment=os.environ)
        return answered(["conform", *words], session)

    return run


@contextmanager
def other(answers: dict[str, Any], heard: list[str] | None = None) -> Iterator[str]:
    """A server that is not ours: what it answers by address, or with which status; everything else with 404.

    ``heard`` takes the keys that it was shown.
    """

    class Other(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.rfile.read(int(self.headers.get("content-length", 0)))
            if heard is not None:
                heard.append(self.headers.get("authorization", ""))
            said = answers.get(self.path, 404)
            body = json.dumps(said).encode()
            self.send_response(said if isinstance(said, int) else 200)
            self.send_header("content-type", "application/json")
            self.end_headers()
            self.wfile.write(body)

        do_POST = do_GET

        def log_message(self, *_: Any) -> None:
            pass

    with answering(HTTPServer(("127.0.0.1", 0), Other)) as url:
        yield url


@pytest.mark.parametrize("contract", ["sagemaker", "vertex", "v2", "mlflow"])
def test_without_an_address_a_server_of_this_workspace_is_started_and_keeps_every_clause(
    conform: Conform, contract: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    code = conform(contract, "--json")

    said = json.loads(capfd.readouterr().out)
    assert (code, said["contract"]) == (0, contract)
    assert {one["outcome"] for one in said["findings"]} == {"passed"}
    assert not (tmp_path / ".detectory").exists()  # nothing of it is kept


def test_a_server_of_ours_says_itself_what_it_takes(
    conform: Conform,
    dga_folder: Path,  # noqa: F811
    key: Path,  # noqa: F811
    capfd: pytest.CaptureFixture[str],
) -> None:
    with server(dga_folder, key.with_suffix(".pub")) as (_, url):
        wait_until_ready(url)
        assert conform("v2", url) == 0
    said = capfd.readouterr()
    assert "passed   live" in said.out
    assert "25 clauses hold, 0 do not" in said.err


def test_another_server_is_asked_with_an_example_and_what_it_breaks_is_named(
    conform: Conform, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    example = tmp_path / "example.json"
    example.write_text('{"instances": [[1.0, 2.0], [3.0, 4.0]]}')
    with other({"/health": {}, "/predict": {"predictions": [1]}}) as url:
        assert conform("vertex", url, "--example", str(example)) == 5
    said = capfd.readouterr()
    assert "failed          as_many" in said.out
    assert "2 instances were sent, 1 predictions came" in said.out
    assert "error[E5030]: the server breaks the contract 'vertex'" in said.err


def test_another_server_without_an_example_is_not_guessed_at(
    conform: Conform, capfd: pytest.CaptureFixture[str]
) -> None:
    with other({}) as url:
        assert conform("mlflow", url) == 2
    assert "detectory conform mlflow URL --example FILE" in capfd.readouterr().err


@pytest.mark.parametrize(
    ("contract", "name", "text"),
    [
        ("sagemaker", "rows.txt", "1,2"),
        ("v2", "rows.json", '{"inputs": []}'),  # no model is named
        ("vertex", "rows.json", "[1]"),
        ("vertex", "rows.json", "{"),
        ("mlflow", "rows.json", "{}"),
    ],
)
def test_a_file_that_is_no_example_is_refused(
    conform: Conform, tmp_path: Path, contract: str, name: str, text: str
) -> None:
    (tmp_path / name).write_text(text)

    assert conform(contract, "http://127.0.0.1:1", "--example", str(tmp_path / name)) == 2


def test_a_server_that_wants_a_key_is_shown_the_one_that_a_file_holds(
    conform: Conform, tmp_path: Path
) -> None:
    (tmp_path / "example.json").write_text('{"instances": [1]}')
    (tmp_path / "key").write_text("dk_1_secret\n")
    heard: list[str] = []
    with other({"/health": {}}, heard) as url:
        conform("vertex", url, "--example", str(tmp_path / "example.json"), "--key", "file:key")

    assert set(heard) == {"Bearer dk_1_secret"}


READY = {"state": "ready", "doors": {}}


@pytest.mark.parametrize(
    ("told", "fix"),
    [
        (401, "--key env:NAME"),
        ({"detectors": [{"name": "dga", **READY}, {"name": "flow", **READY}]}, "detectory serve NAME"),
    ],
    ids=["it wants a key", "several detectors"],
)
def test_a_server_that_cannot_be_asked_so_is_not_said_to_break_the_contract(
    conform: Conform, capfd: pytest.CaptureFixture[str], told: Any, fix: str
) -> None:
    with other({"/v1/detectors": told}) as url:
        assert conform("vertex", url) == 2
    assert fix in capfd.readouterr().err


def test_a_server_that_is_not_there_is_named(conform: Conform, capfd: pytest.CaptureFixture[str]) -> None:
    assert conform("v2", "127.0.0.1:1") == 8
    assert "E8011" in capfd.readouterr().err


def test_a_server_that_does_not_start_says_why(
    conform: Conform, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "empty").mkdir()
    assert conform("v2", "--set", f"model={tmp_path / 'empty'}") == 8
    assert "there is no model to serve" in capfd.readouterr().err
