"""Our server against plain FastAPI, LitServe, BentoML, MLServer and ``mlflow models serve``, in one run.

The same XGBoost model (100 trees of depth 6 over 80 numbers of a made-up table) behind each; ours with
validation, keys, limits and metrics on (every server is sent the key, only ours asks for it). Each server
runs alone, pinned to the first core, and `wrk` (apt-get install wrk) asks from the last one: one row a
request, over 1, 32 and 256 connections. Requests per CPU-second of the server's whole process tree cancel out
what else the machine does; the servers are asked in turn, several rounds, the median counts. Every peer is
installed from PyPI into an environment of its own (``peers/venvs.py``); one that cannot be installed or
started stands in the table with the reason.

    python benchmarks/serve_peers.py [NAME …]
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path

from peers import measure, model
from peers.servers import SERVERS, Server

ROUNDS, SECONDS, CONNECTIONS, PATIENCE_S = 3, 3, (1, 32, 256), 120
ASK = """
wrk.method, wrk.headers["Content-Type"] = "POST", "application/json"
wrk.headers["Authorization"] = "Bearer %s"
local bodies, requests, at = {%s}, {}, 0
function init() for i = 1, #bodies do requests[i] = wrk.format(nil, nil, nil, bodies[i]) end end
function request() at = at %% #requests + 1; return requests[at] end
"""


@dataclass
class Found:
    """What was measured of one server, over the rounds."""

    loads: dict[int, list[measure.Load]] = field(default_factory=lambda: defaultdict(list))
    start_s: list[float] = field(default_factory=list)
    pss_mib: list[float] = field(default_factory=list)
    failed: str = ""

    def per_cpu_s(self, connections: int) -> float:
        """The median."""
        return statistics.median(load.per_cpu_s for load in self.loads[connections])


def main(names: list[str]) -> None:
    """Ask all in turn and print a table."""
    if not shutil.which("wrk"):
        sys.exit("this needs wrk: apt-get install wrk")
    servers = [server for server in SERVERS if not names or server.name in names]
    found = {server.name: Found() for server in servers}
    with tempfile.TemporaryDirectory() as folder:
        made = Path(folder)
        model.make(made)
        for _ in range(ROUNDS):
            for server in servers:
                if not found[server.name].failed:
                    tried(server, made, found[server.name])
    print(table(found))


def tried(server: Server, made: Path, found: Found) -> None:
    """Measure one server once; what goes wrong is noted."""
    try:
        measured(server, made, found)
    except (OSError, RuntimeError, subprocess.CalledProcessError) as error:
        found.failed = str(error).splitlines()[0][:120]


def measured(server: Server, made: Path, found: Found) -> None:
    """Start it, ask it over every number of connections, stop it."""
    cores = sorted(os.sched_getaffinity(0))
    rows = model.table(64, seed=1).astype(float).round(4).tolist()
    bodies = [json.dumps(server.body(row)) for row in rows]
    script = made / "ask.lua"
    key = (made / "key.txt").read_text()
    script.write_text(ASK % (key, ",".join(f"[==[{body}]==]" for body in bodies)))
    port = free_port()
    url = f"http://127.0.0.1:{port}{server.path}"
    command = server.command(made, port)  # installs what is missing, before the clock starts
    began = time.perf_counter()
    process = server.start(command, made, core=cores[0])
    try:
        first = measure.first_answer_s(url, bodies[0], key, began=began, patience_s=PATIENCE_S)
        for connections in CONNECTIONS:
            seen = measure.load(
                process.pid, url, script, connections=connections, seconds=SECONDS, core=cores[-1]
            )
            found.loads[connections].append(seen)
        found.start_s.append(first)
        found.pss_mib.append(measure.pss_mib(process.pid))
    finally:
        for each in measure.tree(process.pid):  # not the group: some workers have one of their own
            os.kill(each, signal.SIGKILL)
        process.wait()


def free_port() -> int:
    """A port that is free, and so are, most likely, the two behind it, which MLServer takes too."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port: int = free.getsockname()[1]
        return port


def table(found: dict[str, Found]) -> str:
    """A row a server: medians over the rounds."""
    over = [f"requests / CPU-s, p50 and p99 ms at {each}" for each in CONNECTIONS]
    lines = [f"| server | {' | '.join(over)} | ours by it at 32 | first answer after s | PSS MiB |"]
    lines.append("|---" * (len(CONNECTIONS) + 4) + "|")
    ours = found.get("ours")
    for name, one in found.items():
        if one.failed:
            lines.append(f"| {name} | could not be measured: {one.failed} |")
            continue
        cells = [cell(one.loads[each]) for each in CONNECTIONS]
        ratio = f"{ours.per_cpu_s(32) / one.per_cpu_s(32):.1f}" if ours and not ours.failed else ""
        costs = f"{statistics.median(one.start_s):.2f} | {statistics.median(one.pss_mib):.0f}"
        lines.append(f"| {name} | {' | '.join(cells)} | {ratio} | {costs} |")
    return "\n".join(lines)


def cell(loads: list[measure.Load]) -> str:
    """Three medians."""
    columns = zip(*((load.per_cpu_s, load.p50_ms, load.p99_ms) for load in loads), strict=True)
    rate, p50, p99 = map(statistics.median, columns)
    return f"{rate:,.0f}; {p50:.2f}; {p99:.2f}"


if __name__ == "__main__":
    main(sys.argv[1:])
