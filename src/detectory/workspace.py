"""A workspace: a folder, and what its settings name: a store, a ledger, keys, a user's own detectors.

Nothing is opened before it is asked for, and opening a version imports no training library and no server.
"""

from __future__ import annotations

import glob
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from detectory import detectors, settings as configured, signing, stores
from detectory.artifacts import Store
from detectory.detector import Detector, Origin, Sources
from detectory.errors import BadSetting, NoSuchFile
from detectory.ledger.database import Database
from detectory.registry import versions
from detectory.settings import Settings

if TYPE_CHECKING:
    from detectory.runtime import Scorer


@dataclass(frozen=True, slots=True)
class Workspace:
    """A folder with its settings, store, keys and own detectors."""

    root: Path
    settings: Settings
    environment: Mapping[str, str] = field(default_factory=dict, repr=False)  # it may hold secrets

    @property
    def store(self) -> Store:
        """The store that the settings name: a folder of the workspace, or a bucket."""
        place = self.settings.store
        return self.store_at(place if stores.is_url(place) else self.root / place)

    def store_at(self, place: Path | str) -> Store:
        """Another store, reached as the settings say."""
        return Store(place, self.access)

    @property
    def access(self) -> stores.Access:
        """How buckets are reached."""
        objects = self.settings.objects
        return stores.Access(
            endpoint=objects.endpoint,
            region=objects.region,
            anonymous=objects.anonymous,
            allow_http=objects.allow_http,
            retry_s=objects.retry_s,
            cache=self.root / objects.cache,
        )

    @property
    def ledger(self) -> Database | None:
        """Where predictions and labels are kept, not opened yet; None where nothing is to be kept.

        Raises `BadSetting` for what the setting refers to and is not there, and for a password in it.
        """
        said = self.settings.ledger.url
        if said == "none":
            return None
        if urlsplit(said).password:
            raise BadSetting(
                "ledger.url", why="a password stands in it; let env:NAME or file:PATH hold the URL"
            )
        url = configured.referred("ledger.url", said, env=self.environment, root=self.root)
        return Database(url if "://" in url else str(self.root / url))

    @property
    def own(self) -> Path:
        """The folder of the user's own detectors."""
        return self.root / self.settings.detectors

    @property
    def trusted(self) -> list[signing.TrustedKey]:
        """The public keys whose versions may be opened."""
        return signing.trusted_keys([self.root / path for path in self.settings.signing.trusted])

    @property
    def signing_key(self) -> Path:
        """Where the key that signs new versions is."""
        return self.root / self.settings.signing.key

    def detector(self, name: str) -> Detector:
        """Open a detector's folder by name."""
        return detectors.load(name, self.own)

    def served(self, name: str) -> Scorer:
        """The champion as a server answers with it: to so many digits as the settings say."""
        return self.scorer(name, digits=self.settings.serving.digits)

    def scorer(self, name: str, version: str | None = None, *, digits: int = 6) -> Scorer:
        """Open a version (the champion by default), ready to score."""
        from detectory.runtime import open_scorer

        if not versions.numbers(self.store, name):
            detectors.load(name, self.own)  # says which detectors there are
        number, opened = versions.open_version(self.store, name, version, self.trusted)
        return open_scorer(opened, version=str(number), digits=digits)

    def sources(
        self, given: Sequence[str] = (), *, only_given: bool = False, synthetic: bool = False
    ) -> Sources:
        """Where a run reads from. Raises `NoSuchFile` for a path or glob that finds nothing."""
        mirror = self.root / self.settings.mirror if self.settings.mirror else None
        if mirror and not (mirror / "index.json").is_file():
            raise BadSetting("mirror", why=f"there is no index.json in {mirror}")
        paths = tuple(path for pattern in given for path in self._files_of(pattern))
        downloads = self.store.root / "downloads" if self.settings.network else None
        origin: Origin = "synthetic" if synthetic else "real"
        return Sources(mirror, paths, self.settings.seed, only_given, downloads, origin)

    def _files_of(self, pattern: str) -> list[Path]:
        """The files that a path, a folder, a glob or an address means. Raises `NoSuchFile` for none."""
        found = stores.fetched(pattern, self.access) if stores.is_url(pattern) else _local_files(pattern)
        if not found:
            raise NoSuchFile(pattern)
        return found


def workspace(root: Path | None = None, given: Sequence[str] = ()) -> Workspace:
    """The workspace of a folder (here, by default); the environment is read here, once a call."""
    base = root or Path()
    read = configured.read(base / configured.FILE, env=os.environ, given=given)  # noqa: TID251  # the one place
    return Workspace(base, read.settings, os.environ)  # noqa: TID251  # handed on, for what settings refer to


def _local_files(pattern: str) -> list[Path]:
    inside = f"{glob.escape(pattern)}/*" if Path(pattern).is_dir() else pattern
    named = [pattern] if Path(pattern).is_file() else sorted(glob.glob(inside))
    return [Path(name) for name in named if Path(name).is_file()]
