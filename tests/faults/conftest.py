"""What the fault tests share: commands that may be killed, and homes on the way from one version to the next.

A home has version 1 as its champion and is about to make version 2, from another seed. `Stop` says how
far it has come: everything before ``step`` is there, and ``after`` is what it looks like when that step
was never disturbed.
"""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from detectory import pipeline
from detectory.artifacts import Store
from detectory.library import Workspace, workspace
from detectory.registry import promote, versions
from tests.serve.conftest import key  # noqa: F401  # a fixture
from tests.serve.shelf import Shelf

STEPS = pipeline.NAMES
SEED = ("--set", "seed=1")


@dataclass(frozen=True)
class Started:
    """A command that runs: end it with `ended` or `kill`."""

    forks: "Forks"
    pid: int

    def kill(self, *, after_s: float) -> int:
        """SIGKILL after a while; gives -9, or the exit code of one that had ended before."""
        time.sleep(after_s)
        os.kill(self.pid, signal.SIGKILL)
        return self.ended()[0]

    def ended(self) -> tuple[int, str]:
        """Wait: the exit code, and what it said on both streams."""
        answer = self.forks.ask({"wait": self.pid})
        return answer["code"], answer["said"]


class Forks:
    """Starts `detectory` by forking a process that has imported everything."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process

    def ask(self, question: Mapping[str, Any]) -> Any:
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(json.dumps(question) + "\n")
        self._process.stdin.flush()
        return json.loads(self._process.stdout.readline())

    def start(self, home: Workspace, *words: str, failpoint: str = "", file_bytes: int = 0) -> Started:
        """Begin a command in a home; it is not waited for."""
        question = {"start": ["-C", str(home.root), *words]}
        return Started(self, self.ask(question | {"failpoint": failpoint, "file_bytes": file_bytes}))

    def run(self, home: Workspace, *words: str, failpoint: str = "", file_bytes: int = 0) -> tuple[int, str]:
        """A command from beginning to end: its exit code, and what it said."""
        return self.start(home, *words, failpoint=failpoint, file_bytes=file_bytes).ended()


@pytest.fixture(scope="session")
def forks(root: Path) -> Iterator[Forks]:
    """The process that forks commands."""
    program = [sys.executable, str(root / "tests/faults/forks.py")]
    env = {name: value for name, value in os.environ.items() if not name.startswith("DETECTORY")}
    with subprocess.Popen(
        program, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=env, start_new_session=True
    ) as process:
        yield Forks(process)
        assert process.stdin
        process.stdin.close()


@dataclass(frozen=True)
class Stop:
    """A home in which everything before ``step`` was made; ``seconds`` is how long the step takes."""

    step: str
    root: Path
    after: dict[str, Any]
    seconds: float

    def copied(self, to: Path) -> Workspace:
        """A copy that may be broken."""
        shutil.rmtree(to, ignore_errors=True)
        return workspace(Path(shutil.copytree(self.root, to)))

    @property
    def words(self) -> tuple[str, ...]:
        """The command that makes the step."""
        return ("run", "toy", "--to", self.step, *SEED)


@pytest.fixture(scope="session")
def stops(toy_made: Workspace, tmp_path_factory: pytest.TempPathFactory, forks: Forks) -> dict[str, Stop]:
    """A stop before every step."""
    folder, found = tmp_path_factory.mktemp("stops"), {}
    home = workspace(Path(shutil.copytree(toy_made.root, folder / "home")))
    for step in STEPS:
        before = Path(shutil.copytree(home.root, folder / step))
        began = time.monotonic()
        code, said = forks.run(home, "run", "toy", "--to", step, *SEED)
        assert code == 0, said
        found[step] = Stop(step, before, state(home), time.monotonic() - began)
    return found


def state(home: Workspace) -> dict[str, Any]:
    """What a reader finds in a store, every byte checked: artifacts, versions, champion."""
    store = home.store
    made = {stage.name: artifacts(store, stage.name) for stage in pipeline.STAGES}
    found = {number: opened(home, number) for number in versions.numbers(store, "toy")}
    champion = versions.champion(store, "toy")
    assert champion in found
    assert [entry["action"] for entry in promote.trail(store, "toy")]
    return {"artifacts": made, "versions": found, "champion": champion}


def artifacts(store: Store, stage: str) -> list[str]:
    """The digests of a stage's artifacts that can be found, each read whole."""
    keys = [name.removesuffix(".json") for name in store.listing(f"toy/{stage}/by-key")]
    found = [store.find(f"toy/{stage}", key=one) for one in keys]
    for artifact in found:
        assert artifact
        for name in artifact.names():
            artifact.path(name)
    return sorted(artifact.digest for artifact in found if artifact)


def opened(home: Workspace, number: int) -> str:
    """A version's digest, its signature and bytes checked."""
    return versions.open_version(home.store, "toy", str(number), home.trusted)[1].digest


def scratch(home: Workspace) -> list[Path]:
    """What a dead process left behind."""
    return list(home.root.rglob(".tmp-*"))


@pytest.fixture
def shelf(tmp_path: Path, key: Path) -> Shelf:  # noqa: F811
    """A store with version 1 as its champion."""
    shelf = Shelf(Store(tmp_path), key)
    shelf.add(1)
    shelf.promote(1)
    return shelf
