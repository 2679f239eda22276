"""A detector's folder, written whole or not at all.

Goes in: texts by file name, or another detector's folder. Comes out: the new folder; one that was there
before is replaced, which is for the caller to have agreed to.
"""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path


def write(folder: Path, files: Mapping[str, str]) -> None:
    """Write the files (names may have folders in them) as ``folder``.

    Raises `OSError` as the disk does; then nothing has changed.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=f".{folder.name}-") as aside:
        new, old = Path(aside) / "new", Path(aside) / "old"
        for name, text in files.items():
            path = new / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        if folder.exists():
            folder.rename(old)
        new.rename(folder)
