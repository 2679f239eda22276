"""What compression gains: every variant beside the float original that it was made of, in one run.

    python benchmarks/compression.py dga --candidate charcnn [--candidate …] [-C WORKSPACE]

Runs a detector up to ``compress`` in WORKSPACE (stages that are made are kept, `--again` measures anew) and
prints a line a model: quality on validation rows with its interval, what it loses against its original on the
same resamples' point, size, time of a row, rows a second, and how many times smaller and faster that is. One
thread each, every model in a process of its own. Prints; asserts nothing.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from pathlib import Path

from detectory import library, pipeline
from detectory.choice import chosen
from detectory.judge.compression import CandidateRow, rows_of

HEAD = f"{'head':<8}{'model':<16}{'made':<22}{'quality':>9}{'95 %':>20}{'lost':>9}{'KiB':>9}{'':>7}"
HEAD += f"{'p50 us':>8}{'':>7}{'p99 us':>8}{'rows/s':>10}{'':>7}{'MiB':>6}  "


def main() -> None:
    """Print a table a detector."""
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("detectors", nargs="+")
    arguments.add_argument("--candidate", action="append", default=[], dest="candidates")
    arguments.add_argument("--set", action="append", default=[], dest="pairs")
    arguments.add_argument("--again", action="store_true")
    arguments.add_argument("--sample", type=float, default=1.0)
    arguments.add_argument("-C", dest="workspace", default=".", type=Path)
    told = arguments.parse_args()
    for name in told.detectors:
        show(name, made(name, told))


def made(name: str, told: argparse.Namespace) -> list[CandidateRow]:
    """The measured rows of a detector."""
    home, choice = library.workspace(told.workspace), chosen(told.candidates, told.pairs, only=True)
    stages = ("compress",) if told.again else pipeline.chosen(last="compress")
    plan = library.plan(name, stages=stages, choice=choice, sample=told.sample, force=told.again, within=home)
    artifact = library.carry_out(plan, home).artifacts["compress"]
    return rows_of(artifact.facts, artifact.manifest["measured"]["costs"])


def show(name: str, rows: list[CandidateRow]) -> None:
    """The table of one detector."""
    named = {(row.head, row.name): row for row in rows}
    print(f"\n{name}\n{HEAD}")
    for row in rows:
        print(line(row, original(row, named)) if row.is_made else f"{row.head:<8}{row.name:<16}{row.why}")


def original(row: CandidateRow, named: Mapping[tuple[str, str], CandidateRow]) -> CandidateRow:
    """The fitted candidate that a variant goes back to."""
    while row.of:
        row = named[row.head, row.of]
    return row


def line(row: CandidateRow, of: CandidateRow) -> str:
    """One model; ratios where it is a variant."""
    cost, was, quality = row.cost, of.cost, row.quality
    assert cost is not None
    assert was is not None
    size = ratio(of.size_bytes, row.size_bytes, row)
    fast, many = ratio(was.p50_us, cost.p50_us, row), ratio(cost.rows_a_second, was.rows_a_second, row)
    interval = f"{quality.low:.4f} - {quality.high:.4f}"
    lost = f"{of.quality.value - quality.value:.4f}" if row.of else ""
    peak = "-" if cost.peak_mib is None else f"{cost.peak_mib:.1f}"
    return (
        f"{row.head:<8}{row.name:<16}{f'{row.way} of {row.of}' if row.way else 'as fitted':<22}"
        f"{quality.value:>9.4f}{interval:>20}{lost:>9}{row.size_bytes / 1024:>9,.0f}{size:>7}"
        f"{cost.p50_us:>8.1f}{fast:>7}{cost.p99_us:>8.1f}{cost.rows_a_second:>10,.0f}{many:>7}{peak:>6}"
        f"  {'SHIPS ' if row.chosen else ''}{row.note}"
    )


def ratio(one: float, other: float, row: CandidateRow) -> str:
    """How many times; empty for an original."""
    return f"{one / other:.1f}x" if row.of else ""


if __name__ == "__main__":
    main()
