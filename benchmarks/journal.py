"""What it costs to keep one run: our journal, and MLflow given the same, in one run.

    python benchmarks/journal.py [--runs 20] [--points 500]

Both keep parameters, metrics, and three losses by step, once for each run; the journal keeps besides what
stages made, the environment and the commit. MLflow logs in batches, as it is fastest, into a file of SQLite
and into a plain folder, both on this machine. Medians of wall-clock time, in turn, after one run that is not
counted; importing either library is not counted.
"""

from __future__ import annotations

import argparse
import math
import os
import statistics
import sys
import tempfile
import time
import warnings
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "src"))

from detectory.artifacts import Store  # noqa: E402
from detectory.journal import Journal, Metric, StageRun, environment, git  # noqa: E402

STAGES = ("bronze", "silver", "gold", "split", "fit", "compress", "judge")
PARAMS: dict[str, int | float | str] = {f"score.candidate{n}.max_depth": n for n in range(40)}
METRICS = {f"metric_{n}": 0.9 + n / 1000 for n in range(40)}
LOSSES = ("score.boosted.loss", "family.boosted.loss", "score.charcnn.loss")
MADE_FROM = {f"code module_{n}": "0123456789ab" for n in range(20)}


def ours(store: Store, points: int) -> None:
    """One run as the pipeline keeps it: written at the beginning, after each stage, and at the end."""
    asked = git.asked(ROOT, os.environ)
    running = Journal(store).begin("run", "dga", environment=environment.found(), settings=dict(PARAMS))
    for place, name in enumerate(STAGES):
        if name == "fit":
            for loss in LOSSES:
                for step in range(points):
                    running.step(loss, step, math.exp(-step / 100))
        made = StageRun("made", "a" * 64, 1.0, MADE_FROM)
        running.save(stages={**running.record.stages, name: made}, git=asked.answer(), seed=place)
    running.end("done", metrics={name: Metric(value, value, value) for name, value in METRICS.items()})


def theirs(place: str, points: int) -> Callable[[], None]:
    """The same in MLflow: parameters, figures and losses in as few calls as its client takes."""
    from mlflow.entities import Metric as Logged, Param
    from mlflow.tracking import MlflowClient

    client = MlflowClient(tracking_uri=place)
    experiment = client.create_experiment("dga")

    def log() -> None:
        run = client.create_run(experiment).info.run_id
        now = int(time.time() * 1000)
        steps = [Logged(loss, math.exp(-step / 100), now, step) for loss in LOSSES for step in range(points)]
        figures = [Logged(name, value, now, 0) for name, value in METRICS.items()]
        client.log_batch(run, params=[Param(name, str(value)) for name, value in PARAMS.items()])
        for start in range(0, len(steps), 1000):  # the most that it takes at once
            client.log_batch(run, metrics=steps[start : start + 1000])
        client.log_batch(run, metrics=figures)
        client.set_terminated(run)

    return log


def timed(work: dict[str, Callable[[], None]], runs: int) -> dict[str, tuple[float, float]]:
    """Milliseconds a run, in turn: the median of wall-clock time, and of this process's own."""
    taken: dict[str, list[tuple[float, float]]] = {name: [] for name in work}
    for _ in range(runs + 1):
        for name, log in work.items():
            wall, own = time.perf_counter(), time.process_time()
            log()
            taken[name].append(((time.perf_counter() - wall) * 1000, (time.process_time() - own) * 1000))
    return {
        name: (statistics.median(one[0] for one in found[1:]), statistics.median(one[1] for one in found[1:]))
        for name, found in taken.items()
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--runs", type=int, default=20)
    parser.add_argument("--points", type=int, default=500, help="of each of three losses")
    given = parser.parse_args()
    warnings.filterwarnings("ignore", module="mlflow")
    os.environ["MLFLOW_ALLOW_FILE_STORE"] = "true"  # its newer versions would rather have a database
    with tempfile.TemporaryDirectory(dir=Path.cwd()) as folder:
        store = Store(Path(folder) / "store")
        found = timed(
            {
                "the journal": lambda: ours(store, given.points),
                "MLflow, SQLite": theirs(f"sqlite:///{folder}/mlflow.db", given.points),
                "MLflow, files": theirs(f"file://{folder}/mlruns", given.points),
            },
            given.runs,
        )
    for name, (wall, own) in found.items():
        print(f"{name:16}{wall:8.1f} ms a run, {own:8.1f} ms of it this process's own")


if __name__ == "__main__":
    main()
