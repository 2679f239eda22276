"""What a report is made of: cells, tables, figures, sections; and numbers as people read them.

The same sections are rendered as HTML and as Markdown, so nothing here knows either.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from detectory.metrics import Interval

Width = Literal["half", "full"]
Tone = Literal["", "good", "bad", "warn", "quiet"]


class Bar(NamedTuple):
    """An interval drawn on a scale from 0 to 1: shares of the width, ``mark`` where a bar stands."""

    value: float
    low: float
    high: float
    mark: float | None = None


@dataclass(frozen=True, slots=True)
class Cell:
    """One entry of a table: its text, a quieter remark beside it, and how it is meant."""

    text: str
    remark: str = ""
    tone: Tone = ""
    numeric: bool = False
    bar: Bar | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """A table; ``title`` may be empty. Every row has as many cells as the head.

    ``width`` says how much of a wide page it takes; on a narrow one everything takes all of it.
    """

    head: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    title: str = ""
    note: str = ""
    width: Width = "full"
    kind: str = "table"


@dataclass(frozen=True, slots=True)
class Figure:
    """A drawing, what to see in it, and the numbers behind it."""

    title: str
    svg: str
    caption: str
    numbers: Table
    width: Width = "half"
    kind: str = "figure"


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a report under one heading."""

    anchor: str
    title: str
    lead: str
    blocks: Sequence[Table | Figure]


def text(value: object, *, tone: Tone = "", remark: str = "") -> Cell:
    """A cell of words."""
    return Cell(str(value), tone=tone, remark=remark)


def count(value: int) -> Cell:
    """A cell with a count.

    >>> count(1234567).text
    '1,234,567'
    """
    return Cell(f"{value:,}", numeric=True)


def measured(value: Interval | None, *, tone: Tone = "") -> Cell:
    """A cell with a number and its interval.

    >>> measured(Interval(0.9123, 0.9, 0.92)).remark
    '0.900 – 0.920'
    """
    if value is None or math.isnan(value.value):
        return Cell("–", tone="quiet", numeric=True)
    return Cell(number(value.value), remark=span(value), tone=tone, numeric=True)


def barred(value: Interval | None, *, mark: float | None = None, tone: Tone = "") -> Cell:
    """A cell with a share, its interval, and both drawn on a scale from 0 to 1."""
    plain = measured(value, tone=tone)
    if value is None or math.isnan(value.value) or not 0 <= value.value <= 1:
        return plain
    low, high = (_within(end, value.value) for end in (value.low, value.high))
    return Cell(plain.text, plain.remark, tone, numeric=True, bar=Bar(value.value, low, high, mark))


def span(value: Interval) -> str:
    """The interval in words; empty where there is none."""
    if math.isnan(value.low) or math.isnan(value.high):
        return ""
    return f"{number(value.low)} – {number(value.high)}"


def number(value: float) -> str:
    """A number with the digits that matter, and more of them close to 0 and to 1.

    >>> number(0.91234), number(0.00081), number(0.99951), number(1.0)
    ('0.912', '0.00081', '0.9995', '1.000')
    >>> number(3.3417), number(93.65), number(12345.6)
    ('3.34', '93.7', '12,346')
    """
    size = abs(value)
    if math.isnan(value):
        return "–"
    if size >= 1000:
        return f"{value:,.0f}"
    if size >= 10:
        return f"{value:.1f}"
    if size > 1:
        return f"{value:.2f}"
    if 0 < size < 0.01:
        return f"{value:.2g}"
    return f"{value:.4f}" if 0.995 < size < 0.99995 else f"{value:.3f}"


def _within(end: float, value: float) -> float:
    """An end of an interval as a place on the scale; where there is none, the value itself."""
    return value if math.isnan(end) else min(max(end, 0.0), 1.0)
