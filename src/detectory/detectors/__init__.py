"""The detectors there are: built in, the user's ``./detectors``, and installed by other packages.

There is no registry to edit: a folder with a ``detector.toml`` is a detector.
"""

from __future__ import annotations

from importlib.metadata import entry_points
from pathlib import Path

from detectory.detector import Detector, open_folder
from detectory.errors import UnknownDetector

BUILT_IN = Path(__file__).parent


def folders(own: Path | None = None) -> dict[str, tuple[Path, str | None]]:
    """Every detector's folder and package by name; the user's own come first.

    ``own`` is the workspace's folder of detectors. Other packages announce theirs by entry points
    of the group ``detectory.detectors`` whose value is a package.
    """
    found: dict[str, tuple[Path, str | None]] = {}
    for folder in _inside(BUILT_IN):
        found[folder.name] = (folder, f"{__name__}.{folder.name}")
    for point in entry_points(group="detectory.detectors"):
        package = point.load()
        found[point.name] = (Path(package.__file__).parent, package.__name__)
    for folder in _inside(own) if own is not None and own.is_dir() else ():
        found[folder.name] = (folder, None)
    return found


def whose(name: str, own: Path | None = None) -> str:
    """Where a detector comes from, in words; one of the user's may stand before another.

    >>> whose("dga")
    'built in'
    """
    folder, package = folders(own)[name]
    if package is None:
        return f"your {folder}" + (", in place of the built-in one" if name in folders() else "")
    return "built in" if folder.parent == BUILT_IN else f"package {package}"


def names(own: Path | None = None) -> list[str]:
    """The names of all detectors.

    >>> "dga" in names()
    True
    """
    return sorted(folders(own))


def load(name: str, own: Path | None = None) -> Detector:
    """Open the detector of that name.

    Raises `UnknownDetector`, which names the known ones.
    """
    known = folders(own)
    if name not in known:
        raise UnknownDetector(name, known=known)
    folder, package = known[name]
    return open_folder(folder, package=package)


def _inside(parent: Path) -> list[Path]:
    """The folders in here that are detectors."""
    return [folder for folder in sorted(parent.iterdir()) if (folder / "detector.toml").is_file()]
