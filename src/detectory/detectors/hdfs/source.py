"""Where the blocks come from: the mirror's sequences, their public originals, or the user's files.

Rows go out as found. Nothing is parsed, dropped or mended here. The mirror's raw logs are not read: they
were cut off after minutes, so their blocks look shorter than their labels assume. Without mirror, network
and files of the user's there is nothing to learn from, and the run says so.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from detectory.detector import Into, Origin, Sources
from detectory.detectors.hdfs.forms import Form, form_of, label_of, rows
from detectory.downloads import Pin, read_pins

#: what is known of a block otherwise must not depend on which file it is met in first
ORDER: tuple[Form, ...] = ("labels", "traces", "sequences", "lines", "matrix")


@dataclass(frozen=True, slots=True)
class File:
    """A file of blocks: what it is called in the lineage, whose blocks they are, how it is read."""

    source: str
    population: str
    path: Path
    form: Form
    origin: Origin = "real"

    @property
    def label(self) -> str:
        """The label that its name says, of a file of sequences."""
        return label_of(Path(self.source).name)


def extract(into: Into, *, sources: Sources) -> None:
    """Add every row: the fields of a door, ``label``, ``population``, ``batch`` and ``line`` (from 1).

    Raises `UnreadableFile` for a file that is none of `forms`.
    """
    files = [*_given(sources), *_real(sources)]
    for one in sorted(files, key=lambda file: ORDER.index(file.form)):
        for chunk in rows(one.path, one.form, label=one.label):
            _add(into, chunk, one)


def groups(rows: dict[str, list[Any]]) -> list[str]:
    """What must stay on one side of a split: blocks with the same sequence of events.

    ``rows`` are silver's columns, among them ``sequence``.
    """
    return list(rows["sequence"])


def _add(into: Into, chunk: dict[str, list[Any]], file: File) -> None:
    if file.form == "labels":
        into.labels({"block": chunk["block"], "label": chunk["label"]}, source=file.source)
        return
    count = len(chunk["label"])
    said = {"population": [file.population] * count, "batch": [""] * count}
    into.add(chunk | said, source=file.source, origin=file.origin)


def _given(sources: Sources) -> Iterator[File]:
    for path in sources.given:
        yield File(f"given/{path.name}", "given", path, form_of(path), sources.origin)


def _real(sources: Sources) -> Iterator[File]:
    """The sequences of the mirror, or the public originals, or none."""
    if sources.lists == "none":
        return
    found = _mirrored(sources) if sources.lists == "mirror" else _originals(sources)
    for name, path in found:
        yield File(name, "first hours" if "logdeep" in name else "all hours", path, "sequences")


def _mirrored(sources: Sources) -> Iterator[tuple[str, Path]]:
    for name in sorted(sources.index()):
        path = sources.mirrored(name) if name.startswith("hdfs/") and label_of(Path(name).name) else None
        if path is not None:
            yield name, path


def _originals(sources: Sources) -> Iterator[tuple[str, Path]]:
    for pin in originals():
        path = sources.fetched(pin)
        if path is not None:
            yield pin.file, path


def originals() -> tuple[Pin, ...]:
    """The public originals of the mirror's sequences, whole.

    >>> [pin.file for pin in originals()]
    ['hdfs/loghub_abnormal', 'hdfs/loghub_normal', 'hdfs/logdeep_normal']
    """
    return read_pins(Path(__file__).with_name("originals.toml").read_text(encoding="utf-8"))
