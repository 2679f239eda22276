"""Files of URLs, as they are published: JSON lists, tables, ``label<TAB>url`` lines, bare lists; or gzip.

A path goes in; rows come out one by one, as found. Nothing is judged or mended here: a byte that is not
UTF-8 comes out escaped (``\\xff``), so that parse says what becomes of it. A file that is none of these
forms, or does not say what its URLs are, is refused.
"""

from __future__ import annotations

import csv
import gzip
import json
import re
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from detectory.errors import MissingColumn, UnreadableFile

LEGITIMATE, PHISHING = "legitimate", "phishing"
WORDS = {
    LEGITIMATE: {"legitimate", "legit", "benign", "good", "safe", "normal", "ham", "0", "0.0"},
    PHISHING: {"phishing", "phish", "phishtank", "malicious", "bad", "1", "1.0"},
}
URL_COLUMNS = ("url", "urls")
LABEL_COLUMNS = ("label", "labels", "status", "type", "class", "result")
PHISHTANK = "phish_id"  # the first column of https://www.phishtank.com/developer_info.php
LABEL_FIX = "label each URL phishing or legitimate (1 or 0), or name the file after what its URLs are"


class Row(NamedTuple):
    """A URL as found, its class, the day it was reported (or empty), and its line (from 1)."""

    url: str
    label: str
    day: str
    line: int


def class_of(word: str) -> str:
    """The class that a word names, empty where it names none.

    >>> class_of("Phishing"), class_of("0"), class_of("maybe")
    ('phishing', 'legitimate', '')
    """
    return next((label for label, words in WORDS.items() if word.strip().lower() in words), "")


def class_of_file(path: Path) -> str:
    """The class that a file is named after, empty where it is named after both or none.

    >>> class_of_file(Path("1.Benign_list_big_final.csv")), class_of_file(Path("data_phishing_37175.json"))
    ('legitimate', 'phishing')
    """
    named = {class_of(word) for word in re.split(r"[^a-z]+", path.name.lower())} - {""}
    return named.pop() if len(named) == 1 else ""


def rows_of(path: Path) -> Iterator[Row]:
    """The rows of a file, by what it looks like. Raises `UnreadableFile` and `MissingColumn`."""
    lines = _lines(path)
    first = next(lines, "")
    if not first.strip():
        raise UnreadableFile(str(path), why="it is empty", fix="give a file of URLs")
    if first.lstrip().startswith("["):
        return _listed(path, first, lines)
    if "\t" in first:
        return _tabbed(path, first, lines)
    header = [name.strip().lower() for name in next(csv.reader([first]))]
    if set(header) & {*URL_COLUMNS, PHISHTANK}:
        return _table(path, header, lines)
    return _bare(path, first, lines)


def _lines(path: Path) -> Iterator[str]:
    try:
        with gzip.open(path, "rb") if path.suffix == ".gz" else path.open("rb") as stream:
            for number, raw in enumerate(stream, start=1):
                if b"\0" in raw:
                    raise UnreadableFile(
                        str(path), why="there is a NUL byte", line=number, fix="save it as UTF-8"
                    )
                text = raw.decode("utf-8", "backslashreplace")
                yield text.removeprefix("\ufeff") if number == 1 else text
    except (OSError, EOFError, zlib.error) as error:
        raise UnreadableFile(str(path), why=str(error), fix="check that it is whole and yours") from error


def _listed(path: Path, first: str, lines: Iterator[str]) -> Iterator[Row]:
    """A JSON list of URLs, all of the class that the file is named after."""
    label = _required(class_of_file(path), path)
    try:
        values = json.loads("".join([first, *lines]))
    except ValueError as error:
        raise UnreadableFile(str(path), why=str(error), fix="give a JSON list of URLs") from error
    for number, value in enumerate(values, start=1):
        yield Row(value if isinstance(value, str) else json.dumps(value), label, "", number)


def _tabbed(path: Path, first: str, lines: Iterator[str]) -> Iterator[Row]:
    """``label<TAB>url`` lines; a first one whose label is none is a header."""
    for number, line in enumerate([first, *lines], start=1):
        word, _, url = line.partition("\t")
        label = class_of(word)
        if not label and number == 1:
            continue
        if line.strip():
            yield Row(url.rstrip("\r\n"), _required(label, path, line=number, said=word), "", number)


def _bare(path: Path, first: str, lines: Iterator[str]) -> Iterator[Row]:
    """One URL a line, all of the class that the file is named after."""
    label = _required(class_of_file(path), path)
    for number, line in enumerate([first, *lines], start=1):
        if line.strip():
            yield Row(_unquoted(line.rstrip("\r\n")), label, "", number)


def _unquoted(line: str) -> str:
    """A line of a table of one column may be quoted."""
    whole = len(line) > 1 and line[0] == line[-1] == '"'
    return line[1:-1].replace('""', '"') if whole else line


def _table(path: Path, header: list[str], lines: Iterator[str]) -> Iterator[Row]:
    """A table with a column of URLs and one of labels, or what PhishTank publishes."""
    reader = csv.DictReader(lines, fieldnames=header, strict=True)
    url = _column(header, URL_COLUMNS, path)
    reported = PHISHTANK in header
    label = None if reported else _column(header, LABEL_COLUMNS, path)
    try:
        for row in reader:
            line = reader.line_num + 1
            said = PHISHING if label is None else str(row[label])
            day = str(row.get("submission_time") or "")[:10]
            yield Row(row[url] or "", _required(class_of(said), path, line=line, said=said), day, line)
    except csv.Error as error:
        fix = "close every quotation mark"
        raise UnreadableFile(str(path), why=str(error), line=reader.line_num + 1, fix=fix) from error


def _column(header: list[str], wanted: tuple[str, ...], path: Path) -> str:
    for name in wanted:
        if name in header:
            return name
    raise MissingColumn(wanted[0], where=str(path), known=header)


def _required(label: str, path: Path, *, line: int | None = None, said: str = "") -> str:
    if label:
        return label
    why = f"'{said[:60]}' names no class" if said else "its name does not say what its URLs are"
    raise UnreadableFile(str(path), why=why, line=line, fix=LABEL_FIX)
