"""Where a command writes beside stdout; that nothing can be written there is told before the work."""

from __future__ import annotations

import os
from pathlib import Path

import click

from detectory.errors import OutputUnwritable


def output_file(context: click.Context, parameter: click.Parameter, value: str | None) -> Path | None:
    """An option's FILE, which may be written, or made in its folder. Raises `OutputUnwritable`."""
    if value is None:
        return None
    path = Path(value)
    if path.is_dir():
        raise OutputUnwritable(value, reason="it is a folder")
    if not path.exists():
        _check(path, path.parent)
    elif not os.access(path, os.W_OK):
        raise OutputUnwritable(value, reason="it may not be written over")
    return path


def output_folder(context: click.Context, parameter: click.Parameter, value: str | None) -> Path | None:
    """An option's DIR, which is made where it is not there yet. Raises `OutputUnwritable`."""
    if value is None:
        return None
    path = Path(value)
    _check(path, next(one for one in (path, *path.absolute().parents) if one.exists()))
    return path


def _check(path: Path, folder: Path) -> None:
    """Raises `OutputUnwritable` where nothing can be made in a folder."""
    if not folder.is_dir():
        reason = f"{folder} is no folder" if folder.exists() else f"there is no folder {folder}"
    elif not os.access(folder, os.W_OK | os.X_OK):
        reason = f"nothing may be written in {folder}"
    else:
        return
    raise OutputUnwritable(str(path), reason=reason)
