"""The command line as a person meets it: arguments in, exit code, stdout and stderr out."""

import io
import json
import shutil
import sys
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from detectory.cli.main import answered
from detectory.cli.session import Session
from detectory.ledger.keeper import Keeper
from detectory.library import Workspace, workspace


@dataclass(frozen=True)
class Said:
    """What a command answered."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)

    @property
    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.out.splitlines()]


Ask = Callable[..., Said]


@pytest.fixture
def ask(capsysbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch) -> Ask:
    """Run a command in this process: ``ask("score", "toy", stdin=b"…", at=home.root)``."""

    def asked(*arguments: str, stdin: bytes = b"", at: Path | None = None) -> Said:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BufferedReader(io.BytesIO(stdin))))
        where = ["-C", str(at)] if at else []
        code = answered([*where, *arguments], Session(environment={}))
        out, err = capsysbinary.readouterr()
        return Said(code, out.decode(), err.decode())

    return asked


@pytest.fixture
def at_toy(ask: Ask, toy_made: Workspace) -> Ask:
    """Commands in a workspace where the toy detector has a champion. Not to be changed."""
    return partial(ask, at=toy_made.root)


@pytest.fixture
def toy_copy(toy_made: Workspace, tmp_path: Path) -> Workspace:
    """A copy of the made workspace that a test may change."""
    shutil.copytree(toy_made.root, tmp_path / "home")
    return workspace(tmp_path / "home")


@pytest.fixture
def at_copy(ask: Ask, toy_copy: Workspace) -> Ask:
    """Commands in a workspace that a test may change; the toy detector has a champion."""
    return partial(ask, at=toy_copy.root)


@pytest.fixture
def ids(toy_copy: Workspace) -> list[str]:
    """The ids of five predictions of toy that are in the workspace's ledger; the first alerts."""
    assert toy_copy.ledger
    with closing(toy_copy.ledger) as database:
        keeper = Keeper(database)
        records = [
            {
                "text": f"n{n}",
                "score": 0.5,
                "alert": n == 0,
                "label": "serial" if n == 0 else "word",
                "version": "1",
            }
            for n in range(5)
        ]
        keeper.keep(records, detector="toy", values=False, request_id="r", key="k1")
        keeper.flush()
    return [str(record["prediction_id"]) for record in records]
