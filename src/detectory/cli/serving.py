"""Which detectors a server answers for, those named or all that have a champion, and the store it follows."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from detectory import detectors
from detectory.errors import NoChampion, UnknownDetector
from detectory.ledger.keeper import Keeper
from detectory.ledger.retention import Retention
from detectory.registry import versions
from detectory.serve.mounted import at_hand, openers
from detectory.serve.predictor import Predictor
from detectory.serve.releases import Releases

if TYPE_CHECKING:
    from detectory.library import Workspace


def model_place(home: Workspace, names: Sequence[str], *, brought: str) -> str:
    """Where exported versions are that serve instead of the store's: unless detectors are named, what the
    setting ``model`` says, or else what the platform has brought; empty: nowhere.
    """
    return "" if names else home.settings.model or brought


def predictor_of(home: Workspace, names: Sequence[str], place: str = "") -> Predictor:
    """A predictor that opens each detector's champion, or the versions of a place, when the server listens.

    Raises `UnknownDetector` for a name that there is not, `NoModel` or `NoChampion` where nothing could
    serve.
    """
    if place:
        return Predictor(
            openers(at_hand(place, home.access), home.trusted, digits=home.settings.serving.digits)
        )
    known = detectors.names(home.own)
    for name in names:
        if name not in known:
            raise UnknownDetector(name, known=known)
        versions.resolve(home.store, name)
    chosen = names or [name for name in known if versions.champion(home.store, name) is not None]
    if not chosen:
        raise NoChampion(known[0])
    return Predictor({name: partial(home.served, name) for name in chosen})


def keeper_of(home: Workspace) -> Keeper | None:
    """What keeps predictions in the workspace's ledger; None where the settings want nothing kept."""
    database, wanted = home.ledger, home.settings.ledger
    return Keeper(database, share=wanted.keep, upkeep=Retention(wanted.days)) if database else None


def releases_of(home: Workspace) -> Releases:
    """What the server follows: the workspace's store, and the keys as they are at each moment."""
    return Releases(home.store, lambda: home.trusted)
