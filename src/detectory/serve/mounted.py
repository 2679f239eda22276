"""The detectors of a model folder, as a platform puts one into a container.

Comes in: a folder that holds an exported version (``detectory models export``), or several, each in a folder
of its own; or an address from which such a folder is fetched. Goes out: for each detector what opens its
scorer. Never: a bundle that no trusted key signed; a key that comes with the model.
"""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from detectory import stores
from detectory.bundle import ENVELOPE, open_folder
from detectory.errors import NoModel
from detectory.serve.predictor import Opener
from detectory.signing import TrustedKey

if TYPE_CHECKING:  # runtime loads onnxruntime; a server listens before that
    from detectory.runtime import Scorer

SHOWN = 12  # digits of a digest that name a version where no store has numbered it


def openers(folder: Path, trusted: Sequence[TrustedKey], *, digits: int = 6) -> dict[str, Opener]:
    """What opens each detector of a folder; people see so many digits of a score.

    Raises `NoModel`, and what `open_folder` raises."""
    found = [one.parent for pattern in (ENVELOPE, f"*/{ENVELOPE}") for one in sorted(folder.glob(pattern))]
    if not found:
        raise NoModel(str(folder), why="neither it nor a folder in it holds an exported version")
    by_name: dict[str, Opener] = {}
    for one in found:
        name = open_folder(one, trusted).manifest.detector
        if name in by_name:
            raise NoModel(str(folder), why=f"two folders in it hold versions of '{name}'")
        by_name[name] = partial(_opened, one, trusted, digits)
    return by_name


def _opened(folder: Path, trusted: Sequence[TrustedKey], digits: int) -> Scorer:
    from detectory.runtime import open_scorer

    bundle = open_folder(folder, trusted)
    return open_scorer(bundle, version=bundle.digest[:SHOWN], digits=digits)


def at_hand(place: str, access: stores.Access) -> Path:
    """The folder of a place, fetched first where it lies in a bucket. Raises what `stores.downloaded` raises.

    >>> at_hand("file:///opt/model", stores.Access()).as_posix()
    '/opt/model'
    """
    local = place.removeprefix("file://")
    if not stores.is_url(local):
        return Path(local)
    folder = access.cache / "model"
    shutil.rmtree(folder, ignore_errors=True)  # of an older model nothing may stay
    stores.downloaded(place, access, folder)
    return folder
