"""Sending in a process of its own: it can be ended however it hangs, and its libraries load only there.

Comes in: a job. Goes out: which runs were sent, and why the next one was not, within a deadline. Never: a
secret in an argument, in the child's environment when it starts, or in a file.
"""

from __future__ import annotations

import importlib
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import IO

import msgspec

from detectory.tracking.child import Answer, Job, scrubbed

ANSWERS = msgspec.json.Decoder(Answer)


def sent(job: Job, *, root: Path, environment: Mapping[str, str]) -> list[Answer]:
    """Send the parcels of a job, in order, in the folder ``root``; stops at the first that is not sent.

    Gives an answer for each one tried. It takes ``tracking.patience_s`` seconds at the most.
    """
    # files, because a service that a library leaves behind would keep a pipe open
    with tempfile.TemporaryFile() as answers, tempfile.TemporaryFile() as said:
        ended = _run(job, answers, said, root=root, environment=environment)
        found = _answers(answers)
        if len(found) < len(job.parcels) and not any(answer.why for answer in found):
            run = job.parcels[len(found)].record.id
            found.append(Answer(run, ended or scrubbed(_last_line(said), job.known)))
        return found


def _run(job: Job, answers: IO[bytes], said: IO[bytes], *, root: Path, environment: Mapping[str, str]) -> str:
    """Let a child do it; says so where it did not end in time."""
    process = subprocess.Popen(
        [sys.executable, "-P", "-m", "detectory.tracking.child"],  # -P: no module of the folder for ours
        stdin=subprocess.PIPE,
        stdout=answers,
        stderr=said,
        cwd=root,
        env=_environment(job.sink, environment),
        start_new_session=True,
    )
    try:
        process.communicate(msgspec.json.encode(job), timeout=job.tracking.patience_s)
    except subprocess.TimeoutExpired:
        return f"it took longer than {job.tracking.patience_s:g} s"
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    return ""


def _environment(sink: str, environment: Mapping[str, str]) -> dict[str, str]:
    """The environment without what would overrule our settings, and with what keeps a library quiet."""
    module = importlib.import_module(f"detectory.tracking.{sink}")
    kept = {name: value for name, value in environment.items() if not name.startswith(module.OVERRULED)}
    return {**kept, "DO_NOT_TRACK": "true", **module.QUIET}


def _answers(stream: IO[bytes]) -> list[Answer]:
    """What was answered; the last line may have been cut off."""
    stream.seek(0)
    return [ANSWERS.decode(line) for line in stream if line.endswith(b"\n")]


def _last_line(stream: IO[bytes]) -> str:
    stream.seek(0)
    lines = stream.read().decode(errors="replace").split("\n")
    return next((line for line in reversed(lines) if line.strip()), "its process ended without a word")
