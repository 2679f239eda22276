"""HDFS log lines to events, times and blocks: the kernel against Drain3, on the same lines in one run.

    python benchmarks/log_parser.py [FILE] [--lines 400000]

FILE is a log of HDFS; without one, lines are made up here from the statements of the table, in about the
mix of the published log. Drain3 (https://github.com/logpai/Drain3) finds templates of its own and gets three
masks (block, address, number); `pip install drain3` brings it, and without it the kernel runs alone. Drain3
gets a tenth of the lines, its time a line is what counts. Best of three, this process's CPU time.
"""

from __future__ import annotations

import argparse
import importlib.util
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "src"))

from detectory.blocks.hdfs import KEY_PREFIX, STATEMENTS, statements  # noqa: E402
from detectory.blocks.logs import grouped  # noqa: E402
from detectory.kernels import logs  # noqa: E402

MASKS = ((r"blk_-?\d+", "BLK"), (r"/?(\d{1,3}\.){3}\d{1,3}(:\d+)?", "IP"), (r"(?<=[^A-Za-z0-9])-?\d+", "NUM"))
# Lines in a thousand of the commonest events, about as in HDFS_v1.
MIX = {
    5: 154,
    9: 153,
    11: 153,
    26: 153,
    21: 126,
    23: 126,
    22: 51,
    2: 11,
    3: 37,
    4: 32,
    6: 1,
    16: 1,
    18: 1,
    25: 1,
}


def made_up(count: int, *, seed: int) -> Iterator[str]:
    """Lines as HDFS writes them, about blocks that never were."""
    rng = np.random.default_rng(seed)
    events = rng.choice(list(MIX), size=count, p=np.array(list(MIX.values())) / sum(MIX.values()))
    blocks = rng.integers(-(2**63), 2**63, size=max(count // 20, 1))
    for number, (event, at) in enumerate(
        zip(events.tolist(), rng.integers(len(blocks), size=count), strict=True)
    ):
        address = f"/10.{number % 256}.{number // 256 % 256}.7:50010"
        values = (f"blk_{blocks[at]}", address, address, "67108864", "67108864")
        message = STATEMENTS[event].replace("%s", "{}").format(*values)
        header = (
            f"081{number % 3}1{number % 9} 2035{number % 60:02} {number % 999} INFO dfs.DataNode$DataXceiver"
        )
        yield f"{header}: {message}"


def kernel_alone(text: bytes) -> None:
    logs.read(logs.split(text), statements(), KEY_PREFIX)


def kernel_grouped(lines: list[str]) -> None:
    grouped(lines, statements=statements(), prefix=KEY_PREFIX)


def drain(lines: list[str]) -> None:
    """Drain3 as its README sets it up, with masks; the header is cut off for it."""
    from drain3 import TemplateMiner
    from drain3.masking import MaskingInstruction
    from drain3.template_miner_config import TemplateMinerConfig

    words = TemplateMinerConfig()
    words.masking_instructions = [MaskingInstruction(pattern, name) for pattern, name in MASKS]
    miner = TemplateMiner(config=words)
    for line in lines:
        miner.add_log_message(line.split(": ", 1)[-1])


def seconds(run: Callable[[Any], None], given: Any) -> float:
    """CPU time, the best of three."""
    times = []
    for _ in range(3):
        started = time.process_time()
        run(given)
        times.append(time.process_time() - started)
    return min(times)


def main() -> None:
    """Print a table."""
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("file", nargs="?", type=Path)
    arguments.add_argument("--lines", type=int, default=400_000)
    told = arguments.parse_args()
    lines = told.file.read_text().splitlines() if told.file else list(made_up(told.lines, seed=1))
    text, few = "\n".join(lines).encode(), lines[: max(len(lines) // 10, 1)]
    costs = {
        "kernel, bytes of a file": seconds(kernel_alone, text) / len(lines),
        "kernel, Python strings, grouped": seconds(kernel_grouped, lines) / len(lines),
    }
    if importlib.util.find_spec("drain3"):
        costs["Drain3 with three masks"] = seconds(drain, few) / len(few)
    else:
        print("Drain3 is not here: pip install drain3")
    known = logs.read(logs.split(text), statements(), KEY_PREFIX).event > 0
    print(f"{len(lines):,} lines, {known.mean():.1%} of a known statement")
    print(f"{'':<34}{'ns a line':>12}{'lines a second':>18}{'ratio':>8}")
    for name, cost in costs.items():
        ratio = costs.get("Drain3 with three masks", 0.0) / cost
        print(f"{name:<34}{cost * 1e9:>12.0f}{1 / cost:>18,.0f}{f'{ratio:.1f}x' if ratio else '–':>8}")


if __name__ == "__main__":
    main()
