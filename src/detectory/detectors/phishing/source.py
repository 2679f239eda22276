"""Where the URLs come from: four public lists, and the user's own.

Rows go out as found. Nothing is parsed, dropped or mended here, and nothing that a URL names is ever
fetched. The lists are the mirror's, or the public originals that ``originals.toml`` pins; without mirror,
network and files of the user there are no rows, and the run says how to get some.
"""

from __future__ import annotations

from itertools import islice
from pathlib import Path
from typing import Any

from detectory.detector import Into, Origin, Sources
from detectory.detectors.phishing.lists import Row, rows_of
from detectory.downloads import Pin, read_pins

CHUNK_ROWS = 100_000  # rows held at once; a user's file may be far larger than memory
FOLDER = "phishing/"


def extract(into: Into, *, sources: Sources) -> None:
    """Add every row: ``url``, ``label``, ``population``, ``batch`` (the day of a report) and ``line``.

    Raises `UnreadableFile` and `MissingColumn` for a file that is no list of URLs.
    """
    for path in sources.given:
        _add(into, path, population="given", source=f"given/{path.name}", origin=sources.origin)
    for name, path in sorted(_real(sources).items()):
        _add(into, path, population=population_of(name), source=name, origin="real")


def groups(rows: dict[str, list[Any]]) -> list[str]:
    """What must stay on one side of a split: the URLs of a registered domain, or of an address.

    >>> groups({"domain": ["example.co.uk", "1.2.3.4"]})
    ['example.co.uk', '1.2.3.4']
    """
    return list(rows["domain"])


def originals() -> tuple[Pin, ...]:
    """The public originals of the mirror's lists, under the names they have there without ``.gz``.

    >>> originals()[0].file
    'phishing/ebbu2017_legitimate.json'
    """
    return read_pins(Path(__file__).with_name("originals.toml").read_text(encoding="utf-8"))


def population_of(name: str) -> str:
    """The list that a file is a part of.

    >>> population_of("phishing/ebbu2017_phishing.json.gz")
    'ebbu2017'
    """
    return Path(name).name.partition("_")[0]


def _real(sources: Sources) -> dict[str, Path]:
    """The lists of the mirror, or the public originals, or none."""
    if sources.lists == "none":
        return {}
    if sources.lists == "mirror":
        found = {name: sources.mirrored(name) for name in sources.index() if name.startswith(FOLDER)}
    else:
        found = {pin.file: sources.fetched(pin) for pin in originals()}
    return {name: path for name, path in found.items() if path is not None}


def _add(into: Into, path: Path, *, population: str, source: str, origin: Origin) -> None:
    rows = rows_of(path)
    while chunk := list(islice(rows, CHUNK_ROWS)):
        into.add(_columns(chunk, population), source=source, origin=origin)


def _columns(rows: list[Row], population: str) -> dict[str, list[Any]]:
    return {
        "url": [row.url for row in rows],
        "label": [row.label for row in rows],
        "population": [population] * len(rows),
        "batch": [row.day for row in rows],
        "line": [row.line for row in rows],
    }
