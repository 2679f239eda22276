"""A copy of a built-in detector is a detector of its own."""

from pathlib import Path

import pytest

from detectory import detectors
from detectory.detector import CONTRACT, Detector, open_folder
from detectory.scaffold import copy, folder


@pytest.fixture(params=detectors.names())
def original(request: pytest.FixtureRequest) -> Detector:
    return detectors.load(request.param)


@pytest.fixture
def copied(original: Detector, tmp_path: Path) -> Detector:
    folder.write(tmp_path / "mine", copy.files(original, name="mine"))
    return open_folder(tmp_path / "mine")


def test_it_opens_under_its_new_name_with_every_part(copied: Detector, original: Detector) -> None:
    copied.check()
    assert copied.name == "mine"
    assert copied.spec.doors == original.spec.doors
    assert all(copied.part(part) for part in CONTRACT)


def test_it_stands_on_its_own_files(copied: Detector, original: Detector) -> None:
    texts = [path.read_text() for path in copied.folder.rglob("*.py")]
    assert not any(f"from {original.package}" in text for text in texts)


def test_no_file_of_the_original_is_left_behind(copied: Detector, original: Detector) -> None:
    names = [
        {
            path.relative_to(one.folder)
            for path in one.folder.rglob("*")
            if path.is_file() and path.suffix != ".pyc"
        }
        for one in (copied, original)
    ]
    assert names[0] == names[1]
