"""Where the rows come from: the table that this detector was made from, and files like it (``--source``).

Rows go out as found; nothing is parsed, dropped or mended here. A row without a label goes out too: it is
quarantined, and counted.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

from detectory.artifacts import sha256_of_file
from detectory.detector import Into, Origin, Sources
from detectory.errors import ArtifactDamaged, UnreadableFile
from detectory.formats import given
from detectory.formats.chunk import Chunk
from detectory.formats.times import sortable

FILE = "table.csv"  # seen from this folder
SHA256 = ""
NAMES: tuple[str, ...] | None = None
"""The names of the columns, where the file has no header."""
FIELDS: tuple[str, ...] = ("amount", "age", "country", "note")
OPTIONAL: tuple[str, ...] = ("age", "note")
LABEL = "label"
TRUTH = "label"
"""What is true of a row is called so in bronze."""
SPELLINGS: dict[str, str] = {}
"""Labels that differ in case alone from another, and that other."""
TOGETHER = ""
"""The column whose equal values stay on one side of the split, or whose order it follows; empty for none."""
TIME = ""
"""How that column writes times, where it holds times."""


def extract(into: Into, *, sources: Sources) -> None:
    """Add every row. Raises `ArtifactDamaged` when the table is not the one it was."""
    own = [] if sources.only_given else [_own()]
    for path in (*own, *sources.given):
        for chunk in given.rows(path, _asked(), names=NAMES):
            into.add(_columns(chunk, path.name), source=path.name, origin=_origin(path, sources))


def groups(rows: dict[str, list[Any]]) -> list[str]:
    """What must stay on one side of the split: rows of one ``batch``, otherwise rows of the same fields."""
    fields = zip(*(rows[name] for name in FIELDS), strict=True)
    return [batch or _digest(values) for batch, values in zip(rows["batch"], fields, strict=True)]


def _digest(values: tuple[Any, ...]) -> str:
    return hashlib.blake2b(repr(values).encode("utf-8", "surrogatepass"), digest_size=12).hexdigest()


def _own() -> Path:
    """The table that this detector was made from."""
    path = Path(__file__).parent / FILE
    if not path.is_file():
        fix = "put it back, correct FILE in source.py, or give rows by --source PATH --only"
        raise UnreadableFile(str(path), why="it is not there", fix=fix)
    found = sha256_of_file(path)
    if found != SHA256:
        fix = "restore it; or set SHA256 in source.py to what is there now, when you changed it yourself"
        raise ArtifactDamaged(str(path), expected=SHA256, found=found, fix=fix)
    return path


def _origin(path: Path, sources: Sources) -> Origin:
    """What a person says of the files of ``--source``; the table of this detector is real."""
    return sources.origin if path in sources.given else "real"


def _asked() -> dict[str, bool]:
    """The columns to read, and whether each must be there."""
    return {name: name not in OPTIONAL for name in (*FIELDS, LABEL, TOGETHER) if name}


def _columns(chunk: Chunk, name: str) -> dict[str, list[Any]]:
    asked = chunk.asked()
    words = [given.word(value) for value in asked[LABEL]]
    height = len(words)
    return {field: asked[field] for field in FIELDS} | {
        TRUTH: [SPELLINGS.get(word, word) for word in words],
        "population": [name] * height,
        "batch": [_together(value) for value in asked[TOGETHER]] if TOGETHER else [""] * height,
        "line": list(chunk.lines),
    }


def _together(value: Any) -> str:
    word = given.word(value)
    return sortable(word, TIME) if TIME else word
