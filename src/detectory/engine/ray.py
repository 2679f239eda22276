"""Trials on a cluster: Ray Tune runs them, our own file remembers, Optuna suggests.

Comes in: a search and what evaluates. Goes out: every trial, as from `engine.local`, whose file of trials it
shares: a search that began on this machine may go on on a cluster, and the other way round. Trials that
fall behind are ended by Ray's own schedulers (median stopping; ASHA), which know those of this run alone.
What Ray writes itself goes to a folder that is removed at the end.
"""

from __future__ import annotations

import math
import shutil
import tempfile
import time
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

from detectory.engine import cluster, storage
from detectory.engine.search import Evaluate, Search, Trial
from detectory.engine.suggest import Suggestions


def search(what: Search, evaluate: Evaluate, *, on_trial: Callable[[Trial], None]) -> list[Trial]:
    """Run the trials that are missing; see `detectory.engine.search.Engine`.

    It runs on the cluster that this process is connected to (`cluster.connected`), or on one of its own
    with a processor a job. Raises what `engine.local` raises, and `ClusterAway`.
    """
    with cluster.connected(jobs=what.jobs), storage.opened(what.storage) as trials:
        from detectory.engine.tuner import Tuned

        running = Tuned(what, on_trial, trials, Suggestions(what))
        if running.missing:
            _run(what, evaluate, running)
        return trials.trials()


def _run(what: Search, evaluate: Evaluate, running: Any) -> None:
    from ray import tune

    from detectory.engine.schedulers import scheduler
    from detectory.engine.tuner import trainable

    folder = Path(tempfile.mkdtemp(prefix="ray-trials-", dir=cluster.shared()))
    try:
        tune.run(
            trainable(evaluate, what.trial_seconds),
            name=uuid.uuid4().hex[:12],
            storage_path=str(folder),
            search_alg=running,
            scheduler=scheduler(what.pruner),
            num_samples=running.missing,
            max_concurrent_trials=what.jobs,
            resources_per_trial={"cpu": 1},
            time_budget_s=None if what.seconds is None else math.ceil(running.until - time.monotonic()),
            reuse_actors=True,
            raise_on_failed_trial=False,
            verbose=0,
        )
    finally:
        shutil.rmtree(folder, ignore_errors=True)
