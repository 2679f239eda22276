"""A table read whole, thinned evenly where it is too large to look at every row.

Goes in: the path of a table. Comes out: a `Table`. Nothing is interpreted here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from detectory.artifacts import sha256_of_file
from detectory.errors import NoSuchFile, UnknownColumn
from detectory.formats import given

MOST_CELLS = 4_000_000  # about half a gigabyte of Python objects, and ten seconds


@dataclass(frozen=True, slots=True)
class Table:
    """Columns as found, all equally long.

    ``rows`` were in the file; every ``stride``-th of them is in the columns. ``names`` are those that were
    given for a file without a header.
    """

    path: Path
    sha256: str
    columns: dict[str, list[Any]]
    rows: int
    stride: int = 1
    names: tuple[str, ...] | None = None

    @property
    def kept(self) -> int:
        """How many rows the columns hold."""
        return len(next(iter(self.columns.values()), ()))


def read(path: Path, *, names: Sequence[str] | None = None, most_cells: int = MOST_CELLS) -> Table:
    """The table of a file; ``names`` says that it has no header (see `detectory.formats.given`)."""
    rows, stride = 0, 1
    columns: dict[str, list[Any]] = {}
    for chunk in given.rows(path, {}, names=names):
        first, kept = -rows % stride, len(next(iter(columns.values()), ()))
        for name, column in chunk.columns.items():
            columns.setdefault(name, [None] * kept).extend(column[first::stride])
        rows += len(chunk.lines)
        _level(columns)
        while kept_cells(columns) > most_cells:
            stride *= 2
            columns = {name: column[::2] for name, column in columns.items()}
    given_names = None if names is None else tuple(columns)
    return Table(path, sha256_of_file(path), columns, rows, stride, given_names)


def kept_cells(columns: dict[str, list[Any]]) -> int:
    """Rows times columns."""
    return sum(map(len, columns.values()))


def _level(columns: dict[str, list[Any]]) -> None:
    """A key that later objects of JSONL lack says nothing in them."""
    longest = max(map(len, columns.values()), default=0)
    for column in columns.values():
        column.extend([None] * (longest - len(column)))


def names_in(path: Path) -> list[str]:
    """The names of columns in a file: the first cell of every line.

    Raises `NoSuchFile`.
    """
    if not path.is_file():
        raise NoSuchFile(str(path))
    lines = path.read_text(encoding="utf-8-sig").splitlines()
    return [line.split(",")[0].strip().strip('"') for line in lines if line.strip()]


def column_of(table: Table, wanted: str) -> str:
    """The column of that name, or at that position (from 1).

    A name may differ in case and in blanks around it. Raises `UnknownColumn`, which names the known ones.
    """
    if wanted in table.columns:
        return wanted
    alike = [name for name in table.columns if name.strip().casefold() == wanted.strip().casefold()]
    if len(alike) == 1:
        return alike[0]
    if wanted.isdecimal() and 1 <= int(wanted) <= len(table.columns):
        return list(table.columns)[int(wanted) - 1]
    raise UnknownColumn(wanted, where=str(table.path), known=table.columns)
