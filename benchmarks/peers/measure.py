"""What a server costs: CPU time and memory of its whole process tree, and what `wrk` says of its answers."""

from __future__ import annotations

import os
import re
import subprocess
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path

UNITS = {"us": 1e-3, "ms": 1.0, "s": 1e3, "m": 6e4}
TICK_S = 1 / os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Load:
    """One run of the client: requests a CPU-second of the server, and latencies in milliseconds."""

    per_cpu_s: float
    p50_ms: float
    p99_ms: float


def load(pid: int, url: str, script: Path, *, connections: int, seconds: int, core: int) -> Load:
    """Ask over so many connections for a while. Raises `RuntimeError` when an answer is not 200."""
    before = cpu_s(pid)
    command = [
        "taskset",
        "-c",
        str(core),
        "wrk",
        "-t1",
        f"-c{connections}",
        f"-d{seconds}s",
        "--latency",
        "--timeout",
        "30s",
    ]
    told = subprocess.run([*command, "-s", script, url], capture_output=True, text=True, check=True).stdout
    spent = cpu_s(pid) - before
    if "Non-2xx" in told or "Socket errors" in told:
        raise RuntimeError(" ".join(re.findall(r"(?:Non-2xx|Socket).*", told)))
    found = re.search(r"(\d+) requests in", told)
    assert found
    return Load(int(found[1]) / spent, _percentile(told, 50), _percentile(told, 99))


def first_answer_s(url: str, body: str, key: str, *, began: float, patience_s: float) -> float:
    """Seconds from ``began`` to the first answer 200. Raises `TimeoutError`."""
    headers = {"content-type": "application/json", "authorization": f"Bearer {key}"}
    request = urllib.request.Request(url, body.encode(), headers)
    while time.perf_counter() - began < patience_s:
        try:
            with urllib.request.urlopen(request, timeout=5):
                return time.perf_counter() - began
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.005)
    raise TimeoutError(f"no answer within {patience_s:.0f} s")


def cpu_s(pid: int) -> float:
    """CPU time of a process and all that stem from it, so far."""
    return sum(_ticks(each) for each in tree(pid)) * TICK_S


def pss_mib(pid: int) -> float:
    """Memory of the process tree, shared pages counted by their share."""
    texts = [Path(f"/proc/{each}/smaps_rollup").read_text() for each in tree(pid)]
    return sum(int(found[1]) for text in texts if (found := re.search(r"^Pss:\s+(\d+)", text, re.M))) / 1024


def tree(pid: int) -> list[int]:
    """A process and its descendants."""
    found = [pid]
    for task in Path(f"/proc/{pid}/task").iterdir():  # a child belongs to the thread that started it
        children = (task / "children").read_text().split()
        found += [each for child in children for each in tree(int(child))]
    return found


def _ticks(pid: int) -> int:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return int(fields[11]) + int(fields[12])


def _percentile(told: str, which: int) -> float:
    found = re.search(rf"{which}%\s+([\d.]+)(us|ms|s|m)\b", told)
    assert found
    return float(found[1]) * UNITS[found[2]]
