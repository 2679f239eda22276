"""A version that somebody changed after it was signed is not opened."""

import shutil
from pathlib import Path

import pytest

from detectory.errors import (
    BundleRefused,
    SignatureInvalid,
)
from detectory.library import Workspace
from detectory.registry import versions
from tests.toy.make import make_home


def test_a_version_of_a_strange_key_is_not_opened(home: Workspace, tmp_path: Path) -> None:
    stranger = make_home(tmp_path / "stranger", origin="generated")
    foreign = Workspace(stranger.root, home.settings)
    shutil.copytree(home.root / ".detectory", stranger.root / ".detectory")
    with pytest.raises(SignatureInvalid, match="does not hold"):
        foreign.scorer("toy")


@pytest.mark.parametrize("name", ["score.onnx", "threshold.json", "golden.json", "parse.py", "verdict.json"])
def test_a_flipped_bit_in_any_file_of_a_version_is_refused(home: Workspace, name: str) -> None:
    path = versions.folder_of(home.store, "toy", 1) / name
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 4
    path.write_bytes(bytes(data))
    with pytest.raises(BundleRefused, match="refused") as caught:
        home.scorer("toy")
    assert caught.value.why == f"{name} is not the file that was signed"


def test_a_file_that_was_slipped_in_is_refused(home: Workspace) -> None:
    (versions.folder_of(home.store, "toy", 1) / "extra.py").write_text("print('hello')")
    with pytest.raises(BundleRefused, match="refused") as caught:
        home.scorer("toy")
    assert caught.value.why == "the manifest does not list extra.py"


def test_a_link_instead_of_a_file_is_refused(home: Workspace, tmp_path: Path) -> None:
    path = versions.folder_of(home.store, "toy", 1) / "threshold.json"
    moved = tmp_path / "elsewhere.json"
    moved.write_bytes(path.read_bytes())
    path.unlink()
    path.symlink_to(moved)
    with pytest.raises(BundleRefused, match="refused"):
        home.scorer("toy")
