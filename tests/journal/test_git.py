"""The commit of a workspace: told where there is one, and why where there is none."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from detectory.journal import git

ENV = {"PATH": os.environ["PATH"], "HOME": "/nowhere", "GIT_DIR": "/elsewhere/.git"}
WHO = ("-c", "user.name=a", "-c", "user.email=a@example.org")


def in_git(folder: Path, *words: str) -> str:
    env = {**ENV, "GIT_DIR": str(folder / ".git")}
    done = subprocess.run(
        ["git", "-C", folder, *WHO, *words], check=True, capture_output=True, text=True, env=env
    )
    return done.stdout.strip()


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    (tmp_path / "detector.toml").write_text("name = 'a'\n")
    in_git(tmp_path, "init", "--quiet")
    in_git(tmp_path, "add", ".")
    in_git(tmp_path, "commit", "--quiet", "-m", "first")
    return tmp_path


def test_the_commit_is_told_and_whether_a_tracked_file_differs(repository: Path) -> None:
    commit = in_git(repository, "rev-parse", "HEAD")
    (repository / "untracked").touch()
    assert git.asked(repository, ENV).answer() == git.Git(commit, dirty=False)
    (repository / "detector.toml").write_text("name = 'b'\n")
    assert git.asked(repository, ENV).answer() == git.Git(commit, dirty=True)


def test_without_a_repository_a_commit_or_git_itself_it_is_said_so(tmp_path: Path) -> None:
    assert git.asked(tmp_path, ENV).answer().why == "the workspace is in no git repository"
    in_git(tmp_path, "init", "--quiet")
    assert git.asked(tmp_path, ENV).answer().why == "the repository has no commit yet"
    assert git.asked(tmp_path, {"PATH": str(tmp_path)}).answer().why == "git is not installed"


def test_no_program_of_the_repository_is_run(repository: Path) -> None:
    hook = repository / "hook"
    hook.write_text(f"#!/bin/sh\ntouch {repository}/was-run\n")
    hook.chmod(0o755)
    in_git(repository, "config", "core.fsmonitor", str(hook))
    assert git.asked(repository, ENV).answer().commit
    assert not (repository / "was-run").exists()


def test_a_folder_is_never_taken_for_a_command(tmp_path: Path) -> None:
    folder = tmp_path / "$(touch was-run); --help"
    folder.mkdir()
    assert git.asked(folder, ENV).answer().why == "the workspace is in no git repository"
    assert [path.name for path in tmp_path.iterdir()] == [folder.name]


def test_git_that_hangs_is_not_waited_for(tmp_path: Path) -> None:
    program = tmp_path / "git"
    program.write_text("#!/bin/sh\nexec sleep 60\n")
    program.chmod(0o755)
    asked = git.asked(tmp_path, {"PATH": f"{tmp_path}:{ENV['PATH']}"})
    assert asked.answer(patience_s=0.05).why == "git did not answer within 0.05 s"
