"""Another detector's folder under a new name: a start that works.

Goes in: a detector. Comes out: texts by file name. What its files import of one another they import of
their own folder now.
"""

from __future__ import annotations

import re
from pathlib import Path

from detectory.detector import Detector

TEXTS = frozenset({".py", ".toml", ".md", ".txt"})


def files(detector: Detector, *, name: str) -> dict[str, str]:
    """Every file of the folder, with the new name in it."""
    paths = sorted(path for path in detector.folder.rglob("*") if path.suffix in TEXTS)
    return {
        path.relative_to(detector.folder).as_posix(): _renamed(path, detector, name)
        for path in paths
        if path.is_file()
    }


def _renamed(path: Path, detector: Detector, name: str) -> str:
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".py":
        return _own_imports(
            text, package=detector.package, depth=len(path.relative_to(detector.folder).parts)
        )
    if path == detector.folder / "detector.toml":
        return re.sub(rf'^name = "{re.escape(detector.name)}"$', f'name = "{name}"', text, flags=re.MULTILINE)
    if path == detector.folder / "README.md":
        return re.sub(rf"^# {re.escape(detector.name)}\b", f"# {name}", text)
    return text


def _own_imports(code: str, *, package: str, depth: int) -> str:
    """Imports of the folder's own files by where they stand: a user's folder has no name of its own.

    >>> _own_imports("from detectory.detectors.dga import lists", package="detectory.detectors.dga", depth=1)
    'from . import lists'
    """
    dots, start = "." * depth, rf"^(\s*(?:>>> )?from ){re.escape(package)}"
    code = re.sub(rf"{start}( import )", rf"\g<1>{dots}\g<2>", code, flags=re.MULTILINE)
    return re.sub(rf"{start}\.", rf"\g<1>{dots}", code, flags=re.MULTILINE)
