"""What dga is worth on families that it never saw: each one left out in turn, and every one forward in time.

Runs ``dga`` up to the split (with the mirror, if one is set), then fits the shipped kind of model once for
every family of 50 names or more, without any row of that family, and asks how many of its names score above
the benign test names at false positive rates of 1e-2 and 1e-3. The suffix is left out, and with it the
length of the whole name: which family used which suffix is no knowledge about the next one. Beside it
stands the linear model of n-grams alone. ``--together 7`` leaves out seven families a fit, never two of
words: a seventh of the time, and a little harder. ``--without dictionary`` blanks what English words
make; ``--model boosted`` has no n-grams and no words, so nothing stacked; ``--hard 0.2`` makes a fifth
of the benign names hard negatives: those that a first model finds the most like machine-made ones. With
``--forward`` each dated family trains on the first 60 % of its dates and is asked for the last 25 %. Prints
a table, and F1 among as many benign names at wider rates; asserts nothing.

    .venv/bin/python benchmarks/unseen_families.py --names 500 --benign 30000
"""

from __future__ import annotations

import argparse
import re
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from detectory import library, models, pipeline, tensors
from detectory.artifacts import Artifact
from detectory.detectors.dga.features import DENSE
from detectory.detectors.dga.generic import POPULATION
from detectory.detectors.dga.model import candidates
from detectory.kernels import spelling
from detectory.metrics import Interval, wilson
from detectory.models.candidate import Candidate, Lesson

LEAST = 50
RATES = (1e-2, 1e-3)
WIDE = (0.05, 0.1, 0.2, 0.3)  # where word lists, too, are told from benign names
DATED = re.compile(r"\d{4}-\d{2}(-\d{2})?")
WORDS = ("banjori", "charbot", "gozi", "matsnu", "nymaim2", "rovnix", "suppobox")
GENERIC = pl.col("population") == POPULATION
DICTIONARY = (
    "word_share",
    "words",
    "short_words",
    "longest_word",
    "mean_word",
    "longest_gap",
    "gaps",
    "word_bits",
    "word_concentration",
    "spelling_bits",
    *(name for name in spelling.COLUMNS if name != "longest_alternation"),
)
Rows = NDArray[np.int64]


@dataclass(frozen=True)
class Data:
    """Silver's rows beside their parts, and gold's tensors."""

    rows: pl.DataFrame
    gold: Artifact
    blank: Sequence[str] = ("length",)

    def features(self, at: Rows, inputs: Sequence[str]) -> dict[str, Any]:
        """The tensors of some rows, with nothing in them of the suffix, nor of what else is to be blank."""
        found = tensors.read(self.gold, inputs, at)
        if "word_ids" in found and "words" in self.blank:
            found["word_ids"] = np.zeros_like(found["word_ids"])
        if "dense" in found:
            found["dense"] = found["dense"].copy()
            found["dense"][:, [DENSE.index(name) for name in self.blank]] = 0
        return found

    def where(self, condition: pl.Expr) -> Rows:
        """Positions of the rows for which this holds."""
        return np.flatnonzero(self.rows.select(condition).to_series().to_numpy())


@dataclass(frozen=True)
class Learning:
    """What a model learns from: so many names of a family, so many benign ones, and generic ones or none.

    ``together`` is how many families are left out of one fit, ``hard`` the share of hard negatives.
    """

    names: int
    benign: int
    generic: bool
    together: int
    hard: float

    def benign_of(self, data: Data, rng: np.random.Generator) -> list[Rows]:
        """Some benign training names."""
        found = data.where(~pl.col("target") & (pl.col("part") == "train"))
        return [rng.permutation(found)[: self.benign]]

    def hardened(self, data: Data, rows: Rows, model: Any, candidate: Candidate) -> Rows:
        """The rows, some benign ones replaced by those that a first model finds hardest of all the others."""
        others = np.setdiff1d(data.where(~pl.col("target") & (pl.col("part") == "train")), rows)
        scores = model.answer(data.features(others, candidate.inputs))
        hardest = others[np.argsort(-scores, kind="stable")[: int(self.hard * self.benign)]]
        kept = rows[np.flatnonzero(~data.rows["target"].to_numpy()[rows])[len(hardest) :]]
        return np.concatenate([rows[data.rows["target"].to_numpy()[rows]], kept, hardest])

    def generic_of(self, data: Data) -> list[Rows]:
        """All names of algorithms that are no family's."""
        return [data.where(GENERIC)] if self.generic else []


def made(workspace: Path, sample: float) -> Data:
    """Everything up to the split."""
    home = library.workspace(workspace)
    stages = pipeline.chosen(last="split")
    found = library.run("dga", stages=stages, sample=sample, within=home).artifacts
    silver = pl.read_parquet(found["silver"].path("rows.parquet"))
    parts = pl.read_parquet(found["split"].path("parts.parquet"))
    return Data(pl.concat([silver, parts], how="horizontal"), found["gold"])


def shipped(name: str) -> Candidate:
    """A candidate of the score head without the suffix."""
    found = next(one for one in candidates() if (one.head, one.name) == ("score", name))
    return replace(found, inputs=tuple(tensor for tensor in found.inputs if tensor != "suffix_id"))


def fitted(data: Data, at: Rows, candidate: Candidate) -> Any:
    """The candidate on these rows."""
    _, groups = np.unique(data.rows["group"].to_numpy()[at], return_inverse=True)
    return models.load(candidate.kind).fit(
        candidate,
        Lesson(
            data.features(at, candidate.inputs),
            data.rows["target"].to_numpy()[at],
            seed=0,
            threads=2,
            groups=groups.astype(np.int64),
        ),
    )


def recalls(data: Data, model: Any, tested: Rows, benign: Rows, candidate: Candidate) -> list[Interval]:
    """The share of names above so many of the benign ones, for each rate."""
    scores = model.answer(data.features(tested, candidate.inputs))
    calm = model.answer(data.features(benign, candidate.inputs))
    limits = [np.quantile(calm, 1 - rate, method="higher") for rate in (*RATES, *WIDE)]
    return [wilson(float((scores > limit).sum()), len(scores)) for limit in limits]


def left_out(data: Data, candidate: Candidate, learning: Learning) -> Iterator[tuple[str, list[Interval]]]:
    """Every family, never learned from: one in turn, or so many together, then never two of words."""
    rng = np.random.default_rng(0)
    calm = data.where(~pl.col("target") & (pl.col("part") == "test") & (pl.col("population") == "hsts"))
    learned = [*learning.benign_of(data, rng), *learning.generic_of(data)]
    found = {family: data.where(pl.col("label") == family) for family in families(data)}
    some = {family: rng.permutation(at)[: learning.names] for family, at in found.items()}
    turns = -(-len(some) // learning.together)
    order = sorted(some, key=lambda family: family not in WORDS)
    for turn in range(turns):
        tested = order[turn::turns]
        others = [at for family, at in some.items() if family not in tested]
        rows = rng.permutation(np.concatenate([*learned, *others]))
        model = fitted(data, rows, candidate)
        if learning.hard:
            model = fitted(data, rng.permutation(learning.hardened(data, rows, model, candidate)), candidate)
        yield from ((family, recalls(data, model, some[family], calm, candidate)) for family in tested)


def families(data: Data) -> list[str]:
    """The families with enough names."""
    counted = data.rows.filter(pl.col("target") & ~GENERIC).group_by("label").len()
    return counted.filter(pl.col("len") >= LEAST)["label"].sort().to_list()


def forward(data: Data, candidate: Candidate, learning: Learning) -> Iterator[tuple[str, list[Interval]]]:
    """Every dated family, learned from its first dates and asked for its last."""
    rng = np.random.default_rng(0)
    calm = data.where(~pl.col("target") & (pl.col("part") == "test") & (pl.col("population") == "hsts"))
    learned = [*learning.benign_of(data, rng), *learning.generic_of(data)]
    early, late = {}, {}
    for family in families(data):
        at = data.where((pl.col("label") == family) & (pl.col("batch") != ""))
        dates = data.rows["batch"].to_numpy()[at]
        days = sorted({date for date in dates if DATED.fullmatch(date)})
        if len(days) < 4 or len(days) < len(set(dates)):
            continue
        place = np.searchsorted(days, dates) / len(days)
        early[family], late[family] = at[place < 0.6], at[place >= 0.75]
    rows = np.concatenate([*learned, *(rng.permutation(at)[: learning.names] for at in early.values())])
    model = fitted(data, rng.permutation(rows), candidate)
    for family, tested in late.items():
        yield family, recalls(data, model, tested, calm, candidate)


def show(title: str, found: Sequence[tuple[str, list[Interval]]]) -> None:
    """A table, and the mean over the families."""
    print(f"\n{title}\n| family | recall at FPR 1e-2 | recall at FPR 1e-3 |\n|---|---|---|")
    for family, each in found:
        cells = " | ".join(f"{one.value:.3f} ({one.low:.3f} to {one.high:.3f})" for one in each[: len(RATES)])
        print(f"| {family} | {cells} |")
    for kind, wanted in (("all", lambda _: True), ("word lists", WORDS.__contains__)):
        values = np.array([[one.value for one in each] for family, each in found if wanted(family)])
        if len(values):
            print(
                f"| mean of {len(values)}, {kind} | {values[:, 0].mean():.3f} | {values[:, 1].mean():.3f} |"
            )
            f1 = zip(f1_of(values[:, len(RATES) :]).mean(axis=0), WIDE, strict=True)
            print(f"F1 of {kind}: {', '.join(f'{one:.2f} at {rate}' for one, rate in f1)}")


def f1_of(recall: NDArray[np.float64]) -> NDArray[np.float64]:
    """F1 among as many benign names, for recalls [n, rates] at the wide false positive rates."""
    return np.asarray(2 * recall / (1 + recall + np.array(WIDE)))


def main() -> None:
    """Measure both kinds of model."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--workspace", type=Path, help="where to keep what is made (default: nowhere)")
    asked.add_argument("--names", type=int, default=500, help="most names of a family")
    asked.add_argument("--benign", type=int, default=30_000, help="most benign names to learn from")
    asked.add_argument("--sample", type=float, default=1.0)
    asked.add_argument("--forward", action="store_true", help="forward in time in place of left out")
    asked.add_argument("--together", type=int, default=1, help="families left out of one fit")
    asked.add_argument("--without-generic", action="store_true", help="learn from no made-up algorithms")
    asked.add_argument("--without", choices=["dictionary"], help="blank these columns")
    asked.add_argument("--hard", type=float, default=0.0, help="share of hard negatives")
    asked.add_argument("--model", nargs="*", default=["linear", "stacked"])
    given = asked.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        data = made(given.workspace or Path(scratch), given.sample)
        measure = forward if given.forward else left_out
        if given.without:
            data = replace(data, blank=("length", *DICTIONARY))
        learning = Learning(given.names, given.benign, not given.without_generic, given.together, given.hard)
        for name in given.model:
            show(name, list(measure(data, shipped(name), learning)))


if __name__ == "__main__":
    main()
