"""Which detectors a server answers for, those named or all that have a champion, and the store it follows."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from detectory import detectors
from detectory.errors import NoChampion, UnknownDetector
from detectory.registry import versions
from detectory.serve.predictor import Predictor
from detectory.serve.releases import Releases

if TYPE_CHECKING:
    from detectory.library import Workspace


def predictor_of(home: Workspace, names: Sequence[str]) -> Predictor:
    """A predictor that opens each detector's champion when the server listens.

    Raises `UnknownDetector` for a name that there is not, `NoChampion` where nothing could serve.
    """
    known = detectors.names(home.own)
    for name in names:
        if name not in known:
            raise UnknownDetector(name, known=known)
        versions.resolve(home.store, name)
    chosen = names or [name for name in known if versions.champion(home.store, name) is not None]
    if not chosen:
        raise NoChampion(known[0])
    return Predictor({name: partial(home.served, name) for name in chosen})


def releases_of(home: Workspace) -> Releases:
    """What the server follows: the workspace's store, and the keys as they are at each moment."""
    return Releases(home.store, lambda: home.trusted)
