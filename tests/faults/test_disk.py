"""A disk that is full or read-only: exit 8 names the path, nothing is half-made, what was there is whole."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from detectory.library import Workspace, workspace
from tests.faults.conftest import STEPS, Forks, Stop, scratch, state

PAGE = 4096


def refused(home: Workspace, code: int, said: str) -> None:
    """The disk is named with the path that it refused, and nothing is half-made."""
    assert code == 8, said
    assert "error[E8001]" in said
    assert f"where: {home.root}" in said
    assert not scratch(home)


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("file_bytes", [1, 100, 1_000])
def test_a_file_that_cannot_grow_stops_every_step_that_writes(
    forks: Forks, stops: dict[str, Stop], tmp_path: Path, step: str, file_bytes: int
) -> None:
    stop = stops[step]
    home = stop.copied(tmp_path / "home")
    before = state(home)
    code, said = forks.run(home, *stop.words, file_bytes=file_bytes)
    if code == 0:  # the step wrote no longer file than that
        assert state(home) == stop.after
        return
    refused(home, code, said)
    assert state(home) == before
    code, said = forks.run(home, *stop.words)
    assert (code, state(home)) == (0, stop.after), said


def mounted(folder: Path, *words: str) -> bool:
    """Whether we may mount here: root in a container that allows it."""
    return os.geteuid() == 0 and subprocess.run(["mount", *words, folder], check=False).returncode == 0


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 8 MiB of its own."""
    folder = tmp_path / "disk"
    folder.mkdir()
    if not mounted(folder, "-t", "tmpfs", "-o", "size=8m", "none"):
        pytest.skip("needs root and the right to mount")
    yield folder
    subprocess.run(["umount", "-l", folder], check=True)


def fill(folder: Path, *, leaving: int) -> Path:
    """A file that takes all of the disk but some bytes."""
    ballast = folder / "ballast"
    room = shutil.disk_usage(folder).free - leaving
    ballast.write_bytes(bytes(room))
    return ballast


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("pages", [0, 2])
def test_a_full_disk_stops_every_step_that_writes(
    forks: Forks, stops: dict[str, Stop], small_disk: Path, step: str, pages: int
) -> None:
    stop = stops[step]
    home = stop.copied(small_disk / "home")
    before, ballast = state(home), fill(small_disk, leaving=pages * PAGE)
    code, said = forks.run(home, *stop.words)
    if code == 0:
        assert (pages, state(home)) == (2, stop.after)
        return
    refused(home, code, said)
    assert "No space left on device" in said
    assert {**state(home), "versions": {}} == {**before, "versions": {}}
    ballast.unlink()
    code, said = forks.run(home, *stop.words)
    assert (code, state(home)) == (0, stop.after), said


@pytest.mark.parametrize("step", STEPS)
def test_a_disk_that_may_only_be_read_is_left_as_it_is(
    forks: Forks, stops: dict[str, Stop], small_disk: Path, step: str
) -> None:
    stop = stops[step]
    home = stop.copied(small_disk / "home")
    before = state(home)
    subprocess.run(["mount", "-o", "remount,ro", small_disk], check=True)
    code, said = forks.run(home, *stop.words)
    refused(home, code, said)
    assert "Read-only file system" in said
    assert state(home) == before


@pytest.mark.parametrize("fault", ["ENOSPC", "EIO", "EACCES", "EROFS"])
@pytest.mark.parametrize(
    "place",
    ["commit.before_manifest", "document.before_replace", "document.before_link", "version.before_publish"],
)
def test_a_disk_that_refuses_between_two_writes_is_named_and_the_next_run_ends(
    forks: Forks, stops: dict[str, Stop], tmp_path: Path, place: str, fault: str
) -> None:
    stop = stops["judge"]
    home = stop.copied(tmp_path / "home")
    code, said = forks.run(home, "run", "toy", "--set", "seed=1", failpoint=f"{place}={fault}")
    refused(home, code, said)
    code, said = forks.run(home, "run", "toy", "--set", "seed=1")
    assert (code, state(home)) == (0, stops["promote"].after), said


def test_a_report_that_cannot_be_written_is_told(
    forks: Forks, stops: dict[str, Stop], tmp_path: Path
) -> None:
    home = workspace(stops["bronze"].root)
    code, said = forks.run(home, "report", "toy", "--output", str(tmp_path / "out"), file_bytes=100)
    assert (code, f"where: {tmp_path / 'out' / 'report.html'}" in said) == (8, True), said
