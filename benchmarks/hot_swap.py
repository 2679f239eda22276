"""A server whose champion changes every second, against the same one at rest.

    python benchmarks/hot_swap.py [--swaps 30] [--rate 500]

Small signed versions are promoted one after another, each tried in a process of its own, while a client
asks so many times a second whether or not answers come; latency counts from when a request was due. Then
twenty rollbacks, from the call to the first answer of the version before.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "src")]

from detectory import signing  # noqa: E402
from detectory.artifacts import Store  # noqa: E402
from tests.faults.served import REQUEST, answered, served, version_of, wait_for  # noqa: E402
from tests.serve.load import Answer, at_rate, percentile  # noqa: E402
from tests.serve.shelf import Shelf  # noqa: E402


def told(name: str, answers: list[Answer]) -> None:
    """One line: how many answers, and how long they took."""
    times = [1e3 * percentile(answers, share) for share in (0.5, 0.99, 1.0)]
    versions = len({answer.json["version"] for answer in answers})
    lost = sum(answer.status != 200 for answer in answers)
    print(
        f"{name:12} {len(answers):6} answers {lost:3} failed {versions:3} versions   "
        "p50 {:.2f} ms   p99 {:.2f} ms   longest {:.2f} ms".format(*times)
    )


def swapped(shelf: Shelf, *, swaps: int) -> None:
    """Promote one version a second."""
    for number in range(2, swaps + 2):
        shelf.promote(number)
        time.sleep(1)


def rolled_back(shelf: Shelf, url: str) -> float:
    """The seconds that one rollback takes to have an effect."""
    shelf.decide(1)
    shelf.decide(2)
    wait_for(lambda: version_of(url) == 2)
    began = time.monotonic()
    shelf.roll_back()
    wait_for(lambda: version_of(url) == 1)
    return time.monotonic() - began


def main(*, swaps: int, rate: int) -> None:
    """Run it and print a table."""
    took: list[float] = []
    with tempfile.TemporaryDirectory() as folder:
        key = Path(folder) / "signing.key"
        signing.new_key(key)
        shelf = Shelf(Store(Path(folder) / "store"), key)
        for number in range(1, swaps + 2):
            shelf.add(number)
        shelf.promote(1)
        with served(shelf) as url:
            told("at rest", asyncio.run(at_rate(url, REQUEST, rate=rate, seconds=10)))
            told("swapping", answered(url, lambda: swapped(shelf, swaps=swaps), rate=rate))
            told("at rest", asyncio.run(at_rate(url, REQUEST, rate=rate, seconds=10)))
            backs = answered(url, lambda: took.extend(rolled_back(shelf, url) for _ in range(20)), rate=rate)
            told("rolling back", backs)
    print(f"a rollback takes effect after {sorted(took)[10]:.2f} s, at most {max(took):.2f} s")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--swaps", type=int, default=30)
    parser.add_argument("--rate", type=int, default=500)
    main(**vars(parser.parse_args()))
