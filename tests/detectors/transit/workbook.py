"""A small Excel workbook, written by hand: sheets of text, as cities publish them."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml"
Rows = Sequence[Sequence[str | float]]


def write(path: Path, sheets: Mapping[str, Rows]) -> Path:
    """Write sheets by name; the first row of each names the columns."""
    with zipfile.ZipFile(path, "w") as book:
        book.writestr("[Content_Types].xml", content_types(len(sheets)))
        book.writestr("_rels/.rels", relations([(f"{OFFICE}/officeDocument", "xl/workbook.xml")]))
        book.writestr("xl/workbook.xml", workbook(list(sheets)))
        targets = [(f"{OFFICE}/worksheet", f"worksheets/sheet{at}.xml") for at in range(1, len(sheets) + 1)]
        book.writestr("xl/_rels/workbook.xml.rels", relations(targets))
        for at, rows in enumerate(sheets.values(), start=1):
            book.writestr(f"xl/worksheets/sheet{at}.xml", worksheet(rows))
    return path


def content_types(sheets: int) -> str:
    parts = [("/xl/workbook.xml", f"{KIND}.sheet.main+xml")]
    parts += [(f"/xl/worksheets/sheet{at}.xml", f"{KIND}.worksheet+xml") for at in range(1, sheets + 1)]
    overrides = "".join(f'<Override PartName="{name}" ContentType="{kind}"/>' for name, kind in parts)
    default = (
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    )
    return f'<Types xmlns="{TYPES}">{default}{overrides}</Types>'


def relations(targets: Sequence[tuple[str, str]]) -> str:
    each = "".join(
        f'<Relationship Id="r{at}" Type="{kind}" Target="{target}"/>'
        for at, (kind, target) in enumerate(targets, start=1)
    )
    return f'<Relationships xmlns="{RELATIONS}">{each}</Relationships>'


def workbook(names: Sequence[str]) -> str:
    each = "".join(
        f'<sheet name={quoteattr(name)} sheetId="{at}" r:id="r{at}"/>'
        for at, name in enumerate(names, start=1)
    )
    return f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets>{each}</sheets></workbook>'


def worksheet(rows: Rows) -> str:
    lines = "".join(f"<row>{''.join(map(cell, row))}</row>" for row in rows)
    return f'<worksheet xmlns="{MAIN}"><sheetData>{lines}</sheetData></worksheet>'


def cell(value: str | float) -> str:
    if isinstance(value, str):
        return f'<c t="inlineStr"><is><t>{escape(value)}</t></is></c>'
    return f"<c><v>{value}</v></c>"
