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
    for folder in sorted(BUILT_IN.iterdir()):
        if (folder / "detector.toml").is_file():
            found[folder.name] = (folder, f"{__name__}.{folder.name}")
    for point in entry_points(group="detectory.detectors"):
        package = point.load()
        found[point.name] = (Path(package.__file__).parent, package.__name__)
    if own is not None and own.is_dir():
        for folder in sorted(own.iterdir()):
            if (folder / "detector.toml").is_file():
                found[folder.name] = (folder, None)
    return found


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
