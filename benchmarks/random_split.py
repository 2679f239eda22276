"""What the honest split costs against a random one, for any detector.

Runs a detector up to ``judge`` twice, each time in a store of its own: with its declared split, and with
every row dealt out by itself, as most projects do it: no groups, no order of time, nothing held out. Same
rows, same seed, and the kind of model that the honest run chose. Prints both verdicts; asserts nothing.

    .venv/bin/python benchmarks/random_split.py dga --sample 0.2
"""

from __future__ import annotations

import argparse
import os
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from msgspec import structs

from detectory import pipeline
from detectory.artifacts import Artifact, Store
from detectory.detector import Detector
from detectory.library import plan, workspace
from detectory.metrics import Interval

METRICS = (
    "roc_auc",
    "average_precision",
    "recall_at_budget",
    "fpr_at_budget",
    "macro_f1_at_budget",
    "macro_f1_of_majority",
    "recall_at_fpr_1e-1",
    "recall_at_fpr_1e-2",
    "recall_at_fpr_1e-3",
    "macro_f1",
    "mae",
    "rmse",
    "median_ae",
    "smape",
    "r2",
)
Verdict = Mapping[str, Interval]


@dataclass(frozen=True)
class RowByRow(Detector):
    """A detector whose every row is a group of its own, and whose heads have one candidate each."""

    chosen: Mapping[str, str]

    @classmethod
    def of(cls, detector: Detector, chosen: Mapping[str, str]) -> RowByRow:
        """The same detector without what its split declares."""
        split = structs.replace(detector.spec.split, order="", repeats=0.0, held_out={})
        spec = structs.replace(detector.spec, split=split, ablations={}, leave_out={})
        parts = {field.name: getattr(detector, field.name) for field in fields(Detector)}
        return cls(**(parts | {"spec": spec}), chosen=chosen)

    def part(self, name: str) -> Any:
        """The folder's own file, but for the groups and the candidates."""
        own = super().part(name)
        if name == "source":
            return SimpleNamespace(extract=own.extract, groups=_each_by_itself)
        if name == "model":
            kept = [each for each in own.candidates() if self.chosen.get(each.head) == each.name]
            return SimpleNamespace(candidates=lambda: kept)
        return own


def _each_by_itself(rows: dict[str, list[Any]]) -> list[str]:
    return [str(row) for row in range(len(next(iter(rows.values()))))]


def compared(planned: pipeline.Plan) -> tuple[Verdict, Verdict]:
    """The metrics of the declared split, and of a random one."""
    with tempfile.TemporaryDirectory() as folder:
        stores = [Store(Path(folder) / name) for name in ("declared", "random")]
        declared = pipeline.run(replace(planned, store=stores[0]))
        by_row = RowByRow.of(planned.detector, _chosen(declared["compress"]))
        dealt = pipeline.run(replace(planned, store=stores[1], detector=by_row))
        return _metrics(declared["judge"]), _metrics(dealt["judge"])


def _chosen(compress: Artifact) -> dict[str, str]:
    return {head: compress.facts[f"chosen_{head}"] for head in compress.facts["heads"]}


def _metrics(judged: Artifact) -> Verdict:
    found = judged.json("verdict.json")["metrics"]
    return {name: Interval(**found[name]) for name in METRICS if found.get(name, {}).get("value") is not None}


def shown(interval: Interval | None) -> str:
    """A value with its interval.

    >>> shown(Interval(0.5, 0.4, 0.6))
    '0.500  0.400 to 0.600'
    """
    return (
        "undefined"
        if interval is None
        else f"{interval.value:.3f}  {interval.low:.3f} to {interval.high:.3f}"
    )


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked.add_argument("name", help="a detector")
    asked.add_argument("--sample", type=float, default=1.0, help="the share of the raw rows to take")
    asked.add_argument("--seed", type=int, default=0)
    given = asked.parse_args()
    mirror = os.environ.get("DETECTORY_MIRROR")
    with tempfile.TemporaryDirectory() as folder:
        home = workspace(Path(folder), [f"seed={given.seed}", *([f"mirror={mirror}"] if mirror else [])])
        stages = pipeline.chosen(last="judge")
        declared, dealt = compared(plan(given.name, stages=stages, sample=given.sample, within=home))
    print(f"{given.name:<24}{'declared split':<28}random split, row by row")
    for name in METRICS:
        if name in declared or name in dealt:
            print(f"{name:<24}{shown(declared.get(name)):<28}{shown(dealt.get(name))}")


if __name__ == "__main__":
    main()
