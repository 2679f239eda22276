"""What a search costs and what it is worth: overhead a trial, TPE against random, what pruning saves.

    python benchmarks/search.py --workspace DIR [--trials 20] [--seeds 3] [--ray]

The overhead is that of trials which fit nothing: suggesting, keeping, and one round trip to the process.
TPE and random search get equally many trials of the same candidate on the workspace's detector (its stages up
to the split must be made); random search is the same with every trial untutored. Pruning is the same search
with and without, in seconds of fitting and in the best quality on validation rows.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from detectory import library, pipeline
from detectory.choice import Choice
from detectory.engine import local, suggest
from detectory.engine.inputs import Inputs
from detectory.engine.search import Engine, Grade, Search, Trial
from detectory.engine.study import Study
from detectory.models.candidate import Float, Step, Value, Watch
from detectory.train import tune
from detectory.tuning import READ

EVERY = 10**9  # trials that are drawn at random, where all are


@dataclass(frozen=True)
class Nothing:
    """Fits nothing, and reports so many steps."""

    steps: int

    def __call__(self, params: Mapping[str, Value], watch: Watch) -> Grade:
        for step in range(1, self.steps + 1):
            watch(Step(step, self.steps, 1 / step))
        return Grade(float(params["x0"]))


def overhead(engine: Engine, trials: int, *, steps: int) -> float:
    """Milliseconds a trial of seven parameters, the first left out: it waits for the process."""
    space = {f"x{at}": Float(0.0, 1.0) for at in range(7)}
    ended: list[float] = []
    with tempfile.TemporaryDirectory() as folder:
        what = Search(space, trials, 60.0, Path(folder), pruner="none")
        engine.search(what, Nothing(steps), on_trial=lambda trial: ended.append(time.perf_counter()))
    return 1000 * (ended[-1] - ended[0]) / (trials - 1)


def of_ray() -> None:
    """The same on Ray's own cluster of one processor, and what that takes to start."""
    from detectory.engine import cluster, ray

    began = time.perf_counter()
    with cluster.connected():
        print(f"Ray: a cluster in {time.perf_counter() - began:.1f} s")
        for steps in (0, 500):
            print(f"Ray: overhead a trial, {steps} steps: {overhead(ray, 50, steps=steps):.1f} ms")


def study_of(workspace: Path, detector: str, candidate: str) -> Study:
    """The study that ``detectory tune`` would run."""
    home = library.workspace(workspace)
    plan = library.plan(detector, choice=Choice((candidate,), only=True), within=home)
    made = pipeline.run(replace(plan, stages=pipeline.chosen(last="split")))
    inputs = Inputs(plan.detector, plan.store, {stage: made[stage].digest for stage in READ})
    chosen = plan.choice.of(plan.detector.part("model").candidates())
    [study] = tune.studies(chosen, inputs, seed=plan.seed, threads=plan.threads)
    return study


def searched(study: Study, *, trials: int, seed: int, pruner: str, untutored: int) -> list[Trial]:
    """A search of its own; every trial is in it, and none is kept."""
    before, suggest.UNTUTORED = suggest.UNTUTORED, untutored
    try:
        with tempfile.TemporaryDirectory() as folder:
            what = Search(study.space, trials, 600.0, Path(folder), seed=seed, pruner=pruner, first=study.own)
            return local.search(what, study.evaluate, on_trial=lambda trial: None)
    finally:
        suggest.UNTUTORED = before


def best(trials: list[Trial]) -> float:
    return max(one.value for one in trials if one.value is not None)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--workspace", type=Path)
    parser.add_argument("--detector", default="dga")
    parser.add_argument("--candidate", default="score.boosted")
    parser.add_argument("--trials", type=int, default=20)
    parser.add_argument("--ray", action="store_true", help="the overhead of Ray, too")
    parser.add_argument("--seeds", type=int, default=3)
    given = parser.parse_args()
    for steps in (0, 500):
        print(f"overhead a trial, {steps} steps: {overhead(local, 50, steps=steps):.1f} ms")
    if given.ray:
        of_ray()
    if not given.workspace:
        return
    study = study_of(given.workspace, given.detector, given.candidate)
    ways = {"TPE": ("none", 5), "random": ("none", EVERY), "TPE, pruned": ("median", 5)}
    for name, (pruner, untutored) in ways.items():
        runs = [
            searched(study, trials=given.trials, seed=seed, pruner=pruner, untutored=untutored)
            for seed in range(given.seeds)
        ]
        seconds = statistics.mean(sum(one.seconds for one in trials) for trials in runs)
        found = ", ".join(f"{best(trials):.4f}" for trials in runs)
        print(f"{name}: best {found} (own {runs[0][0].value:.4f}), {seconds:.0f} s of fitting")


if __name__ == "__main__":
    main()
