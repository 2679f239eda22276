"""Ten times as many requests as a server can answer: who is turned away, how fast, and what is still done.

A server alone on the first core, asked from the last one. First as fast as it answers, over 8 connections:
its saturation. Then ten times that rate whatever it answers (an open loop: a request is sent when it is due,
over a connection that is free or a new one, of at most 500), for 20 seconds; then half of it, to see whether
it is as before. What is asked costs much more than a refusal does: 500 rows to score, and 2,500.

    python benchmarks/overload.py WORKSPACE [SECONDS]

The champion of dga of that WORKSPACE is served. The bars: a refusal within 100 ms, goodput at least 80 % of
saturation, at most 64 MiB more memory. Both ends need a core of their own: where others work on them too, the
figures say more of them than of the server.
"""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import time
from collections import defaultdict, deque
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
import serve_http as http

TIMES, CONNECTIONS, MOST_CONNECTIONS = 10, 8, 500
ROWS = (500, 2_500)
COLUMNS = (
    *("rows", "saturation /s", "answered in", "offered ×", "goodput", "answered in", "refused in"),
    *("lost", "MiB more", "half the rate: p99", "server's CPU"),
)
NO_CONNECTION = 0
Seen = dict[int, list[float]]  # seconds from when it was due to its answer, by status


class Connection(asyncio.Protocol):
    """One connection; one request at a time."""

    answer: asyncio.Future[int]

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport, self.read = transport, bytearray()

    def ask(self, request: bytes) -> asyncio.Future[int]:
        self.answer = asyncio.get_running_loop().create_future()
        self.read.clear()
        self.transport.write(request)  # type: ignore[attr-defined]  # a transport of a socket
        return self.answer

    def data_received(self, data: bytes) -> None:
        self.read += data
        end = self.read.find(b"\r\n\r\n")
        if end < 0:
            return
        at = self.read.find(b"content-length: ") + 16
        if (
            len(self.read) >= end + 4 + int(self.read[at : self.read.find(b"\r", at)])
            and not self.answer.done()
        ):
            self.answer.set_result(int(self.read[9:12]))

    def connection_lost(self, error: Exception | None) -> None:
        if hasattr(self, "answer") and not self.answer.done():
            self.answer.set_result(NO_CONNECTION)


async def connected() -> Connection:
    _, made = await asyncio.get_running_loop().create_connection(Connection, "127.0.0.1", http.PORT)
    return made


async def saturating(request: bytes, seconds: float) -> Seen:
    """As fast as it is answered."""
    seen: Seen = defaultdict(list)
    until = time.perf_counter() + seconds

    async def one() -> None:
        connection = await connected()
        while (began := time.perf_counter()) < until:
            seen[await connection.ask(request)].append(time.perf_counter() - began)
        connection.transport.close()

    await asyncio.gather(*(one() for _ in range(CONNECTIONS)))
    return seen


async def at_rate(request: bytes, rate: float, seconds: float) -> Seen:
    """So many a second, whatever it answers."""
    seen: Seen = defaultdict(list)
    free, tasks, made, sent = deque[Connection](), set[asyncio.Task[None]](), 0, 0

    async def one(due: float) -> None:
        nonlocal made
        if not free:
            made += 1
        connection = free.popleft() if free else await connected()
        status = await connection.ask(request)
        seen[status].append(time.perf_counter() - due)
        if status == NO_CONNECTION:
            made -= 1
        else:
            free.append(connection)

    began = time.perf_counter()
    while (now := time.perf_counter()) < began + seconds:
        while sent < (now - began) * rate and (free or made < MOST_CONNECTIONS):
            tasks.add(task := asyncio.create_task(one(time.perf_counter())))
            task.add_done_callback(tasks.discard)
            sent += 1
            await asyncio.sleep(0)
        await asyncio.sleep(0.0005)
    await asyncio.gather(*tasks)
    for connection in free:
        connection.transport.close()
    return seen


def request_of(rows: int) -> bytes:
    """A request that keeps its connection."""
    body = json.dumps({"rows": [{"domain": f"name{number}.example.com"} for number in range(rows)]}).encode()
    head = "POST /v1/detectors/dga/score HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n"
    return f"{head}content-length: {len(body)}\r\n\r\n".encode() + body


@contextmanager
def serving(folder: Path, public: Path) -> Iterator[subprocess.Popen[bytes]]:
    """The server on the first core; we are on the last one."""
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    command = ["taskset", "-c", "0", sys.executable, __file__, str(folder), str(public), "serve"]
    with subprocess.Popen(command, stderr=subprocess.DEVNULL) as process:
        try:
            while not http.answers(f"http://127.0.0.1:{http.PORT}/readyz"):
                time.sleep(0.02)
            yield process
        finally:
            process.terminate()


def milliseconds(seen: Seen, status: int, share: float) -> float:
    ordered = sorted(seen.get(status, [0.0]))
    return ordered[min(int(share * len(ordered)), len(ordered) - 1)] * 1e3


def measured(process: subprocess.Popen[bytes], rows: int, seconds: float) -> list[str]:
    """One line of the table."""
    request = request_of(rows)
    asyncio.run(saturating(request, 2))
    before = asyncio.run(saturating(request, seconds / 4))
    rate, memory, cpu = len(before[200]) / (seconds / 4), http.pss_mib(process.pid), http.cpu_s(process.pid)
    over = asyncio.run(at_rate(request, TIMES * rate, seconds))
    cpu, grown = http.cpu_s(process.pid) - cpu, http.pss_mib(process.pid) - memory
    after = asyncio.run(at_rate(request, rate / 2, seconds / 4))
    offered = sum(map(len, over.values())) / seconds / rate
    return [
        f"{rate:,.0f}",
        f"{milliseconds(before, 200, 0.5):.0f} / {milliseconds(before, 200, 0.99):.0f}",
        f"{offered:.1f}",
        f"{len(over[200]) / seconds / rate:.0%}",
        f"{milliseconds(over, 200, 0.5):.0f} / {milliseconds(over, 200, 0.99):.0f}",
        f"{milliseconds(over, 503, 0.5):.1f} / {milliseconds(over, 503, 0.99):.1f}",
        f"{len(over[NO_CONNECTION])}",
        f"{grown:+.0f}",
        f"{milliseconds(after, 200, 0.99):.0f}",
        f"{cpu / seconds:.0%}",
    ]


def main(workspace: Path, seconds: float) -> None:
    """Ask and print a table; times in ms, median and 99th percentile."""
    print("|", " | ".join(COLUMNS), "|")
    print("|---" * len(COLUMNS) + "|")
    folder, public = http.champion(workspace)
    with serving(folder, public) as process:
        for rows in ROWS:
            print(f"| {rows:,} |", " | ".join(measured(process, rows, seconds)), "|", flush=True)


if __name__ == "__main__":
    if sys.argv[-1] == "serve":
        http.ours(Path(sys.argv[1]), Path(sys.argv[2]))
    else:
        main(Path(sys.argv[1]), float(sys.argv[2]) if len(sys.argv) == 3 else 20.0)
