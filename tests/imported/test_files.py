"""What is no model is known by its first bytes, and never opened."""

from __future__ import annotations

import gzip
import pickle
from pathlib import Path

import pytest

from detectory.errors import ModelUnreadable, NoSuchFile
from detectory.imported import files


class Trap:
    """What it would do, were it unpickled."""

    def __reduce__(self) -> tuple[object, ...]:
        return pytest.fail, ("the pickle was opened",)


@pytest.mark.parametrize(
    ("data", "why"),
    [
        *((pickle.dumps(Trap(), protocol), "it is a pickle") for protocol in range(2, 6)),
        (gzip.compress(b"{}", mtime=0), "packed by gzip"),
        (b"PK\x03\x04archive", "a zip archive"),
        (b"tree\nversion=v4", "LightGBM"),
        (b"binf\x00\x00", "XGBoost's old binary form"),
        (b"", "it is empty"),
        (b"hello", "neither JSON or UBJSON"),
        (pickle.dumps(Trap(), 0), "neither JSON or UBJSON"),
    ],
)
def test_a_stranger_is_told_what_it_is(data: bytes, why: str, tmp_path: Path) -> None:
    path = tmp_path / "booster.json"
    path.write_bytes(data)
    with pytest.raises(ModelUnreadable, match=r"booster\.json") as caught:
        files.read(path)
    assert why in caught.value.why


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(NoSuchFile, match=r"gone\.json"):
        files.read(tmp_path / "gone.json")


def test_a_file_beyond_all_measure_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "booster.json"
    with path.open("wb") as stream:
        stream.truncate(257 * 2**20)
    with pytest.raises(ModelUnreadable, match=r"booster\.json") as caught:
        files.read(path)
    assert caught.value.why == "it has 257 MiB; 256 are the most"
