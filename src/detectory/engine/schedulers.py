"""Ray's schedulers, by the names that a search has for pruners: who falls behind at a rung is ended.

Nothing here is imported before Ray is known to be installed.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ray.tune import schedulers

from detectory.engine.search import Pruner
from detectory.engine.suggest import LEAST, UNTUTORED

#: no fit has as many steps
_NEVER = 10**9


def scheduler(pruner: Pruner) -> Any:
    """Ray's scheduler for a pruner; none of them ends a trial before step 4."""
    by: dict[str, Any] = {"time_attr": "step", "metric": "loss", "mode": "min", "grace_period": LEAST}
    match pruner:
        case "median":
            return _Median(min_samples_required=UNTUTORED, **by)
        case "asha":
            return schedulers.AsyncHyperBandScheduler(max_t=_NEVER, reduction_factor=2, **by)
        case "none":
            return schedulers.FIFOScheduler()


class _Median(schedulers.MedianStoppingRule):  # type: ignore[misc]  # Ray ships no types
    """Ray's, but for two things: how a trial ended is no loss, and none is paused for one that waits.

    Paused, where there are fewer processors than jobs, a trial begins again from nothing.
    """

    def on_trial_complete(self, tune_controller: Any, trial: Any, result: Mapping[str, Any]) -> None:
        """A trial ended."""
        if "step" in result:
            super().on_trial_complete(tune_controller, trial, result)

    def _on_insufficient_samples(self, tune_controller: Any, trial: Any, time: float) -> str:
        """A trial is compared with too few others as yet."""
        return str(schedulers.TrialScheduler.CONTINUE)
