"""The report as Markdown: the same sections as the page, tables in pipes, no drawing.

In: headline, gates, tiles and sections. Out: text. What came from data is escaped, so that a hostile
name can be neither markup nor a link.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from detectory.judge.cells import Cell, Figure, Section, Table

SIGNS = {"pass": "✅", "fail": "❌", "open": "◻️"}


def page(*, title: str, question: str, outcome: str, lines: Sequence[str], parts: Sequence[Section]) -> str:
    """The whole text: title, verdict, then every section."""
    head = [f"# {escaped(title)}", escaped(question), f"**{SIGNS[outcome]} {escaped(lines[0])}**"]
    paragraphs = [*head, *(escaped(line) for line in lines[1:] if line)]
    for part in parts:
        paragraphs += [f"## {escaped(part.title)}", *([escaped(part.lead)] if part.lead else [])]
        paragraphs += [paragraph for block in part.blocks for paragraph in _block(block)]
    return "\n\n".join(paragraphs) + "\n"


def table(rows: Table) -> str:
    """A table in pipes.

    >>> print(table(Table(("a", "b"), [[Cell("1"), Cell("2|3", "low")]])))
    | a | b |
    | --- | --- |
    | 1 | 2\\|3 (low) |
    """
    lines = [_line(rows.head), _line("---" for _ in rows.head)]
    return "\n".join(lines + [_line(map(_cell, row)) for row in rows.rows])


def escaped(text: str) -> str:
    """Text without a meaning to Markdown or HTML.

    >>> escaped("<b>*a*</b>")
    '&lt;b&gt;\\\\*a\\\\*&lt;/b&gt;'
    """
    plain = " ".join(text.split()).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return re.sub(r"([\\`*_\[\]|])", r"\\\1", plain)


def _block(block: Table | Figure) -> Iterator[str]:
    if isinstance(block, Figure):
        yield f"### {escaped(block.title)}"
        yield escaped(block.caption)
        yield table(block.numbers)
    elif block.rows:
        yield from [f"### {escaped(block.title)}"] if block.title else []
        yield table(block)
        yield from [escaped(block.note)] if block.note else []


def _cell(cell: Cell) -> str:
    return escaped(f"{cell.text} ({cell.remark})" if cell.remark else cell.text)


def _line(cells: Iterable[str]) -> str:
    return "| " + " | ".join(cells) + " |"
