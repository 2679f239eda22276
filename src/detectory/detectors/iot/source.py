"""Where the flows come from: IoT-23's labelled flows, Zeek logs of clean devices, or the user's files.

Rows go out as found, with the fields of the door and nothing else of them: addresses end here. The data
are the mirror's, or the public originals that ``originals.toml`` pins; without both a run needs files. A
file is CSV with Zeek's names as header, a Zeek log (tab-separated or JSON), or IoT-23's
``conn.log.labeled``; plain or gzip.
"""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from detectory.detector import Into, Origin, Sources
from detectory.downloads import Pin, read_pins
from detectory.errors import MissingColumn, UnreadableFile
from detectory.formats.chunk import REASONS, Chunk
from detectory.formats.read import read
from detectory.formats.source import Form, Source

FLOWS, CLEAN_LOGS = "iot/iot23_conn_flows.csv.gz", "iot/iot23_benign_zeek/"
BENIGN, MALICIOUS = "benign", "malicious"
CLEAN, INFECTED, GIVEN = "clean", "infected", "given"  # populations
FIELDS = (
    "ts", "id.resp_p", "proto", "service", "duration", "orig_bytes", "resp_bytes", "conn_state",
    "missed_bytes", "history", "orig_pkts", "orig_ip_bytes", "resp_pkts", "resp_ip_bytes",
)  # fmt: skip
#: what a file must name to be one of flows
NEEDED = {"id.resp_p": True, "proto": True}
FORMS: dict[str, Form] = {".csv": "csv", ".json": "jsonl", ".jsonl": "jsonl", ".ndjson": "jsonl"}
LABEL_FIX = "label each row Benign or Malicious, in a column 'label'; 'detailed-label' may name the attack"


@dataclass(frozen=True, slots=True)
class File:
    """A file of flows: what it is called in the lineage, and whose flows they are."""

    source: str
    population: str
    path: Path
    origin: Origin = "real"


def extract(into: Into, *, sources: Sources) -> None:
    """Add every row: the fields of the door, ``label``, ``population``, ``batch`` and ``line``.

    Raises `UnreadableFile` for a file that holds no flows or a line that is none, and `MissingColumn`
    where a file lacks labels; a log whose name begins with ``benign`` needs none.
    """
    for file in _files(sources):
        for chunk in _chunks(file):
            into.add(_columns(chunk, file), source=file.source, origin=file.origin)


def groups(rows: dict[str, list[Any]]) -> list[str]:
    """What must stay on one side of a split: flows that are alike in everything that features read.

    >>> flow = {name: [None, None] for name in FIELDS}
    >>> groups(flow | {"ts": [1.5, 2.5], "id.resp_p": [23, 23]})[0].split("/")[:3]
    ['23', 'None', 'None']
    """
    columns = (rows[name] for name in FIELDS[1:])
    return ["/".join(map(str, values)) for values in zip(*columns, strict=True)]


def originals() -> tuple[Pin, ...]:
    """The public originals of what the mirror holds.

    >>> originals()[0].file
    'iot/iot23_benign_zeek/b1.log'
    """
    return read_pins(Path(__file__).with_name("originals.toml").read_text(encoding="utf-8"))


def _files(sources: Sources) -> list[File]:
    given = [_given(path, sources.origin) for path in sources.given]
    if sources.lists == "none":
        return given
    found = _mirrored(sources) if sources.lists == "mirror" else _fetched(sources)
    listed = [File(name, _population(name), path) for name, path in found.items() if path is not None]
    return [*listed, *given]


def _given(path: Path, origin: Origin) -> File:
    """A file of the user's; one of clean devices is a population of its own."""
    population = CLEAN if path.name.lower().startswith(BENIGN) else GIVEN
    return File(f"given/{path.name}", population, path, origin)


def _mirrored(sources: Sources) -> dict[str, Path | None]:
    names = [name for name in sorted(sources.index()) if name == FLOWS or name.startswith(CLEAN_LOGS)]
    return {name: sources.mirrored(name) for name in names}


def _fetched(sources: Sources) -> dict[str, Path | None]:
    return {pin.file: sources.fetched(pin) for pin in originals()}


def _population(name: str) -> str:
    """Whose flows a file of the data holds.

    >>> _population("iot/iot23_benign_zeek/b3a.log.gz"), _population(FLOWS)
    ('clean', 'infected')
    """
    return CLEAN if name.startswith(CLEAN_LOGS) else INFECTED


def _chunks(file: File) -> Iterator[Chunk]:
    """The file's rows. Raises `UnreadableFile`, also for a line that holds none."""
    form = FORMS.get(Path(file.source.lower().removesuffix(".gz")).suffix)
    try:
        with _opened(file) as stream:
            for chunk in read(Source(str(file.path), stream), [NEEDED], form=form):
                _refuse_broken(chunk, file.path)
                yield chunk
    except (OSError, EOFError, zlib.error) as error:
        fix = "check that it is there, whole and yours"
        raise UnreadableFile(str(file.path), why=str(error), fix=fix) from error


def _opened(file: File) -> Any:
    # a GzipFile peeks and reads like a buffered reader, which typeshed does not say
    return gzip.open(file.path) if file.source.endswith(".gz") else file.path.open("rb")


def _refuse_broken(chunk: Chunk, path: Path) -> None:
    if chunk.refused:
        broken = chunk.refused[0]
        raise UnreadableFile(
            str(path), why=REASONS[broken.reason], line=broken.line, fix="mend the line, or take it out"
        )


def _columns(chunk: Chunk, file: File) -> dict[str, list[Any]]:
    height = len(chunk.lines)
    nothing = [None] * height
    fields = {name: [_text(value) for value in chunk.columns.get(name, nothing)] for name in FIELDS}
    return {
        **fields,
        "label": _labels(chunk, file),
        "population": [file.population] * height,
        "batch": [""] * height,
        "line": list(chunk.lines),
    }


def _text(value: Any) -> str | None:
    """As text whatever the form was, so that all sources are columns of one type."""
    return None if value is None else str(value)


def _labels(chunk: Chunk, file: File) -> list[str]:
    if file.population == CLEAN:
        return [BENIGN] * len(chunk.lines)
    if "label" not in chunk.columns:
        raise MissingColumn("label", where=str(file.path), known=chunk.columns)
    kinds = chunk.columns.get("detailed-label", [None] * len(chunk.lines))
    rows = zip(chunk.lines, chunk.columns["label"], kinds, strict=True)
    return [_class(label, kind, file.path, line=line) for line, label, kind in rows]


def _class(label: Any, kind: Any, path: Path, *, line: int) -> str:
    """Benign, or the kind of attack; malicious where none is said.

    >>> pairs = (("Benign", "-"), ("Malicious", "C&C"), ("malicious", None))
    >>> [_class(*pair, Path("x"), line=1) for pair in pairs]
    ['benign', 'C&C', 'malicious']
    """
    said = str(label).strip().lower()
    if said == BENIGN:
        return BENIGN
    if said != MALICIOUS:
        why = f"its label '{str(label)[:60]}' is neither Benign nor Malicious"
        raise UnreadableFile(str(path), why=why, line=line, fix=LABEL_FIX)
    named = "" if kind is None else str(kind).strip()
    return MALICIOUS if named in ("", "-") else named
