"""One flipped bit in any file of a store: refused when it is read, never believed."""

import random
from collections.abc import Callable
from pathlib import Path

import pytest

from detectory.errors import IntegrityError
from detectory.library import Workspace
from tests.faults.conftest import Forks, Stop, state

KINDS = {
    "a pointer by key": "toy/*/by-key/*.json",
    "a manifest": "toy/*/*/manifest.json",
    "a table": "toy/*/*/*.parquet",
    "a graph of a stage": "toy/*/*/*.onnx",
    "a document of a stage": "toy/judge/*/*.json",
    "an envelope": "toy/versions/*/bundle.dsse.json",
    "a graph of a version": "toy/versions/*/*.onnx",
    "a part of a version": "toy/versions/*/*.py",
    "the words of a version": "toy/versions/*/*.toml",
    "the report of a version": "toy/versions/*/report.*",
    "the figures of a version": "toy/versions/*/[tgv]*.json",
    "the champion": "toy/champion.json",
    "the trail": "toy/audit/*.json",
}


def files(home: Workspace, pattern: str) -> list[Path]:
    found = sorted(
        path
        for path in home.store.root.glob(pattern)
        if "/versions/" not in str(path) or "versions" in pattern
    )
    assert found, pattern
    return found


def flip(path: Path, rng: random.Random) -> bytes:
    """Flip one bit of a file; gives what it held."""
    whole = path.read_bytes()
    at, bit = rng.randrange(len(whole)), 1 << rng.randrange(8)
    path.write_bytes(whole[:at] + bytes([whole[at] ^ bit]) + whole[at + 1 :])
    return whole


@pytest.mark.soak
@pytest.mark.parametrize("kind", KINDS)
def test_a_flipped_bit_is_refused_with_exit_code_9(
    stops: dict[str, Stop], tmp_path: Path, tenth: Callable[[int], int], kind: str
) -> None:
    home, rng = stops["promote"].copied(tmp_path / "home"), random.Random(kind)
    found = files(home, KINDS[kind])
    for _ in range(tenth(200)):
        path = rng.choice(found)
        whole = flip(path, rng)
        with pytest.raises(IntegrityError, match=r".") as caught:
            state(home)
        assert caught.value.exit_code == 9
        assert caught.value.where.startswith(str(home.store.root / "toy"))
        path.write_bytes(whole)
    assert state(home)["champion"] == 1


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("a pointer by key", ("run", "toy")),
        ("a manifest", ("run", "toy")),
        ("an envelope", ("models", "verify", "toy@1")),
        ("a graph of a version", ("models", "verify", "toy@1")),
        ("a part of a version", ("score", "toy", "words.txt")),
        ("the report of a version", ("report", "toy")),
        ("the champion", ("score", "toy", "words.txt")),
        ("the trail", ("models", "list", "toy")),
    ],
)
def test_the_command_that_meets_it_leaves_with_exit_code_9(
    forks: Forks, stops: dict[str, Stop], tmp_path: Path, kind: str, words: tuple[str, ...]
) -> None:
    home = stops["bronze"].copied(tmp_path / "home")
    for path in files(home, KINDS[kind]):
        flip(path, random.Random(kind))
    code, said = forks.run(home, *words)
    assert code == 9, said
    assert "error[E9" in said


def test_an_artifact_that_was_removed_is_made_again(
    forks: Forks, stops: dict[str, Stop], tmp_path: Path
) -> None:
    import shutil

    stop = stops["register"]
    home = stop.copied(tmp_path / "home")
    for path in files(home, "toy/silver/*/manifest.json"):
        shutil.rmtree(path.parent)
    code, said = forks.run(home, "run", "toy", "--to", "judge", "--set", "seed=1")
    assert code == 0, said
    assert [
        digest
        for digest in stop.after["artifacts"]["silver"]
        if (home.store.root / "toy/silver" / digest).is_dir()
    ]
