"""`detectory score dga` on a file of names, against one plain Python loop over the same names, in one run.

    python benchmarks/score_file.py [WORKSPACE] [--rows 1000000]

WORKSPACE holds a champion of dga (`detectory run dga`). The command reads, parses, describes, scores, labels
and writes JSONL. The loop is the twin that the tests hold the kernels to (tests/kernels/twin_domain/): it
reads, parses and describes in one pass, tables warm, and is spared the model and the writing; it gets a
hundredth of the names. CPU time of each process. A tenth of the names first says whether memory grows.
"""

from __future__ import annotations

import argparse
import re
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from parse_and_features import generated_names, loop  # the program beside this one

SLICE_ROWS = 100_000  # names made at a time


def main() -> None:
    """Print a table."""
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("workspace", nargs="?", default=".", type=Path)
    arguments.add_argument("--rows", type=int, default=1_000_000)
    told = arguments.parse_args()
    with tempfile.TemporaryDirectory() as made:
        tenth, whole = (written(Path(made), rows) for rows in (told.rows // 10, told.rows))
        slow = looped(whole, told.rows // 100)
        _, little = scored(told.workspace, tenth)
        spent, much = scored(told.workspace, whole)
    fast = spent / told.rows * 1e6
    print(f"{'':<34}{'us a name':>12}{'names a second':>18}{'ratio':>8}")
    print(f"{'one Python loop, without a model':<34}{slow:>12.2f}{1e6 / slow:>18,.0f}{1:>7.1f}x")
    print(f"{'detectory score dga':<34}{fast:>12.2f}{1e6 / fast:>18,.0f}{slow / fast:>7.1f}x")
    print(f"peak memory: {little:.0f} MiB for {told.rows // 10:,} names, {much:.0f} MiB for {told.rows:,}")


def written(folder: Path, rows: int) -> Path:
    """A file of so many generated names, made slice by slice."""
    path = folder / f"{rows}.txt"
    with path.open("w", encoding="utf-8") as out:
        for seed, start in enumerate(range(0, rows, SLICE_ROWS)):
            out.writelines(f"{name}\n" for name in generated_names(min(SLICE_ROWS, rows - start), seed=seed))
    return path


def looped(names: Path, rows: int) -> float:
    """Microseconds a name of the loop, over the first names of the file."""
    with names.open(encoding="utf-8") as lines:
        some = [line.rstrip("\n") for line, _ in zip(lines, range(rows), strict=False)]
    loop(some[:100])  # reads the tables
    began = time.process_time()
    loop(some)
    return (time.process_time() - began) / len(some) * 1e6


def scored(workspace: Path, names: Path) -> tuple[float, float]:
    """CPU seconds and peak memory in MiB of the command, its start included."""
    command = [sys.executable, "-m", "detectory.cli.main", "-C", str(workspace)]
    before, peak_mib = children_s(), 0.0
    with subprocess.Popen([*command, "-q", "score", "dga", str(names)], stdout=subprocess.DEVNULL) as process:
        while process.poll() is None:
            peak_mib = hwm_mib(process.pid) or peak_mib
            time.sleep(0.05)
    if process.returncode:
        sys.exit(process.returncode)  # it has said why
    return children_s() - before, peak_mib


def children_s() -> float:
    """CPU seconds of all processes that were started here and have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def hwm_mib(pid: int) -> float:
    """The most memory that a process has held so far; 0 once it has ended."""
    found = re.search(r"VmHWM:\s+(\d+)", Path(f"/proc/{pid}/status").read_text())
    return int(found[1]) / 1024 if found else 0.0


if __name__ == "__main__":
    main()
