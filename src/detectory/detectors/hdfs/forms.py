"""The files that blocks come in, each told by its name or its header, and read in chunks as found.

========== ==================================================== ======================================
form       told by                                              holds
========== ==================================================== ======================================
lines      the ending ``.log``                                  raw lines; their labels stand elsewhere
labels     a header of ``BlockId,Label``                        the label of each block of the lines
traces     a header with ``Label`` and ``Features``             a sequence a block, and its latency
matrix     a header with ``Label`` and ``E1`` to ``E29``        counts of events a block
sequences  no header: ``blk_…,5 22`` or ``5 22`` on each line   a sequence a block; the file's name labels
========== ==================================================== ======================================

The first four are those of loghub's HDFS_v1. Any may be compressed with gzip. Nothing is parsed or mended.
"""

from __future__ import annotations

import csv
import gzip
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any, Literal, TextIO

from detectory.errors import UnreadableFile

Form = Literal["lines", "labels", "traces", "matrix", "sequences"]
Columns = dict[str, list[Any]]

CHUNK_ROWS = 100_000  # rows held at once; the whole log has eleven million lines
EVENTS = tuple(f"E{number}" for number in range(1, 30))
LABELS = {"success": "normal", "normal": "normal", "0": "normal"} | {
    "fail": "fail",
    "anomaly": "fail",
    "abnormal": "fail",
    "1": "fail",
}
#: what a header may call a field of ours
NAMES = {"BlockId": "block", "Features": "sequence", "Latency": "latency_s", "Label": "label"}
FIX = (
    "give HDFS.log, anomaly_label.csv, Event_traces.csv, Event_occurrence_matrix.csv, a CSV with the columns "
    "label and sequence, or sequences in a file that has 'normal' or 'abnormal' in its name"
)


def form_of(path: Path) -> Form:
    """What a file holds. Raises `UnreadableFile` for one that is none of these."""
    if ".log" in path.suffixes:
        return "lines"
    header = _header(path)
    if header == ["block", "label"]:
        return "labels"
    if "label" in header and "sequence" in header:
        return "traces"
    if {"label", *EVENTS} <= set(header):
        return "matrix"
    if label_of(path.name):
        return "sequences"
    why = "neither its name nor its first line says what it holds, and which label its rows have"
    raise UnreadableFile(str(path), why=why, line=1, fix=FIX)


def label_of(name: str) -> str:
    """The label that a file's name says; empty where it says none.

    >>> label_of("hdfs_test_abnormal.csv"), label_of("hdfs_loghub_normal_train.csv.gz"), label_of("x.csv")
    ('fail', 'normal', '')
    """
    if "abnormal" in name.lower():
        return "fail"
    return "normal" if "normal" in name.lower() else ""


def rows(path: Path, form: Form, *, label: str = "") -> Iterator[Columns]:
    """The rows of a file in chunks: the fields of a door, ``label`` and ``line`` (from 1).

    ``label`` is that of all rows of a file of sequences. Lines have none: it is empty. Raises
    `UnreadableFile` for a label that is not known, and for what is no text.
    """
    if form == "lines":
        yield from _of_lines(path)
    elif form == "sequences":
        yield from _of_sequences(path, label)
    else:
        yield from _of_table(path)


def _of_lines(path: Path) -> Iterator[Columns]:
    with opened(path) as stream:
        line = 0
        while chunk := [text.rstrip("\r\n") for text in islice(stream, CHUNK_ROWS)]:
            numbers = list(range(line + 1, line + len(chunk) + 1))
            line += len(chunk)
            yield {"log_line": chunk, "label": [""] * len(chunk), "line": numbers}


def _of_sequences(path: Path, label: str) -> Iterator[Columns]:
    for chunk in _of_lines(path):
        parted = [text.rpartition(",") for text in chunk["log_line"]]
        yield {
            "sequence": [sequence for _, _, sequence in parted],
            "block": [block for block, _, _ in parted],
            "latency_s": [None] * len(parted),
            "label": [label] * len(parted),
            "line": chunk["line"],
        }


def _of_table(path: Path) -> Iterator[Columns]:
    with opened(path) as stream:
        table = csv.DictReader(stream, fieldnames=_header(path), restkey="", strict=True)
        next(table)
        while chunk := list(islice(table, CHUNK_ROWS)):
            first = table.line_num - len(chunk) + 1
            yield _columns(chunk, path, first=first)


def _columns(chunk: list[dict[str, str]], path: Path, *, first: int) -> Columns:
    asked = EVENTS if "E1" in chunk[0] else ("sequence",) if "sequence" in chunk[0] else ()
    found: Columns = {name: [row[name] for row in chunk] for name in asked}
    found |= {name: [row.get(name) or None for row in chunk] for name in ("block", "latency_s")}
    labels = [LABELS.get(str(row["label"]).strip().lower()) for row in chunk]
    if None in labels:
        at = labels.index(None)
        why = f"the label '{str(chunk[at]['label'])[:60]}' is neither Success nor Fail, Normal nor Anomaly"
        raise UnreadableFile(str(path), why=why, line=first + at, fix="label each row normal or fail")
    return {**found, "label": labels, "line": list(range(first, first + len(chunk)))}


def _header(path: Path) -> list[str]:
    """The first line's names, in our words; of a file without a header, whatever stands there."""
    with opened(path) as stream:
        first = next(csv.reader(stream), [])
    return [NAMES.get(name.strip(), name.strip()) for name in first]


@contextmanager
def opened(path: Path) -> Iterator[TextIO]:
    """A file's text; bytes that are no UTF-8 are escaped. Raises `UnreadableFile`."""
    try:
        with (gzip.open if path.suffix == ".gz" else open)(
            path, "rt", encoding="utf-8-sig", errors="backslashreplace", newline=""
        ) as stream:
            yield stream
    except (OSError, EOFError, zlib.error, csv.Error) as error:
        fix = "check that it is there, whole and yours"
        raise UnreadableFile(str(path), why=str(error), fix=fix) from error
