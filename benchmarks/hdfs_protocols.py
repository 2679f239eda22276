"""hdfs under the protocols that public figures are told by, beside the cheap baselines, in one run.

    python benchmarks/hdfs_protocols.py [MIRROR] [--seeds 5]

MIRROR is the folder that holds hdfs/, otherwise what DETECTORY_MIRROR names. **Fail is the positive class**,
and F1 and precision are of natural prevalence, 2.93 %: the recall and false positive rate that were measured,
weighted. Nothing is fitted to test rows: ``nearest`` and ``boosted``, candidates of the detector, alert above
log-odds of 0; ``look-up`` is what most blocks with these very counts were in training, and those never met
fail.

random            half of the blocks, drawn: nearly every test block has its twin in training
unseen sequences  no sequence of events on two sides: what `detectory run hdfs` does
unseen counts     no vector of event counts on two sides
forward in time   the first half of each file trains, in the order in which the blocks began
first hours       normal blocks of the first hours train; failures as in unseen sequences
few labels        so many blocks are labelled, drawn at natural prevalence; half of all blocks test
half of the lines the model of unseen sequences, on blocks of which only the first half of the lines is there
normal only       nothing is known of failures: how far a block's counts are from the nearest of normal ones
"""

from __future__ import annotations

import argparse
import gzip
import os
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np

from detectory.detectors.hdfs.features import features
from detectory.detectors.hdfs.model import candidates
from detectory.models import load
from detectory.models.candidate import Lesson
from detectory.models.nearest import distances

Alerts = Callable[[np.ndarray], np.ndarray]
Fit = Callable[[np.ndarray, np.ndarray, int], Alerts]

PREVALENCE = 0.0293
FILES = ("hdfs_loghub_normal_train.csv.gz", "hdfs_loghub_abnormal.csv.gz", "hdfs_logdeep_normal_train.txt.gz")


class Result(NamedTuple):
    """How a rule did on test rows; F1 and precision of natural prevalence."""

    recall: float
    false_positive_rate: float
    precision: float
    f1: float


@dataclass(frozen=True)
class Blocks:
    """All blocks of the mirror; ``fails`` and ``early`` (of the first hours) are bool[N]."""

    sequence: np.ndarray
    fails: np.ndarray
    early: np.ndarray
    dense: np.ndarray

    @classmethod
    def read(cls, folder: Path) -> Blocks:
        texts = [gzip.decompress((folder / name).read_bytes()).decode().splitlines() for name in FILES]
        sequences = np.array([line.rpartition(",")[2].strip() for lines in texts for line in lines])
        kind = np.repeat([0, 1, 2], [len(lines) for lines in texts])
        return cls(sequences, kind == 1, kind == 2, dense_of(sequences))

    def alike(self) -> np.ndarray:
        """int64[N]: the same number for blocks with the same counts."""
        return np.unique(self.dense, axis=0, return_inverse=True)[1].ravel()


def dense_of(sequences: np.ndarray) -> np.ndarray:
    return features({"sequence": sequences.tolist(), "latency_s": [None] * len(sequences)})["dense"]


def result(alert: np.ndarray, fails: np.ndarray) -> Result:
    recall, rate = float(alert[fails].mean()), float(alert[~fails].mean())
    found, false = PREVALENCE * recall, (1 - PREVALENCE) * rate
    precision = found / (found + false) if found + false else 0.0
    return Result(recall, rate, precision, 2 * found / (found + false + PREVALENCE))


def candidate(name: str) -> Fit:
    """A candidate of the detector, as it is fitted there; it alerts above log-odds of 0."""
    [chosen] = [one for one in candidates() if one.name == name]

    def fit(dense: np.ndarray, fails: np.ndarray, seed: int) -> Alerts:
        kind = load(chosen.kind)
        fitted = kind.fit(chosen, Lesson({"dense": dense}, fails, seed=seed))
        return lambda rows: fitted.answer({"dense": rows}) > 0

    return fit


def looked_up(dense: np.ndarray, fails: np.ndarray, seed: int) -> Alerts:
    """What most blocks with these very counts were in training; those never met fail."""
    votes: dict[bytes, int] = {}
    for row, failed in zip(dense, fails, strict=True):
        votes[row.tobytes()] = votes.get(row.tobytes(), 0) + (1 if failed else -1)
    return lambda rows: np.array([votes.get(row.tobytes(), 1) > 0 for row in rows])


RULES = {"nearest": candidate("nearest"), "boosted": candidate("boosted"), "look-up": looked_up}


def halved(groups: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """bool[N]: whether a row trains; groups are drawn, half of them."""
    distinct, place = np.unique(groups, return_inverse=True)
    return (rng.random(len(distinct)) < 0.5)[place]


def splits(blocks: Blocks, rng: np.random.Generator) -> Iterator[tuple[str, np.ndarray, np.ndarray]]:
    """Each supervised protocol with the rows that train and those that test."""
    all_hours = ~blocks.early
    rows = np.arange(len(blocks.fails))
    for name, groups in (
        ("random", rows),
        ("unseen sequences", blocks.sequence),
        ("unseen counts", blocks.alike()),
    ):
        train = halved(groups, rng)
        yield name, train & all_hours, ~train & all_hours
    place = np.where(blocks.fails, np.cumsum(blocks.fails), np.cumsum(~blocks.fails & all_hours))
    begun = place <= np.where(blocks.fails, blocks.fails.sum(), (~blocks.fails & all_hours).sum()) / 2
    yield "forward in time", begun & all_hours, ~begun & all_hours
    train = halved(blocks.sequence, rng)
    yield "first hours", (train & blocks.fails) | blocks.early, all_hours & ~(train & blocks.fails)
    for count in (10, 100, 1_000):
        yield f"few labels: {count:,}", *few(blocks, count, rng)


def few(blocks: Blocks, count: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """So many rows at natural prevalence, a failure and a normal block at least; half of all rows test."""
    test = (rng.random(len(blocks.fails)) < 0.5) & ~blocks.early
    failed = max(1, round(count * PREVALENCE))
    chosen = np.concatenate(
        [
            rng.choice(np.flatnonzero(~test & ~blocks.early & side), size, replace=False)
            for side, size in ((blocks.fails, failed), (~blocks.fails, count - failed))
        ]
    )
    train = np.zeros(len(test), dtype=bool)
    train[chosen] = True
    return train, test


def supervised(blocks: Blocks, seed: int) -> Iterator[tuple[str, Result]]:
    for name, train, test in splits(blocks, np.random.default_rng(seed)):
        for rule, fit in RULES.items():
            alerts = fit(blocks.dense[train], blocks.fails[train], seed)
            yield f"{name}, {rule}", result(alerts(blocks.dense[test]), blocks.fails[test])
            if name == "unseen sequences" and rule == "nearest":
                begun = np.array([first_half(text) for text in blocks.sequence[test]])
                yield f"half of the lines, {rule}", result(alerts(dense_of(begun)), blocks.fails[test])


def first_half(sequence: str) -> str:
    events = sequence.split()
    return " ".join(events[: (len(events) + 1) // 2])


def normal_only(blocks: Blocks, seed: int) -> Iterator[tuple[str, Result]]:
    """Farther from the nearest normal block than all but 1 in 200 of normal ones that were kept aside."""
    rng = np.random.default_rng(seed)
    normal = ~blocks.fails & ~blocks.early
    half = normal & (rng.random(len(normal)) < 0.5)
    for name, known in (("0.5 % of normal blocks", half), ("first hours", blocks.early)):
        fitting = known & (rng.random(len(known)) < 0.8)
        rows = np.unique(blocks.dense[fitting], axis=0)
        scale = (1 / (rows.std(axis=0) + 0.1)).astype(np.float32)
        apart = distances(blocks.dense * scale, rows * scale)
        limit = np.quantile(apart[known & ~fitting], 1 - 1 / 200)
        test = ~blocks.early & ~known
        yield f"normal only: {name}, nearest", result(apart[test] > limit, blocks.fails[test])


def main() -> None:
    """Print a table."""
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("mirror", nargs="?", type=Path, default=os.environ.get("DETECTORY_MIRROR"))
    arguments.add_argument("--seeds", type=int, default=5)
    told = arguments.parse_args()
    if told.mirror is None:
        sys.exit("the real data are not here: name the folder that holds hdfs/")
    blocks = Blocks.read(told.mirror / "hdfs")
    found: dict[str, list[Result]] = {}
    for seed in range(told.seeds):
        for name, one in [*supervised(blocks, seed), *normal_only(blocks, seed)]:
            found.setdefault(name, []).append(one)
    print(f"{'protocol, rule':<52}{'recall':>9}{'FPR':>10}{'precision':>11}{'F1':>9}{'  F1 over seeds'}")
    for name, results in found.items():
        mean = Result(*np.mean(results, axis=0))
        spread = f"{min(one.f1 for one in results):.4f} to {max(one.f1 for one in results):.4f}"
        print(f"{name:<52}{mean.recall:>9.4f}{mean.false_positive_rate:>10.5f}", end="")
        print(f"{mean.precision:>11.4f}{mean.f1:>9.4f}  {spread}")


if __name__ == "__main__":
    main()
