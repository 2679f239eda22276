"""Whole runs on a bucket: made here and used there, killed, cut off, and ended by the next one."""

from __future__ import annotations

import shutil
import signal
import socket
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from detectory import failpoints, pipeline
from detectory.artifacts import Access, Store
from detectory.cli.main import answered
from detectory.cli.session import Session
from detectory.errors import IntegrityError, StoreAway
from detectory.library import Workspace, workspace
from detectory.registry import promote, transfer, versions
from detectory.stores.client import Client
from tests.faults.conftest import Forks
from tests.stores.gcs import BUCKET, Gcs
from tests.stores.peers import Peer
from tests.toy.make import make_home

#: where a bucket and a folder do different things; the other gaps are tried on a folder
PLACES = ("commit.before_publish", "commit.before_swap", "version.before_publish", "promote.before_swap")


def settle(root: Path, url: str, endpoint: str, *, retry_s: int = 10) -> Workspace:
    """Let a workspace keep its artifacts in a bucket."""
    (root / "detectory.toml").write_text(
        f'store = "{url}"\n[objects]\nendpoint = "{endpoint}"\nallow_http = true\nretry_s = {retry_s}\n'
    )
    return workspace(root)


@pytest.fixture(scope="module")
def began(tmp_path_factory: pytest.TempPathFactory, s3: str, forks: Forks) -> Workspace:
    """A workspace whose bucket holds every stage before judge."""
    root = make_home(tmp_path_factory.mktemp("bucket"), origin="generated").root
    home = settle(root, f"s3://{BUCKET}/began", s3)
    code, said = forks.run(home, "run", "toy", "--to", "compress")
    assert code == 0, said
    return home


@pytest.fixture
def home(began: Workspace, url: str, s3: str, tmp_path: Path) -> Workspace:
    """A workspace of its own, with a copy of that bucket, and nothing fetched."""
    access = Access(s3, allow_http=True)
    theirs, ours = Client(began.settings.store, access), Client(url, access)
    for one in theirs.listed(""):
        found = theirs.get(one.name)
        assert found
        ours.put(one.name, found.data)
    root = tmp_path / "home"
    shutil.copytree(began.root, root, ignore=shutil.ignore_patterns(".detectory"))
    return settle(root, url, s3)


def whole(store: Store, home: Workspace) -> list[int]:
    """Read everything that a reader finds, every byte checked; the versions there are."""
    for stage in pipeline.STAGES:
        for name in store.listing(f"toy/{stage.name}/by-key"):
            found = store.find(f"toy/{stage.name}", key=name.removesuffix(".json"))
            assert found
            assert [found.path(file) for file in found.names()]
    numbers = versions.numbers(store, "toy")
    for number in numbers:
        versions.open_version(store, "toy", str(number), home.trusted)
    assert versions.champion(store, "toy") in (None, *numbers)
    return numbers


def from_elsewhere(home: Workspace, tmp_path: Path, s3: str) -> Store:
    """The same bucket, from a machine that has fetched nothing."""
    return Store(home.settings.store, Access(s3, allow_http=True, cache=tmp_path / "elsewhere"))


def ends(forks: Forks, home: Workspace, seen: Store) -> None:
    code, said = forks.run(home, "run", "toy")
    assert code == 0, said
    assert whole(seen, home) == [1]
    assert versions.champion(seen, "toy") == 1
    assert promote.trail(seen, "toy")[-1]["action"] == "promote"
    assert not list(home.root.rglob(".tmp-*"))


def test_what_one_machine_makes_another_scores_with(
    forks: Forks,
    home: Workspace,
    tmp_path: Path,
    s3: str,
) -> None:
    code, said = forks.run(home, "run", "toy")
    assert code == 0, said
    other = make_home(tmp_path / "other", origin="generated").root
    shutil.copy(home.root / "keys/signing.pub", other / "keys/signing.pub")
    shutil.rmtree(other / "detectors")
    there = settle(other, home.settings.store, s3)
    assert there.scorer("toy").check_golden() > 0
    (other / "words.txt").write_text("hello\n")
    for words in (["models", "list", "toy"], ["models", "verify", "toy"], ["doctor"]):
        code, said = forks.run(there, *words)
        assert code == 0, said
    code, said = forks.run(there, "score", "toy", str(other / "words.txt"))
    assert (code, '"label":"word"' in said.replace(" ", "")) == (0, True), said


def test_a_second_run_has_nothing_to_do(forks: Forks, home: Workspace) -> None:
    assert forks.run(home, "run", "toy")[0] == 0
    before = {name: home.store.listing(f"toy/{name}") for name in pipeline.NAMES}
    code, said = forks.run(home, "run", "toy")
    assert (code, "made" in said.split("next:")[0].lower()) == (0, False), said
    assert {name: home.store.listing(f"toy/{name}") for name in pipeline.NAMES} == before


@pytest.mark.parametrize("name", PLACES)
def test_a_kill_between_any_two_writes_leaves_a_bucket_that_the_next_run_ends(
    forks: Forks,
    home: Workspace,
    tmp_path: Path,
    s3: str,
    name: str,
) -> None:
    code, said = forks.run(home, "run", "toy", failpoint=f"{name}=kill")
    assert code == failpoints.KILLED, said
    seen = from_elsewhere(home, tmp_path, s3)
    assert whole(seen, home) in ([], [1])
    ends(forks, home, seen)


@pytest.mark.parametrize("passed", [20, 45])
def test_a_server_that_goes_away_ends_a_run_with_exit_code_8_and_nothing_half_made(
    forks: Forks,
    home: Workspace,
    peer: Peer,
    tmp_path: Path,
    s3: str,
    passed: int,
) -> None:
    peer.fates = lambda number, method, path: "passed" if number < passed else "cut off"
    settle(home.root, home.settings.store, f"http://127.0.0.1:{peer.server_port}", retry_s=1)
    code, said = forks.run(home, "run", "toy")
    assert len(peer.asked) > passed
    assert (code, "error[E8004]" in said, f"where: {home.settings.store}" in said) == (8, True, True), said
    assert not list(home.root.rglob(".tmp-*"))
    seen = from_elsewhere(home, tmp_path, s3)
    assert whole(seen, home) in ([], [1])
    ends(forks, settle(home.root, home.settings.store, s3), seen)


def test_a_run_at_a_server_that_fails_half_the_calls_ends_as_any_other(
    forks: Forks,
    home: Workspace,
    peer: Peer,
    tmp_path: Path,
    s3: str,
) -> None:
    peer.fates = lambda number, method, path: (
        "passed" if number % 2 else "cut off" if number % 4 else "refused"
    )
    settle(home.root, home.settings.store, f"http://127.0.0.1:{peer.server_port}")
    ends(forks, home, from_elsewhere(home, tmp_path, s3))
    assert [entry["action"] for entry in promote.trail(home.store, "toy")] == ["promote"]


def test_a_server_where_nobody_listens_is_named(forks: Forks, home: Workspace) -> None:
    settle(home.root, home.settings.store, "http://127.0.0.1:9", retry_s=1)
    for words in (["run", "toy"], ["models", "promote", "toy@1"]):
        code, said = forks.run(home, *words)
        assert (code, "error[E8004]" in said) == (8, True), said


def test_an_interrupt_does_not_wait_for_a_server_that_says_nothing(tmp_path: Path) -> None:
    program = (
        "import signal, sys; from detectory.cli.main import main; "
        "signal.signal(signal.SIGINT, signal.default_int_handler); "  # a shell's `&` has it ignored
        "sys.exit(main())"
    )
    with socket.create_server(("127.0.0.1", 0)) as silent:
        settle(tmp_path, f"s3://{BUCKET}/silent", f"http://127.0.0.1:{silent.getsockname()[1]}", retry_s=600)
        command = [sys.executable, "-c", program, "-C", str(tmp_path), "models", "list", "toy"]
        with (
            subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process,
            silent.accept()[0] as connection,
        ):
            connection.recv(1)  # it has asked
            process.send_signal(signal.SIGINT)
            _, said = process.communicate(timeout=20)  # less than a silent server is borne with
    assert (process.returncode, said) == (130, "interrupted\n")


def test_a_version_is_pushed_to_one_bucket_and_pulled_into_another(
    forks: Forks,
    toy_made: Workspace,
    gcs: Gcs,
    url: str,
    s3: str,
    tmp_path: Path,
) -> None:
    root = Path(shutil.copytree(toy_made.root, tmp_path / "home"))
    home, google = settle(root, ".detectory", s3), f"gs://{BUCKET}/theirs"
    code, said = forks.run(home, "models", "push", "toy", url, "--json")
    assert (code, '"version": 1' in said) == (0, True), said
    there = home.store_at(url)
    assert versions.champion(there, "toy") is None
    settle(root, url, s3)  # from Amazon's bucket to Google's; the fork has not the emulator's address
    assert answered(["-C", str(root), "models", "push", "toy@1", google], Session()) == 0
    assert "0" in gcs.preconditions, "the claim of a number is made if there is none"
    found = home.store_at(google)
    _, opened = versions.open_version(found, "toy", "1", home.trusted)
    assert opened.digest == versions.open_version(toy_made.store, "toy", "1", toy_made.trusted)[1].digest


def test_a_pull_from_a_bucket_that_is_not_there_says_so(forks: Forks, home: Workspace) -> None:
    code, said = forks.run(home, "models", "pull", "toy", "s3://no-such-bucket/here")
    assert (code, "error[E2002]" in said) == (2, True), said


def test_what_arrives_damaged_is_not_taken(toy_made: Workspace, url: str, access: Access) -> None:
    """A server that keeps other bytes than it was given: the signature is checked where they arrive."""
    there, now = Store(url, access), datetime(2026, 1, 1, tzinfo=UTC)
    transfer.push(toy_made.store, there, "toy", "1", trusted=toy_made.trusted, now=now)
    client = Client(url, access)
    [graph] = [one.name for one in client.listed("toy/versions/.files") if one.name.endswith("score.onnx")]
    client.put(graph, b"another graph")
    elsewhere = Store(url, Access(access.endpoint, allow_http=True, cache=access.cache / "other"))
    with pytest.raises(IntegrityError, match="not what was written"):
        versions.open_version(elsewhere, "toy", "1", toy_made.trusted)


def test_a_server_that_lets_two_make_one_object_is_found_out(url: str, through: Access, peer: Peer) -> None:
    peer.fates = lambda number, method, path: "unconditional"
    with pytest.raises(StoreAway, match="cannot be used") as caught:
        Store(url, through).check()
    assert "If-None-Match" in caught.value.why
    assert Store(url, through).listing("") == []
