"""A sink is bounded: whatever hangs or breaks in it, the command goes on, and nothing stays behind."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil

from detectory.settings import Tracking, Wandb
from detectory.tracking import apart
from detectory.tracking.child import Answer, Job
from detectory.tracking.parcel import Parcel
from tests import needs
from tests.tracking import peers
from tests.tracking.records import RUN, record

JOB = Job("wandb", Tracking(patience_s=1), {"key": "s3cr3t"}, [Parcel(record())])
NO_ROOM = Answer(RUN, "SystemExit: no room for ***")


def beginning_with(code: str, folder: Path) -> dict[str, str]:
    """An environment in which Python begins with this."""
    (folder / "sitecustomize.py").write_text(code)
    return {**os.environ, "PYTHONPATH": str(folder)}


def working_in(folder: Path) -> Iterator[psutil.Process]:
    for process in psutil.process_iter():
        try:
            if Path(process.cwd()) == folder:
                yield process
        except psutil.Error:
            continue


def test_what_hangs_is_ended_after_a_while(tmp_path: Path) -> None:
    environment = beginning_with("import time; time.sleep(600)", tmp_path)
    answers = apart.sent(JOB, root=tmp_path, environment=environment)
    assert answers == [Answer(RUN, "it took longer than 1 s")]
    assert list(working_in(tmp_path)) == []


def test_what_dies_is_quoted_without_the_secret(tmp_path: Path) -> None:
    environment = beginning_with("raise SystemExit('no room for s3cr3t')", tmp_path)
    assert apart.sent(JOB, root=tmp_path, environment=environment) == [NO_ROOM]


def test_what_dies_without_a_word_is_told_too(tmp_path: Path) -> None:
    environment = beginning_with("import os; os._exit(3)", tmp_path)
    [answer] = apart.sent(JOB, root=tmp_path, environment=environment)
    assert answer.why == "its process ended without a word"


def test_the_service_of_a_library_ends_with_the_process_that_uses_it(tmp_path: Path) -> None:
    needs.library("wandb", extra="wandb")
    with peers.silent() as peer, ThreadPoolExecutor(1) as aside:
        wandb = Wandb(mode="online", url=peer.url, key="env:KEY")
        job = Job("wandb", Tracking(patience_s=280, wandb=wandb), {"key": "k" * 40}, [Parcel(record())])
        answers = aside.submit(apart.sent, job, root=tmp_path, environment=os.environ)
        while not peer.asked and not answers.done():
            time.sleep(0.05)
        [child] = [one for one in working_in(tmp_path) if "detectory.tracking.child" in one.cmdline()]
        services = child.children(recursive=True)
        child.kill()
        assert [one.run for one in answers.result()] == [RUN]
        assert services
        assert psutil.wait_procs(services, timeout=60)[1] == []
