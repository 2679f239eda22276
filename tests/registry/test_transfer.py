"""Versions moved between stores: checked before and after, numbered anew, never twice, never promoted."""

import shutil
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest

from detectory import bundle, signing
from detectory.artifacts import Store
from detectory.errors import (
    BadName,
    BundleRefused,
    NoChampion,
    NoSuchFile,
    SignatureInvalid,
    TargetExists,
    UnknownVersion,
)
from detectory.library import Workspace
from detectory.registry import promote, transfer, versions

NOW = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
def other(tmp_path: Path) -> Store:
    return Store(tmp_path / "other")


def push(home: Workspace, other: Store, version: str | None = None) -> transfer.Moved:
    return transfer.push(home.store, other, "toy", version, trusted=home.trusted, now=NOW)


def test_what_arrives_is_what_was_signed(toy_made: Workspace, other: Store) -> None:
    moved = push(toy_made, other)
    _, here = versions.open_version(toy_made.store, "toy", "1", toy_made.trusted)
    _, there = versions.open_version(other, "toy", str(moved.number), toy_made.trusted)
    assert here.digest == there.digest == moved.digest
    assert dict(here.files) == dict(there.files)


def test_the_same_bytes_are_not_stored_twice(toy_made: Workspace, other: Store) -> None:
    first, second = push(toy_made, other), push(toy_made, other)
    assert (first.is_new, second.is_new, second.number) == (True, False, first.number)
    assert versions.numbers(other, "toy") == [1]


def test_a_version_gets_the_next_free_number_there(toy_made: Workspace, other: Store) -> None:
    other.publish_folder("toy/versions/6", {"bundle.dsse.json": b"of a key that nobody trusts"})
    assert push(toy_made, other).number == 7


def test_nothing_is_promoted_and_the_trail_tells_what_came(toy_made: Workspace, other: Store) -> None:
    push(toy_made, other)
    assert versions.champion(other, "toy") is None
    [entry] = promote.trail(other, "toy")
    assert (entry["action"], entry["version"], entry["version_at_source"]) == ("push", 1, 1)


def test_a_pull_takes_only_what_a_trusted_key_signed(toy_made: Workspace, tmp_path: Path) -> None:
    signing.new_key(tmp_path / "mine.key")
    mine = signing.trusted_keys([tmp_path / "mine.pub"])
    with pytest.raises(SignatureInvalid, match="signature does not hold"):
        transfer.pull(Store(tmp_path / "here"), toy_made.store, "toy", None, trusted=mine, now=NOW)
    assert not (tmp_path / "here").exists()


def test_a_flipped_bit_does_not_travel(toy_made: Workspace, tmp_path: Path, other: Store) -> None:
    damaged = Store(tmp_path / "damaged")
    shutil.copytree(toy_made.store.root, damaged.root)
    graph = damaged.root / "toy/versions/1/score.onnx"
    graph.write_bytes(b"\0" + graph.read_bytes()[1:])
    with pytest.raises(BundleRefused, match="is refused"):
        transfer.pull(other, damaged, "toy", "1", trusted=toy_made.trusted, now=NOW)
    assert versions.numbers(other, "toy") == []


def test_a_version_of_one_detector_does_not_pass_for_another(
    toy_made: Workspace, tmp_path: Path, other: Store
) -> None:
    renamed = Store(tmp_path / "renamed")
    shutil.copytree(toy_made.store.root / "toy", renamed.root / "dga")
    with pytest.raises(BundleRefused) as refused:
        transfer.pull(other, renamed, "dga", "1", trusted=toy_made.trusted, now=NOW)
    assert "a version of 'toy', not of 'dga'" in refused.value.why


@pytest.mark.parametrize("name", ["../toy", "toy/versions", "", ".toy", "Toy"])
def test_a_name_does_not_lead_out_of_a_store(toy_made: Workspace, other: Store, name: str) -> None:
    with pytest.raises(BadName, match="is not the name"):
        transfer.push(toy_made.store, other, name, "1", trusted=toy_made.trusted, now=NOW)


def test_what_is_not_there_cannot_be_moved(toy_made: Workspace, other: Store) -> None:
    with pytest.raises(UnknownVersion, match="no version '9'"):
        push(toy_made, other, "9")
    with pytest.raises(NoSuchFile, match="there is no file"):
        transfer.pull(toy_made.store, other, "toy", None, trusted=toy_made.trusted, now=NOW)
    other.root.mkdir()
    with pytest.raises(NoChampion, match="no promoted version"):
        transfer.pull(toy_made.store, other, "toy", None, trusted=toy_made.trusted, now=NOW)


def test_an_exported_folder_opens(toy_made: Workspace, tmp_path: Path) -> None:
    moved = transfer.export(toy_made.store, "toy", None, tmp_path / "out/toy", trusted=toy_made.trusted)
    assert bundle.open_folder(tmp_path / "out/toy", toy_made.trusted).digest == moved.digest
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["toy"]


def test_an_exported_zip_is_the_same_bytes_each_time_and_opens(toy_made: Workspace, tmp_path: Path) -> None:
    one, two = tmp_path / "one.zip", tmp_path / "two.zip"
    for target in (one, two):
        moved = transfer.export(toy_made.store, "toy", "1", target, trusted=toy_made.trusted)
    assert one.read_bytes() == two.read_bytes()
    with zipfile.ZipFile(one) as archive:
        archive.extractall(tmp_path / "unpacked")
    assert bundle.open_folder(tmp_path / "unpacked", toy_made.trusted).digest == moved.digest


def test_an_export_writes_over_nothing(toy_made: Workspace, tmp_path: Path) -> None:
    (tmp_path / "toy").mkdir()
    with pytest.raises(TargetExists, match="is there already"):
        transfer.export(toy_made.store, "toy", None, tmp_path / "toy", trusted=toy_made.trusted)
