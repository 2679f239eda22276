"""Where the flows come from: the published 1 % sample of IoTID20, or files that the user gave.

Rows go out as found. Nothing is parsed, dropped or mended here. The sample is the mirror's, or the public
original that ``originals.toml`` pins. Where files are given the sample is left out: it is a part of the
whole set under other names of its connections, so that no split could keep the two apart.

One connection makes up three quarters of the normal flows. Its rows are a population of their own, and the
only ones of which a connection is cut: into runs of neighbouring seconds.
"""

from __future__ import annotations

import gzip
import io
import zlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from detectory.blocks.cicflowmeter import FIELDS
from detectory.detector import Into, Sources
from detectory.downloads import Pin, read_pins
from detectory.errors import UnreadableFile
from detectory.formats import times
from detectory.formats.chunk import REASONS, Chunk
from detectory.formats.source import Source
from detectory.formats.table import read

SAMPLE = "iot/iotid20_sample_1pct.csv.gz"
NORMAL, ANOMALY = "normal", "anomaly"
LABELS = {"0": NORMAL, "normal": NORMAL, "1": ANOMALY, "anomaly": ANOMALY}
LONG = 0.25  # of the rows of a label: whole, such a connection would leave a part or two without any
RUN_SECONDS = 10
#: the columns without which a file cannot be learned from
NEEDED = {"Flow_ID": True, "Label": True}


class Labelled(NamedTuple):
    """Some rows of a file: its columns, the line of each row, and its class."""

    columns: Mapping[str, list[Any]]
    lines: Sequence[int]
    labels: list[str]


def extract(into: Into, *, sources: Sources) -> None:
    """Add every row: CICFlowMeter's columns, ``label``, ``population``, ``batch``, ``line`` (from 2).

    ``label`` is the kind of attack where a file says it (``Sub_Cat``), ``batch`` the connection and the
    second (``Flow_ID Timestamp``). Raises `UnreadableFile` and `MissingColumn` for a file that holds no
    labelled flows.
    """
    files = _files(sources)
    longest = _longest(files)
    for source, path in files.items():
        origin = "real" if source == SAMPLE else sources.origin
        for chunk in labelled(path):
            into.add(_columns(chunk, longest), source=source, origin=origin)


def groups(rows: dict[str, list[Any]]) -> list[str]:
    """What must stay on one side of a split: a connection, or a run of a long one.

    ``rows`` are silver's columns. A connection with more than a quarter of the rows of its label is cut into
    runs of ten seconds; a row that names none is a group of its own.

    >>> rows = {"batch": ["12682 7", " "], "label": ["normal"] * 2}
    >>> groups({**rows, "source": ["a.csv"] * 2, "line": [2, 3]})
    ['12682/0', 'a.csv:3']
    """
    connections, _, seconds = zip(*(batch.partition(" ") for batch in rows["batch"]), strict=True)
    long = _long(connections, rows["label"])
    runs = _runs(connections, seconds)
    places = zip(connections, runs, rows["source"], rows["line"], strict=True)
    return [
        f"{connection}/{run}" if connection in long else connection or f"{source}:{line}"
        for connection, run, source, line in places
    ]


def _long(connections: Sequence[str], labels: Sequence[str]) -> set[str]:
    """The connections that hold a large share of a label's rows."""
    rows = Counter(labels)
    pairs = Counter(zip(connections, labels, strict=True))
    return {one for (one, label), count in pairs.items() if one and count > LONG * rows[label]}


def _runs(connections: Sequence[str], seconds: Sequence[str]) -> list[int]:
    """int a row: the run of its connection's seconds that it is in, in the order of time or of its codes."""
    how = times.of_words([second for second in seconds if second][:1_000])
    seen: dict[str, set[str]] = {}
    for connection, second in zip(connections, seconds, strict=True):
        seen.setdefault(connection, set()).add(second)

    def in_time(text: str) -> tuple[str, int, str]:
        return times.sortable(text, how), len(text), text

    place = {
        (connection, second): at // RUN_SECONDS
        for connection, found in seen.items()
        for at, second in enumerate(sorted(found, key=in_time))
    }
    return [place[pair] for pair in zip(connections, seconds, strict=True)]


def originals() -> tuple[Pin, ...]:
    """The public original of the mirror's sample.

    >>> originals()[0].file
    'iot/iotid20_sample_1pct.csv'
    """
    return read_pins(Path(__file__).with_name("originals.toml").read_text(encoding="utf-8"))


def _files(sources: Sources) -> dict[str, Path]:
    """What to read by the name it has in the lineage."""
    if sources.given:
        return {f"given/{path.name}": path for path in sources.given}
    sample = sources.mirrored(SAMPLE) if sources.lists == "mirror" else sources.fetched(originals()[0])
    return {} if sample is None else {SAMPLE: sample}


def _longest(files: Mapping[str, Path]) -> str:
    """The connection with the most normal flows; the files are read once for it alone."""
    count = Counter[str]()
    for path in files.values():
        for chunk in labelled(path):
            rows = zip(chunk.columns["Flow_ID"], chunk.labels, strict=True)
            count.update(connection for connection, label in rows if label == NORMAL)
    return count.most_common(1)[0][0] if count else ""


def _columns(chunk: Labelled, longest: str) -> dict[str, list[Any]]:
    connections = chunk.columns["Flow_ID"]
    seconds = chunk.columns.get("Timestamp", [""] * len(connections))
    rows = zip(chunk.labels, connections, strict=True)
    found: dict[str, list[Any]] = {name: chunk.columns[name] for name in FIELDS if name in chunk.columns}
    return found | {
        "label": chunk.labels,
        "population": [_population(label, connection == longest) for label, connection in rows],
        "batch": [f"{connection} {second}" for connection, second in zip(connections, seconds, strict=True)],
        "line": list(chunk.lines),
    }


def _population(label: str, is_longest: bool) -> str:
    if label != NORMAL:
        return "attacks"
    return "longest connection" if is_longest else "other connections"


def labelled(path: Path) -> Iterator[Labelled]:
    """The rows of a CSV, plain or gzip, some thousand at a time. Raises `UnreadableFile`, `MissingColumn`."""
    try:
        with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as stream:
            buffered: Any = stream if path.suffix != ".gz" else io.BufferedReader(stream)
            for chunk in read(Source(str(path), buffered), [NEEDED]):
                _refuse_broken(chunk, path)
                yield Labelled(chunk.columns, chunk.lines, _labels(chunk, path))
    except (OSError, EOFError, zlib.error) as error:
        fix = "check that it is there, whole and yours"
        raise UnreadableFile(str(path), why=str(error), fix=fix) from error


def _refuse_broken(chunk: Chunk, path: Path) -> None:
    for broken in chunk.refused:
        fix = "give a CSV with a header, as CICFlowMeter writes it, with Flow_ID and Label"
        raise UnreadableFile(str(path), why=REASONS[broken.reason], line=broken.line, fix=fix)


def _labels(chunk: Chunk, path: Path) -> list[str]:
    kinds = chunk.columns.get("Sub_Cat", [""] * len(chunk.lines))
    rows = zip(chunk.columns["Label"], kinds, chunk.lines, strict=True)
    return [_label(label, kind, path, line) for label, kind, line in rows]


def _label(label: str, kind: str, path: Path, line: int) -> str:
    """Normal, or the kind of attack where the row says it."""
    known = LABELS.get(label.strip().lower())
    if known is None:
        why, fix = (
            f"its label '{label[:60]}' is neither Normal nor Anomaly",
            "label each row Normal (0) or Anomaly (1)",
        )
        raise UnreadableFile(str(path), why=why, line=line, fix=fix)
    return known if known == NORMAL else kind.strip().lower() or known
