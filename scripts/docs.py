"""Writes the reference pages that are made from code, and checks that documentation holds together.

Reads every Markdown file. Writes the pages that `reference` makes, and with ``--check`` nothing at
all: then it answers with what is stale, broken or unlisted, and exit code 1.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import reference

ROOT = Path(__file__).resolve().parent.parent
REFERENCE = ROOT / "docs" / "reference"
PAGE = re.compile(r"docs/[\w/-]+\.md")
LINK = re.compile(r"\]\((?!\w+:)([^)#\s]*)(?:#([^)\s]*))?\)")
FENCE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)


def pages() -> list[Path]:
    """Every Markdown file of the root, the documentation and the package."""
    return sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "src").rglob("*.md")])


def anchors(page: Path) -> set[str]:
    """The anchors of a page's headings, as Markdown hosts make them."""
    heads = re.findall(r"^#+ (.+)$", FENCE.sub("", page.read_text(encoding="utf-8")), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}


def links(page: Path) -> Iterator[tuple[Path, str]]:
    """Where the relative links of a page lead: file and anchor."""
    for path, anchor in LINK.findall(FENCE.sub("", page.read_text(encoding="utf-8"))):
        yield (page.parent / path).resolve() if path else page, anchor


def broken(page: Path) -> Iterator[str]:
    """The links of a page that lead nowhere."""
    here = page.relative_to(ROOT)
    for target, anchor in links(page):
        there = os.path.relpath(target, ROOT)
        if not target.exists():
            yield f"{here}: links to {there}, which is not there"
        elif anchor and target.suffix == ".md" and anchor not in anchors(target):
            yield f"{here}: links to #{anchor}, which is no heading of {there}"


def unwritten() -> Iterator[str]:
    """A page that a message of the package sends its reader to, and that is not there."""
    for module in sorted((ROOT / "src").rglob("*.py")):
        for page in PAGE.findall(module.read_text(encoding="utf-8")):
            if not (ROOT / page).exists():
                yield f"{module.relative_to(ROOT)}: names {page}, which is not there"


def unlisted(page: Path) -> Iterator[str]:
    """A page of docs/ that the index beside it does not name."""
    index = page.parent / "index.md"
    if page != index and (ROOT / "docs") in page.parents and page not in {to for to, _ in links(index)}:
        yield f"{page.relative_to(ROOT)}: is not listed in {index.relative_to(ROOT)}"


def stale() -> Iterator[str]:
    """A generated page that is not what the code says."""
    for name, text in reference.pages().items():
        page = REFERENCE / name
        if not page.exists() or page.read_text(encoding="utf-8") != text:
            yield f"{page.relative_to(ROOT)}: is not what the code says; make docs"


def complaints() -> list[str]:
    return [
        *stale(),
        *unwritten(),
        *(line for page in pages() for rule in (broken, unlisted) for line in rule(page)),
    ]


def check() -> int:
    found = complaints()
    print("\n".join(found) if found else f"docs: {len(pages())} pages hold together")
    return min(len(found), 1)


def write() -> int:
    for name, text in reference.pages().items():
        (REFERENCE / name).write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(check() if sys.argv[1:] == ["--check"] else write())
