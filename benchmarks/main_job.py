"""The main job, measured as a newcomer meets it: every figure that the README's promises rest on.

In a workspace of its own: ``detectory run dga`` (time by stage, peak memory), the same again with
nothing to do, ``--help``, and a server from its start to ready. Prints a table; asserts nothing.

    .venv/bin/python benchmarks/main_job.py
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Sequence
from pathlib import Path
from statistics import median

DETECTORY = str(Path(sys.executable).with_name("detectory"))
#: stages whose time is extraction, features, fitting, export or evaluation
WORK = ("bronze", "gold", "fit", "judge")
PORT = 18_431


def timed(command: Sequence[str], *, times: int = 1) -> float:
    """Seconds of the command as a whole process: the median of several runs."""
    taken = []
    for _ in range(times):
        began = time.perf_counter()
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        taken.append(time.perf_counter() - began)
    return median(taken)


def stage_seconds(home: Path) -> dict[str, float]:
    """Seconds each stage took, as its manifest says."""
    found = {}
    for manifest in home.glob(".detectory/dga/*/*/manifest.json"):
        measured = json.loads(manifest.read_text())["body"]["measured"]
        found[manifest.parent.parent.name] = measured["seconds"]
    return found


def ready_seconds(command: Sequence[str]) -> float:
    """Seconds from a server's start to its first ``200`` on ``/readyz``."""
    began = time.perf_counter()
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        while not answers(f"http://127.0.0.1:{PORT}/readyz"):
            if time.perf_counter() - began > 30:
                raise TimeoutError("the server was not ready within 30 s")
            time.sleep(0.01)
        return time.perf_counter() - began
    finally:
        server.terminate()
        server.wait()


def answers(url: str) -> bool:
    """Whether the address answers 200."""
    try:
        with urllib.request.urlopen(url, timeout=1) as reply:
            return reply.status == 200
    except (urllib.error.URLError, ConnectionError):
        return False


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        here = [DETECTORY, "-C", folder]
        subprocess.run([*here, "-q", "keys", "new"], check=True, stdout=subprocess.DEVNULL)
        whole = timed([*here, "run", "dga"])
        peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
        stages = stage_seconds(home)
        rest = whole - sum(stages[name] for name in WORK)
        rows = [
            ("detectory run dga", f"{whole:.1f} s", "under 180 s"),
            *((f"  {name}", f"{stages[name]:.1f} s", "") for name in stages),
            ("  neither extraction, features, fitting nor evaluation", f"{rest:.1f} s", "at most 8 s"),
            ("  peak memory", f"{peak:,.0f} MiB", "under 2,048 MiB"),
            ("the same again, nothing to do", f"{timed([*here, 'run', 'dga'], times=5):.2f} s", "under 1 s"),
            ("detectory --help", f"{1000 * timed([DETECTORY, '--help'], times=15):.0f} ms", "under 100 ms"),
            ("served and ready", f"{median(served(here) for _ in range(5)):.2f} s", "under 1.5 s"),
        ]
    for what, took, bar in rows:
        print(f"{what:<55}{took:>12}   {bar}")


def served(here: Sequence[str]) -> float:
    return ready_seconds([*here, "serve", "dga", "--port", str(PORT)])


if __name__ == "__main__":
    main()
