"""The files of a plan: short, linted, and opened as any other detector."""

import subprocess
import sys
from pathlib import Path

import pytest

from detectory.detector import CONTRACT, Detector, open_folder
from detectory.scaffold import folder, write
from detectory.scaffold.plan import Wishes, infer
from detectory.scaffold.reading import read
from tests.scaffold import made


@pytest.fixture
def detector(tmp_path: Path) -> Detector:
    """A detector with columns that no Python name and no file could have."""
    columns = made.flows()
    columns["id.proto\\"] = columns.pop("proto")
    columns['a "note", said'] = columns.pop("note")
    table = read(made.write(tmp_path / "flows.csv", columns))
    own = tmp_path / "detectors" / "mine"
    folder.write(own, write.files(infer("mine", table, Wishes("label")), folder=own, root=tmp_path))
    return open_folder(own)


def test_it_opens_with_every_part(detector: Detector) -> None:
    detector.check()
    assert all(detector.part(part) for part in CONTRACT)
    assert list(detector.spec.doors["row"].fields) == ["bytes", "rate", "id.proto\\", 'a "note", said']


def test_a_table_inside_the_workspace_is_named_by_where_it_stands(detector: Detector) -> None:
    assert 'FILE = "../../flows.csv"' in (detector.folder / "source.py").read_text()


def test_a_table_outside_the_workspace_is_named_whole(tmp_path: Path) -> None:
    table = read(made.write(tmp_path / "flows.csv", made.flows()))
    own = tmp_path / "home" / "detectors" / "mine"
    files = write.files(infer("mine", table, Wishes("label")), folder=own, root=tmp_path / "home")
    assert f'FILE = "{tmp_path.resolve().as_posix()}/flows.csv"' in files["source.py"]


def test_the_code_is_as_clean_as_our_own(detector: Detector, root: Path) -> None:
    for arguments in (["check", "--ignore", "I001"], ["format", "--check"]):
        command = [
            sys.executable,
            "-m",
            "ruff",
            *arguments,
            "--config",
            root / "pyproject.toml",
            detector.folder,
        ]
        done = subprocess.run(command, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout


def test_every_reason_is_in_the_card(detector: Detector) -> None:
    card = (detector.folder / "README.md").read_text()
    assert all(f"| `{reason}` |" in card for reason in detector.part("parse").REASONS)


def test_what_was_left_out_is_in_the_card_with_the_reason(detector: Detector) -> None:
    card = (detector.folder / "README.md").read_text()
    assert "- `source` (address): it names a machine of this table, and others will come." in card
