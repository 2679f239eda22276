"""What the store says is to be served, and the versions themselves.

Comes in: a store and the keys that are believed. Goes out: the number of the champion and of the
challenger of a trial, and opened bundles. Never: a bundle whose signature or digests do not hold.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from detectory.artifacts import Store
from detectory.bundle import Opened
from detectory.errors import ArtifactDamaged
from detectory.registry import versions
from detectory.signing import TrustedKey


@dataclass(frozen=True, slots=True)
class Wanted:
    """The versions, by number, that are to answer for a detector; None: nobody has that role."""

    champion: str | None
    challenger: str | None


@dataclass(frozen=True, slots=True)
class Releases:
    """A store as a server sees it. ``keys`` reads the keys anew: one that is withdrawn no longer counts."""

    store: Store
    keys: Callable[[], Sequence[TrustedKey]]

    def wanted(self, detector: str) -> Wanted:
        """Who is to answer now. Raises `ArtifactDamaged` for a pointer without a number, or `StoreAway`."""
        champion = self._number(f"{detector}/champion.json", "version")
        challenger = self._number(f"{detector}/canary.json", "challenger")
        return Wanted(champion, None if challenger == champion else challenger)

    def opened(self, detector: str, version: str) -> Opened:
        """A version, its signature and every digest checked. Raises what `open_version` raises."""
        return versions.open_version(self.store, detector, version, self.keys())[1]

    def _number(self, name: str, field: str) -> str | None:
        body = self.store.document(name) or {}
        number = body.get(field) if isinstance(body, dict) else body
        if number is None:
            return None
        if type(number) is not int:
            raise ArtifactDamaged(name, expected="the number of a version", found=repr(number)[:40])
        return str(number)
