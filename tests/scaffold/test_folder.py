"""A folder appears whole, and replaces another one whole."""

from pathlib import Path

import pytest

from detectory.scaffold.folder import write


def test_the_files_are_there_and_nothing_else(tmp_path: Path) -> None:
    write(tmp_path / "detectors" / "mine", {"parse.py": "1", "deep/er.py": "2"})
    found = {path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*") if path.is_file()}
    assert found == {"detectors/mine/parse.py", "detectors/mine/deep/er.py"}


def test_another_folder_is_replaced_with_all_its_files(tmp_path: Path) -> None:
    write(tmp_path / "mine", {"old.py": "1"})
    write(tmp_path / "mine", {"new.py": "2"})
    assert [path.name for path in (tmp_path / "mine").iterdir()] == ["new.py"]


def test_what_cannot_be_written_leaves_the_folder_that_was(tmp_path: Path) -> None:
    write(tmp_path / "mine", {"old.py": "1"})
    with pytest.raises(OSError, match="name too long"):
        write(tmp_path / "mine", {"new.py": "2", "x" * 300: "3"})
    assert [path.name for path in tmp_path.rglob("*")] == ["mine", "old.py"]
