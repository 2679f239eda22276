"""dga's parse and features against one plain Python loop that computes the same, in one run.

    python benchmarks/parse_and_features.py [--rows 200000]

The names are generated here: letters at random, word pairs, sub-domains, one in a thousand international.
The loop is the twin that the tests hold the kernels to (tests/kernels/twin_names.py): one pass, tables
warm. It gets a tenth of the names, its time a name is what counts. Best of three, this process's CPU time.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "src")]

from detectory.detectors.dga.features import features  # noqa: E402
from detectory.detectors.dga.parse import parse  # noqa: E402
from tests.kernels import twin_names  # noqa: E402
from tests.kernels.twin_domain.features import words as dictionary  # noqa: E402
from tests.kernels.twin_domain.parse import parse_one  # noqa: E402

SUFFIXES = ("com", "net", "org", "co.uk", "ru", "info", "com.br", "github.io")


def generated_names(rows: int, *, seed: int) -> list[str]:
    """Names of four kinds, in turn."""
    rng = np.random.default_rng(seed)
    words = sorted(dictionary(), key=dictionary().__getitem__)[:5_000]
    letters = rng.integers(97, 123, size=(rows, 20), dtype=np.uint8)
    sizes = rng.integers(6, 21, size=rows)
    picks = rng.integers(len(words), size=(rows, 2))
    suffixes = rng.integers(len(SUFFIXES), size=rows)
    return [
        f"{_label(row, letters[row, : sizes[row]], words, picks[row].tolist())}.{SUFFIXES[suffixes[row]]}"
        for row in range(rows)
    ]


def _label(row: int, letters: np.ndarray, words: list[str], picks: list[int]) -> str:
    random = letters.tobytes().decode("ascii")
    if row % 1000 == 999:
        return f"ü{random}"
    first, second = (words[pick] for pick in picks)
    return (random, first + second, f"www.{first}-{second}", random.upper())[row % 4]


def compiled(names: list[str]) -> None:
    features(parse({"domain": names}).rows)


def loop(names: list[str]) -> None:
    for name in names:
        found = parse_one(name)
        if isinstance(found, tuple):
            twin_names.features_one(found[1], found[2])


def microseconds(run: Callable[[list[str]], None], names: list[str]) -> float:
    """CPU time a name, the best of three."""
    times = []
    for _ in range(3):
        start = time.process_time()
        run(names)
        times.append(time.process_time() - start)
    return min(times) / len(names) * 1e6


def one_row(names: list[str]) -> float:
    """Microseconds for one name in a call of its own, over names in turn."""

    def calls(batch: list[str]) -> None:
        for name in batch:
            compiled([name])

    return microseconds(calls, names)


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--rows", type=int, default=200_000)
    rows = arguments.parse_args().rows
    names = generated_names(rows, seed=1)
    few = names[: max(1, rows // 10)]
    compiled(few), loop(few[:100])  # reads the tables
    slow, fast, single = microseconds(loop, few), microseconds(compiled, names), one_row(few)
    print(f"{'parse and features':<34}{'us a name':>12}{'names a second':>18}{'ratio':>8}")
    for label, cost in (
        ("one Python loop", slow),
        (f"kernels, {rows:,} names a call", fast),
        ("kernels, one name a call", single),
    ):
        print(f"{label:<34}{cost:>12.2f}{1e6 / cost:>18,.0f}{slow / cost:>7.1f}x")


if __name__ == "__main__":
    main()
