"""Files of names, as found: one name a line, ``label,family,domain``, or a ranking; plain or gzip.

A path goes in; rows come out one by one, the first and the last line included, blank ones and headers
of lists too. Nothing is judged or mended here: a line that is not UTF-8 comes out with its bytes
escaped (``\\xff``), so that parse rejects it and it is counted. A file that is no text at all is refused.
"""

from __future__ import annotations

import csv
import gzip
import re
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from detectory.errors import MissingColumn, UnreadableFile

BENIGN = "benign"
LONGEST_LINE = 1 << 20  # bytes; no host name has over 253, so a longer line is another kind of file
MOST_ESCAPED = 10  # one line in so many may be broken before the whole file is taken for no UTF-8
HEADERLESS = ("label", "family", "domain")
BENIGN_LABELS = {"benign", "legit", "legitimate", "normal", "0"}
POSITIVE_LABELS = {"dga", "malicious", "1"}
FAMILY = re.compile(r"[a-z0-9][a-z0-9_.-]{0,40}")
NAME_FIX = "a family's name is at most 41 of a-z, 0-9, '.', '_' and '-', and begins with a letter or a digit"
LABEL_FIX = f"label each row benign, dga (its family beside it) or with the family alone; {NAME_FIX}"
RANKING = (
    "globalrank"  # the first column of the Majestic Million, https://majestic.com/reports/majestic-million
)
VARIANTS = {"v1", "v2", "may", "september", "precursor", "improved"}


class Row(NamedTuple):
    """A name as found, its class, and its line (from 1) in the file."""

    domain: str
    label: str
    line: int


def family_of(file_name: str) -> str:
    """The family that a file is named after, without the variant of its algorithm.

    >>> family_of("ranbyus_may_example_domains.txt.gz"), family_of("zloader_domains_q23Cud3xsNf3.txt.gz")
    ('ranbyus', 'zloader')
    >>> family_of("Benign.txt")
    'benign'
    """
    words = file_name.lower().split(".")[0].split("_")
    ends = [place for place, word in enumerate(words) if word in {"domains", "example"}]
    return "_".join(word for word in words[: min(ends, default=len(words))] if word not in VARIANTS)


def class_of(path: Path) -> str:
    """The class of a file with one name a line: its own name, or in UMUDGA's lists that of the folder.

    UMUDGA (Zago et al. 2020, doi 10.17632/y8ph45msv8) has ``FAMILY/list/COUNT.txt``, benign ones in
    ``legit``.

    >>> class_of(Path("qakbot.txt")), class_of(Path("kraken_v1/list/1000.txt"))
    ('qakbot', 'kraken')
    >>> class_of(Path("legit/list/1000.txt"))
    'benign'
    """
    is_count = path.name.split(".")[0].isdigit() and path.parent.name == "list"
    name = family_of(path.parent.parent.name if is_count else path.name)
    return BENIGN if name in BENIGN_LABELS else name


def is_ranking(path: Path) -> bool:
    """Whether a CSV ranks popular domains, as the Majestic Million does."""
    return next(lines(path), "").lower().startswith(RANKING)


def ranked(path: Path) -> Iterator[Row]:
    """The rows of a ranking of popular domains, all benign, in the order of the file.

    Raises `UnreadableFile`, and `MissingColumn` where no column is called ``Domain``.
    """
    rows = _fields(path)
    names = [name.strip().lower() for name in next(rows)[1]]
    if "domain" not in names:
        raise MissingColumn("domain", where=str(path), known=names)
    at = names.index("domain")
    for line, row in rows:
        yield Row(row[at] if at < len(row) else "", BENIGN, line)


def plain(path: Path, *, label: str) -> Iterator[Row]:
    """The rows of a file with one name a line, all of one class.

    Raises `UnreadableFile`, which says where and how to mend.
    """
    if not FAMILY.fullmatch(label):
        why = f"a file is named after its family, and '{label[:60]}' is not the name of one"
        raise UnreadableFile(str(path), why=why, fix=f"rename it to FAMILY.txt: {NAME_FIX}")
    for line, text in enumerate(lines(path), start=1):
        yield Row(text, label, line)


def labelled(path: Path) -> Iterator[Row]:
    """The rows of a comma-separated file: ``label,family,domain``, or with a header that names columns.

    A header needs ``domain`` and ``label``; where there is a ``family`` it names the class of rows
    that are not benign. Raises `UnreadableFile`, also where the class of a row is not clear, and
    `MissingColumn`.
    """
    rows = _fields(path)
    line, first = next(rows, (1, []))
    columns = _columns(first, path)
    if columns is None:
        columns = {name: place for place, name in enumerate(HEADERLESS)}
        yield _row(first, columns, path, line=line)
    for line, row in rows:
        yield _row(row, columns, path, line=line)


def lines(path: Path) -> Iterator[str]:
    """Every line of a text file without its end.

    Raises `UnreadableFile` when the file is empty, holds NUL bytes or lines over 1 MiB, is no valid
    gzip, or when more than one line in ten is not UTF-8.
    """
    number, escaped = 0, []
    for number, raw in enumerate(_raw_lines(path), start=1):
        _refuse_what_is_no_text(raw, path, number)
        text = raw.rstrip(b"\r\n").decode("utf-8", errors="backslashreplace")
        if "\\x" in text and b"\\x" not in raw:
            escaped.append(number)
        yield text.removeprefix("\ufeff") if number == 1 else text
    _refuse_what_was_no_list(path, lines_read=number, escaped=escaped)


def _fields(path: Path) -> Iterator[tuple[int, list[str]]]:
    """Each line's number and fields; blank lines hold no row."""
    # strict: an opening quote without its end would swallow the rows after it
    rows = csv.reader(lines(path), strict=True)
    try:
        yield from ((rows.line_num, row) for row in rows if row)
    except csv.Error as error:
        fix = "close every quotation mark"
        raise UnreadableFile(str(path), why=str(error), line=rows.line_num, fix=fix) from error


def _raw_lines(path: Path) -> Iterator[bytes]:
    try:
        with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as stream:
            while line := stream.readline(LONGEST_LINE + 1):
                yield line
    except (OSError, EOFError, zlib.error) as error:
        raise UnreadableFile(
            str(path), why=str(error), fix="check that it is there, whole and yours"
        ) from error


def _refuse_what_is_no_text(raw: bytes, path: Path, number: int) -> None:
    if b"\0" in raw:
        why = "there is a NUL byte, so it is no UTF-8 text"
        raise UnreadableFile(str(path), why=why, line=number, fix="save it as UTF-8, one name a line")
    if len(raw) > LONGEST_LINE:
        why = f"a line is longer than {LONGEST_LINE} bytes"
        raise UnreadableFile(str(path), why=why, line=number, fix="put one name on a line")


def _refuse_what_was_no_list(path: Path, *, lines_read: int, escaped: list[int]) -> None:
    if not lines_read:
        raise UnreadableFile(str(path), why="it is empty", fix="give a file with one name a line")
    if len(escaped) * MOST_ESCAPED > lines_read:
        why = f"{len(escaped)} of its {lines_read} lines are not UTF-8"
        raise UnreadableFile(str(path), why=why, line=escaped[0], fix="save it as UTF-8")


def _columns(first: list[str], path: Path) -> dict[str, int] | None:
    """Where each column stands if the first row is a header."""
    names = [name.strip().lower() for name in first]
    if "domain" not in names:
        return None
    if "label" not in names:
        raise MissingColumn("label", where=str(path), known=names)
    return {name: place for place, name in enumerate(names)}


def _row(row: list[str], columns: dict[str, int], path: Path, *, line: int) -> Row:
    if len(row) != len(columns):
        why = f"{len(row)} fields where {len(columns)} are expected ({','.join(columns)})"
        fix = "write label,family,domain on each line, or a header that names domain and label"
        raise UnreadableFile(str(path), why=why, line=line, fix=fix)
    label = row[columns["label"]].strip().lower()
    family = row[columns["family"]].strip().lower() if "family" in columns else ""
    named = _class(label, family)
    if not FAMILY.fullmatch(named):
        raise UnreadableFile(str(path), why=_why_no_class(label, family), line=line, fix=LABEL_FIX)
    return Row(row[columns["domain"]], named, line)


def _class(label: str, family: str) -> str:
    """Benign, or the family; empty where neither is said: a wrong class is worse than none.

    >>> _class("legit", "alexa"), _class("dga", "emotet"), _class("qakbot", ""), _class("maybe", "emotet")
    ('benign', 'emotet', 'qakbot', '')
    """
    if label in BENIGN_LABELS:
        return BENIGN
    if label in POSITIVE_LABELS:
        return family or label
    return label if family in ("", label) else ""


def _why_no_class(label: str, family: str) -> str:
    if not label:
        return "its label is empty"
    if label in POSITIVE_LABELS or family in ("", label):
        return f"'{(family or label)[:60]}' is not the name of a family"
    return f"its label '{label[:60]}' is neither benign nor dga, and a family '{family[:60]}' is given too"
