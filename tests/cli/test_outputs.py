"""What cannot be written is told before the work begins."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from detectory.journal import Journal
from detectory.library import Workspace
from tests.cli.conftest import Ask

FILES = (
    "compress toy --page {}",
    "score toy --output {}",
    "runs page --out {}",
    "feedback review toy --output {}",
    "feedback export toy --output {}",
)
FOLDERS = ("run toy --report {}", "report toy --output {}")


@pytest.mark.parametrize("command", FILES)
def test_a_file_needs_a_folder(at_toy: Ask, toy_made: Workspace, tmp_path: Path, command: str) -> None:
    runs = Journal(toy_made.store).ids()
    said = at_toy(*command.format(tmp_path / "nowhere/it.csv").split())
    assert (said.code, said.out) == (8, "")
    assert said.err.startswith(f"error[E8003]: cannot write {tmp_path}/nowhere/it.csv\n")
    assert f"there is no folder {tmp_path}/nowhere" in said.err
    assert Journal(toy_made.store).ids() == runs


@pytest.mark.parametrize("command", [*FILES, *FOLDERS])
def test_what_lies_under_a_file_cannot_be_made(at_toy: Ask, tmp_path: Path, command: str) -> None:
    (tmp_path / "file").touch()
    said = at_toy(*command.format(tmp_path / "file/it.csv").split())
    assert (said.code, f"{tmp_path}/file is no folder" in said.err) == (8, True), said.err


def test_a_folder_is_no_file_to_write(at_toy: Ask, tmp_path: Path) -> None:
    assert "it is a folder" in at_toy("compress", "toy", "--page", str(tmp_path)).err


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is closed to root")
@pytest.mark.parametrize("command", FILES)
def test_a_file_that_may_not_be_written_over_is_told(at_toy: Ask, tmp_path: Path, command: str) -> None:
    there = tmp_path / "it.csv"
    there.touch(0o400)
    said = at_toy(*command.format(there).split())
    assert (said.code, "it may not be written over" in said.err) == (8, True), said.err


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is closed to root")
def test_a_closed_folder_is_told(at_toy: Ask, tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    said = at_toy("run", "toy", "--report", str(tmp_path / "there"))
    assert (said.code, f"nothing may be written in {tmp_path}" in said.err) == (8, True), said.err
