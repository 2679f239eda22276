"""Write records: JSONL, or CSV that is safe to open in a spreadsheet."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, BinaryIO

import msgspec

#: what makes a spreadsheet run a cell (OWASP, "CSV Injection")
FORMULA = ("=", "+", "-", "@", "\t", "\r")


class JsonLines:
    """Writes records as JSON, one a line; NaN becomes null."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream, self._encoder = stream, msgspec.json.Encoder()

    def write(self, records: Sequence[Mapping[str, Any]]) -> None:
        """Write some records."""
        self._stream.write(self._encoder.encode_lines(records))
        self._stream.flush()  # whoever reads a pipe gets each chunk when it is scored


class Csv:
    """Writes records as CSV that is safe to open in a spreadsheet.

    A text that a spreadsheet would run as a formula (it begins with ``=``, ``+``, ``-``, ``@``, a tab
    or a carriage return) gets an apostrophe before it, which `restored` takes away. ``columns`` are the
    header; a record's other keys are left out.
    """

    def __init__(self, stream: BinaryIO, columns: Sequence[str]) -> None:
        self._stream, self.columns = stream, tuple(columns)
        self._write([columns])

    def write(self, records: Sequence[Mapping[str, Any]]) -> None:
        """Write some records."""
        self._write([_safe(record.get(name)) for name in self.columns] for record in records)

    def _write(self, rows: Iterable[Sequence[Any]]) -> None:
        text = io.StringIO(newline="")
        # RFC 4180's line end: with any other, csv would leave a carriage return in a cell unquoted
        csv.writer(text, lineterminator="\r\n").writerows(rows)
        self._stream.write(text.getvalue().encode())
        self._stream.flush()


def _safe(value: Any) -> Any:
    """
    >>> _safe("=1+1"), _safe("'=1"), _safe("a.com"), _safe(-1.5)
    ("'=1+1", "''=1", 'a.com', -1.5)
    """
    if isinstance(value, str):
        return f"'{value}" if value.lstrip("'").startswith(FORMULA) else value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list | dict):
        return msgspec.json.encode(value).decode()
    return value


def restored(cell: str) -> str:
    """A text as it was before `Csv` wrote it.

    >>> restored("'=1+1"), restored("''=1"), restored("'tis a.com")
    ('=1+1', "'=1", "'tis a.com")
    """
    return cell[1:] if cell.startswith("'") and cell.lstrip("'").startswith(FORMULA) else cell
