"""The score route against plain FastAPI: the same detector, the same scorer, the same run.

Each server runs alone, pinned to the first core; `wrk` (apt-get install wrk) asks from the last one
over 32 connections, one row a request, in turn from two mixes: benign names of the HSTS preload list with
one alert in 1,000, as the budget has it, and an alert each time, which runs the family head for every
row. Requests per CPU-second of the server cancel out what else the machine does; the two servers are
asked in turn, several rounds, and the median counts.

    python benchmarks/serve_http.py [WORKSPACE]

With a WORKSPACE its champion of dga is served, otherwise a bundle of a few weights: HTTP without the model.
"""

from __future__ import annotations

import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
ROUNDS, SECONDS, CONNECTIONS = 5, 3, 32
PORT = 8179
ALERT = "xjwq3kzpt1.com"
ASK = """
wrk.method = "POST"
wrk.headers["Content-Type"] = "application/json"
local names, at = {%s}, 0
function request()
  at = at %% #names + 1
  return wrk.format(nil, nil, nil, '{"rows":[{"domain":"' .. names[at] .. '"}]}')
end
"""


def ours(folder: Path, public: Path) -> None:
    """Detectory's own server."""
    from detectory.serve.predictor import Predictor
    from detectory.serve.run import serve
    from detectory.settings import Serving

    serve(Predictor({"dga": opener(folder, public)}), serving=Serving(port=PORT), version="0")


def plain(folder: Path, public: Path) -> None:
    """What one writes in ten minutes: pydantic models around the same call."""
    import uvicorn
    from fastapi import FastAPI
    from pydantic import BaseModel

    class Row(BaseModel):
        domain: str

    class Request(BaseModel):
        rows: list[Row]

    class Answer(BaseModel):
        domain: str
        score: float | None
        alert: bool | None
        label: str | None
        version: str
        error: str | None = None

    class Answers(BaseModel):
        detector: str
        version: str
        results: list[Answer]

    scorer = opener(folder, public)()
    app = FastAPI()

    @app.get("/readyz")
    async def ready() -> str:
        return "ready"

    async def score(request: Request) -> Answers:
        rows = {"domain": [row.domain for row in request.rows]}
        answers = [Answer(**record) for record in scorer.score(rows).records(rows)]
        return Answers(detector="dga", version=scorer.version, results=answers)

    score.__annotations__ = {"request": Request, "return": Answers}  # they are local to this function
    app.post("/v1/detectors/dga/score")(score)
    uvicorn.run(app, port=PORT, loop="uvloop", http="httptools", log_level="error", access_log=False)


def opener(folder: Path, public: Path) -> Callable[[], Any]:
    """What opens the bundle."""

    def opens() -> Any:
        from detectory import bundle, signing
        from detectory.runtime import open_scorer

        return open_scorer(bundle.open_folder(folder, signing.trusted_keys([public])), version="1")

    return opens


def main(workspace: Path | None) -> None:
    """Ask both in turn and print a table."""
    if not shutil.which("wrk"):
        sys.exit("this needs wrk: apt-get install wrk")
    with tempfile.TemporaryDirectory() as made:
        folder, public = champion(workspace) if workspace else small_bundle(Path(made))
        for mix, names in {"one alert in 1,000": [*benign(999), ALERT], "only alerts": [ALERT]}.items():
            script = Path(made) / "ask.lua"
            script.write_text(ASK % ",".join(f'"{name}"' for name in names))
            compare(mix, folder, public, script)


def benign(count: int) -> list[str]:
    """Names of the HSTS preload list, evenly from the first to the last."""
    from detectory.detectors.dga.source import preloaded

    names = [row.domain for row in preloaded() if "." in row.domain]
    return names[:: len(names) // count][:count]


def compare(mix: str, folder: Path, public: Path, script: Path) -> None:
    """Ask both in turn for one mix of names, and print what came out."""
    rounds = [(kind, measured(kind, folder, public, script)) for _ in range(ROUNDS) for kind in KINDS]
    print(f"\n{mix}\n| server | requests / CPU-s | p50 ms | p99 ms | ready after s | PSS MiB |")
    print("|---|---|---|---|---|---|")
    for kind in KINDS:
        mine = [figures for name, figures in rounds if name == kind]
        print(f"| {kind} |", " | ".join(f"{statistics.median(c):,.2f}" for c in zip(*mine, strict=True)), "|")
    print(f"ours / plain: {ratio(rounds):.2f} requests per CPU-second (median of {ROUNDS} rounds)")


def ratio(rounds: list[tuple[str, tuple[float, ...]]]) -> float:
    """The median over the rounds of ours by plain."""
    first, second = ([figures[0] for name, figures in rounds if name == kind] for kind in KINDS)
    return statistics.median(mine / other for mine, other in zip(first, second, strict=True))


def measured(kind: str, folder: Path, public: Path, script: Path) -> tuple[float, ...]:
    """Requests per CPU-second, p50 and p99 in ms, seconds until ready, PSS in MiB."""
    with running(kind, folder, public) as (process, ready_s):
        before = cpu_s(process.pid)
        told = subprocess.run(
            pinned(
                -1, ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{SECONDS}s", "--latency", "-s", str(script), URL]
            ),
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        spent = cpu_s(process.pid) - before
        if "Non-2xx" in told:
            sys.exit(f"{kind} did not answer 200:\n{told}")
        requests = int(re.search(r"(\d+) requests in", told)[1])  # type: ignore[index]  # wrk always says
        return requests / spent, percentile(told, 50), percentile(told, 99), ready_s, pss_mib(process.pid)


@contextmanager
def running(kind: str, folder: Path, public: Path) -> Iterator[tuple[subprocess.Popen[bytes], float]]:
    """One of the servers, ready, and how long that took."""
    began = time.perf_counter()
    command = pinned(0, [sys.executable, __file__, kind, str(folder), str(public)])
    with subprocess.Popen(command, stderr=subprocess.DEVNULL) as process:
        try:
            while not answers(URL.replace("/v1/detectors/dga/score", "/readyz")):
                time.sleep(0.005)
            yield process, time.perf_counter() - began
        finally:
            process.terminate()


def answers(url: str) -> bool:
    """Whether this address answers 200."""
    try:
        with urllib.request.urlopen(url, timeout=5):
            return True
    except (urllib.error.URLError, ConnectionError):
        return False


def pinned(core: int, command: list[str]) -> list[str]:
    """The command, on one core."""
    cores = sorted(os.sched_getaffinity(0))
    return ["taskset", "-c", str(cores[core]), *command]


def percentile(told: str, which: int) -> float:
    """A latency that wrk printed, in milliseconds."""
    number, unit = re.search(rf"{which}%\s+([\d.]+)(us|ms|s)", told).groups()  # type: ignore[union-attr]  # always there
    return float(number) * {"us": 1e-3, "ms": 1.0, "s": 1e3}[unit]


def cpu_s(pid: int) -> float:
    """CPU time of a process so far."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def pss_mib(pid: int) -> float:
    """Memory of a process, shared pages counted by their share."""
    text = Path(f"/proc/{pid}/smaps_rollup").read_text()
    return int(re.search(r"^Pss:\s+(\d+)", text, re.MULTILINE)[1]) / 1024  # type: ignore[index]  # always there


def champion(workspace: Path) -> tuple[Path, Path]:
    """The bundle that scores and serves in a workspace."""
    from detectory import library

    home = library.workspace(workspace)
    return Path(home.scorer("dga").bundle.where), home.signing_key.with_suffix(".pub")


def small_bundle(folder: Path) -> tuple[Path, Path]:
    """A signed bundle of dga with a few weights."""
    sys.path.insert(0, str(ROOT))
    from detectory import signing
    from tests.serve import bundles

    key = folder / "signing.key"
    signing.new_key(key)
    bundles.write(folder / "dga", bundles.dga_files(), bundles.dga_heads(), bundles.GOLDEN, key)
    return folder / "dga", key.with_suffix(".pub")


KINDS = {"ours": ours, "plain": plain}
URL = f"http://127.0.0.1:{PORT}/v1/detectors/dga/score"

if __name__ == "__main__":
    if len(sys.argv) <= 2:
        main(Path(sys.argv[1]) if len(sys.argv) == 2 else None)
    else:
        KINDS[sys.argv[1]](Path(sys.argv[2]), Path(sys.argv[3]))
