"""The commit of a workspace: asked for when a run begins, answered while it goes on.

In: a folder. Out: its commit, and whether a tracked file differs from it; or why there is none. Never: a
shell, a hook, a lock or a write in the repository.
"""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

from detectory.journal.record import Git

PATIENCE_S = 5.0
#: one question for both: the commit stands in the header, what differs in the lines behind it.
#: fsmonitor names a program that git would run
QUESTION = (
    "-c", "core.fsmonitor=false", "--no-optional-locks",
    "status", "--porcelain=v2", "--branch", "--untracked-files=no", "--ignore-submodules=all",
)  # fmt: skip
COMMIT = "# branch.oid "


class Asked:
    """A question to git that is not answered yet; ``answer`` waits for it, and gives the same each time."""

    def __init__(self, process: subprocess.Popen[str] | None, why: str = "") -> None:
        self._process, self._answer = process, None if process else Git(why=why)

    def answer(self, *, patience_s: float = PATIENCE_S) -> Git:
        """The commit; where git does not answer in time, it is ended."""
        if self._process is not None and self._answer is None:
            self._answer = _result(self._process, patience_s)
        return self._answer or Git(why="not asked")


def asked(folder: Path, environment: Mapping[str, str]) -> Asked:
    """Ask for the commit of a folder. What ``environment`` says of another repository is left out."""
    program = shutil.which("git", path=environment.get("PATH"))
    if program is None:
        return Asked(None, "git is not installed")
    env = {name: value for name, value in environment.items() if not name.startswith("GIT_")} | {
        "LC_ALL": "C"
    }
    env["LC_ALL"] = "C"  # what it complains of is read
    command = [program, "-C", str(folder), *QUESTION]
    try:
        process = subprocess.Popen(  # noqa: S603  # no shell; nothing of it but the folder is anybody's to say
            command, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            text=True, errors="replace",
        )  # fmt: skip
    except OSError as error:
        return Asked(None, f"git cannot be run: {error.strerror}")
    return Asked(process)


def _result(process: subprocess.Popen[str], patience_s: float) -> Git:
    try:
        said, complaint = process.communicate(timeout=patience_s)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
        return Git(why=f"git did not answer within {patience_s:g} s")
    if process.returncode:
        # what else it complains of names folders of the machine, which are nobody's business
        lost = "not a git repository" in complaint
        return Git(why="the workspace is in no git repository" if lost else "git refused; ask it there")
    return read(said)


def read(said: str) -> Git:
    """What ``git status --porcelain=v2 --branch`` said (git-status(1)).

    >>> read("# branch.oid 1234abcd\\n# branch.head main\\n1 .M N... 100644 100644 100644 a b README.md\\n")
    Git(commit='1234abcd', dirty=True, why='')
    >>> read("# branch.oid (initial)\\n# branch.head main\\n").why
    'the repository has no commit yet'
    """
    lines = said.splitlines()
    commit = next((line.removeprefix(COMMIT) for line in lines if line.startswith(COMMIT)), "(initial)")
    if commit == "(initial)":
        return Git(why="the repository has no commit yet")
    return Git(commit, dirty=any(not line.startswith("#") for line in lines))
