"""What searches evaluate in tests: no model, but a hill, with every fault that a fit may have."""

import os
import signal
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from detectory.engine.search import Grade
from detectory.errors import UnlearnableTarget
from detectory.models.candidate import Step, Value, Watch


@dataclass(frozen=True)
class Hill:
    """Highest, 0, at x = 3 and kind = "b"; its steps show early how high it will be.

    Each evaluation leaves a line in ``seen``. ``faults`` are by number of the evaluation, as the lines count.
    A process that it ``is_stillborn`` in dies before it has read anything.
    """

    seen: Path
    faults: Mapping[int, str]
    seconds: float = 0.0
    steps: int = 0
    is_stillborn: bool = False

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Arrive in another process, or end it before it has heard of a trial."""
        if state["is_stillborn"]:
            os._exit(3)
        vars(self).update(state)

    def __call__(self, params: Mapping[str, Value], watch: Watch) -> Grade:
        count = len(self.seen.read_text().splitlines()) if self.seen.exists() else 0
        with self.seen.open("a") as lines:
            lines.write(f"{sorted(params.items())}\n")
        height = -((float(params["x"]) - 3.0) ** 2) - (params.get("kind", "b") != "b")
        fault = self.faults.get(count, "")
        for step in range(1, self.steps + 1):
            watch(Step(step, self.steps, float("nan") if fault == "diverges" else -height / step))
        time.sleep(self.seconds)
        return Grade(self._fault(fault, height), {"steps": self.steps})

    def _fault(self, fault: str, height: float) -> float:
        match fault:
            case "hangs":
                time.sleep(600)
            case "raises":
                raise ValueError("this one cannot be fitted")
            case "refuses":
                raise UnlearnableTarget(["positive"], rows=3)
            case "dies":
                os.kill(os.getpid(), signal.SIGKILL)
            case "nan" | "diverges":
                return float("nan")
        return height
