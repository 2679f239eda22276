"""A marked secret goes through everything, and is found nowhere but in the header that shows it."""

from __future__ import annotations

import base64
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from detectory.cli.failure import told
from detectory.cli.session import Session
from detectory.journal import Journal
from detectory.library import Workspace
from tests import needs
from tests.cli.conftest import Ask, Said, ask  # noqa: F401  # a fixture
from tests.toy.make import make_home
from tests.tracking import peers

TOKEN, KEY = "t0ken-" + "9f3c2ab1" * 5, "k3y-" + "d07e55aa" * 5
SETTINGS = """
[tracking]
sinks = ["mlflow", "wandb"]
patience_s = 280

[tracking.mlflow]
uri = "%s"
token = "env:TOY_TOKEN"

[tracking.wandb]
key = "file:keys/wandb"
"""


class Moody(peers.Mlflow):
    """A server that refuses at first, and quotes what it was shown."""

    refuses = True

    def __call__(self, asked: peers.Asked) -> peers.Answer:
        if self.refuses:
            said = f"no run for {asked.headers['Authorization']}"
            return 403, {"error_code": "PERMISSION_DENIED", "message": said}
        return super().__call__(asked)


@pytest.fixture
def crashes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder that crash files and all other scratch is written to."""
    folder = tmp_path / "scratch"
    folder.mkdir()
    monkeypatch.setenv("TMPDIR", str(folder))
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    """A workspace with a secret in the environment, and one in a file."""
    for name in ("mlflow", "wandb"):
        needs.library(name, extra=name)
    monkeypatch.setenv("TOY_TOKEN", TOKEN)
    made = make_home(tmp_path / "home", origin="generated")
    (made.root / "keys/wandb").write_text(f"{KEY}\n")
    return made


def secrets() -> Iterator[bytes]:
    for secret in (TOKEN, KEY):
        yield secret.encode()
        yield base64.b64encode(f"api:{secret}".encode())


def told_in(*places: bytes) -> bool:
    return any(secret in place for secret in secrets() for place in places)


def files_of(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file() and path != folder / "home/keys/wandb"]


def test_it_is_found_nowhere_else(
    ask: Ask,  # noqa: F811
    home: Workspace,
    crashes: Path,
    capsysbinary: pytest.CaptureFixture[bytes],
    tmp_path: Path,
) -> None:
    theirs = Moody()
    with peers.recording(theirs) as peer:
        (home.root / "detectory.toml").write_text(SETTINGS % peer.url)
        said: list[Said] = [ask("-v", "--debug", "run", "toy", at=home.root)]
        assert said[0].code == 0, said[0].err
        refused = Journal(home.store).get("latest").sinks["mlflow"]
        theirs.refuses = False
        said += [
            ask("-v", "--debug", "runs", "send", at=home.root),
            ask("runs", "show", "latest", at=home.root),
        ]
        said += [ask("config", "show", at=home.root), ask("--json", "runs", "show", "latest", at=home.root)]
    told(RuntimeError("a bug"), ["run", "toy"], Session(debug=True))

    assert [one.code for one in said] == [0] * 5
    assert refused.endswith("no run for Bearer ***")
    assert "no run for Bearer ***" in said[0].err
    assert Journal(home.store).get("latest").sinks == {"mlflow": "sent", "wandb": "sent"}
    assert len(theirs.runs) == 1
    assert list(crashes.glob("detectory-crash-*"))
    found = files_of(tmp_path)
    assert any(path.suffix == ".wandb" for path in found)
    assert [path for path in found if told_in(path.read_bytes())] == []
    assert not told_in(*(text.encode() for one in said for text in (one.out, one.err)))
    assert not told_in(capsysbinary.readouterr().err)
    assert not told_in(*(one.path.encode() + one.body for one in peer.asked))
    assert {one.headers["Authorization"] for one in peer.asked} == {f"Bearer {TOKEN}"}
