"""A detector's card, read as a test needs it: its sections, and their tables by header."""

from __future__ import annotations

import re
from dataclasses import dataclass

from detectory.detector import Detector


@dataclass(frozen=True)
class Card:
    """The ``README.md`` of a detector's folder."""

    text: str

    @classmethod
    def of(cls, detector: Detector) -> Card:
        return cls((detector.folder / "README.md").read_text(encoding="utf-8"))

    def section(self, heading: str) -> str:
        """The text under a heading, up to the next one."""
        return re.split(r"^##+ ", self.text.split(f"# {heading}\n", 1)[1], maxsplit=1, flags=re.MULTILINE)[0]

    def table(self, heading: str, *, header: str) -> dict[str, list[str]]:
        """The rows of the section's table whose first column is called so, by their first cell."""
        lines = self.section(heading).split(f"\n| {header} |", 1)[1].split("\n\n", 1)[0].splitlines()[2:]
        cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
        return {first.strip("`"): rest for first, *rest in cells}
