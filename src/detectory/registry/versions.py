"""Versions: signed bundles in order, immutable, found by number.

Comes in: a bundle's files. Goes out: a version number, or an opened bundle. Never: an edit of a
version, a number given twice, a bundle opened whose signature does not hold.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from detectory import bundle
from detectory.artifacts import Store
from detectory.errors import BundleRefused, IntegrityError, NoChampion, UnknownVersion
from detectory.failpoints import failpoint
from detectory.signing import TrustedKey, verified_payload

#: a change takes milliseconds, in a bucket seconds; who waits longer waits for something that hangs
LOCK_S = 30.0


@dataclass(frozen=True, slots=True)
class Version:
    """One version as its signed manifest tells it."""

    number: int
    digest: str
    manifest: bundle.Manifest
    is_champion: bool

    def to_dict(self) -> dict[str, Any]:
        """For ``--json``."""
        return {
            "version": self.number,
            "digest": self.digest,
            "champion": self.is_champion,
            "lineage": self.manifest.lineage,
            "files": {name: file.size for name, file in self.manifest.files.items()},
        }


def folder_of(store: Store, detector: str, number: int, *, anew: bool = False) -> Path:
    """Where a version's files are on this machine; ``anew``: fetched from a bucket again."""
    return store.folder(f"{detector}/versions/{number}", anew=anew)


def numbers(store: Store, detector: str) -> list[int]:
    """The numbers there are, oldest first."""
    return sorted(int(name) for name in store.listing(f"{detector}/versions") if name.isdecimal())


def champion(store: Store, detector: str) -> int | None:
    """The number that serves; None before the first promotion."""
    pointer = store.document(f"{detector}/champion.json")
    return int(pointer["version"]) if pointer else None


def resolve(store: Store, detector: str, wanted: str | None = None) -> int:
    """The number meant by ``None`` or ``champion``, ``latest``, or a number.

    Raises `NoChampion` or `UnknownVersion`.
    """
    known = numbers(store, detector)
    if wanted in (None, "champion"):
        number = champion(store, detector)
        if number is None:
            raise NoChampion(detector)
        return number
    if wanted == "latest" and known:
        return known[-1]
    if wanted not in {str(number) for number in known}:
        raise UnknownVersion(detector, str(wanted), known=map(str, known))
    return int(str(wanted))


def open_version(
    store: Store, detector: str, wanted: str | None, trusted: Sequence[TrustedKey]
) -> tuple[int, bundle.Opened]:
    """Open a version: signature and every digest are checked first."""
    number = resolve(store, detector, wanted)
    folder = folder_of(store, detector, number)
    opened = bundle.open_folder(folder, trusted)
    if opened.manifest.detector != detector:
        raise BundleRefused(
            str(folder), why=f"it is a version of '{opened.manifest.detector}', not of '{detector}'"
        )
    return number, opened


def listed(store: Store, detector: str, trusted: Sequence[TrustedKey]) -> list[Version]:
    """All versions, oldest first, each by its signed manifest."""
    serving = champion(store, detector)
    found = []
    for number in numbers(store, detector):
        folder = folder_of(store, detector, number)
        payload = verified_payload((folder / bundle.ENVELOPE).read_bytes(), trusted, where=str(folder))
        manifest = msgspec.json.decode(payload, type=bundle.Manifest)
        digest = hashlib.sha256(payload).hexdigest()
        found.append(Version(number, digest, manifest, is_champion=number == serving))
    return found


def run_of(store: Store, opened: bundle.Opened) -> str | None:
    """The run of the journal that judged what a version holds; None where this store does not know.

    No version names its run itself: the same bytes are the same version, whichever run made them.
    """
    judged = opened.manifest.lineage["stages"].get("judge", "")
    try:
        artifact = store.get(f"{opened.manifest.detector}/judge", judged)
    except IntegrityError:
        return None
    found: str | None = artifact.manifest["made"].get("run")
    return found


def number_of(store: Store, detector: str, digest: str, trusted: Sequence[TrustedKey]) -> int | None:
    """The newest version that opens and has this digest; None when there is none."""
    for number in reversed(numbers(store, detector)):
        try:
            _, opened = open_version(store, detector, str(number), trusted)
        except IntegrityError:
            continue
        if opened.digest == digest:
            return number
    return None


@contextmanager
def changing(store: Store, detector: str) -> Iterator[None]:
    """Hold the versions, the champion and the trail of a detector alone; a run may go on meanwhile.

    Raises `RunBusy` when another process has held them for longer than a change takes.
    """
    with store.locked(f"{detector}/versions", wait_s=LOCK_S):
        for folder in (detector, f"{detector}/versions", f"{detector}/audit"):
            store.sweep(folder)
        yield


def add(
    store: Store, detector: str, digest: str, files: Mapping[str, bytes], *, trusted: Sequence[TrustedKey]
) -> tuple[int, bool]:
    """Put a bundle under the next free number unless a version has its digest: the number, and if it is new.

    The number is taken before it is looked for: whoever gets in between takes it away, and is found.
    """
    while True:
        number = (numbers(store, detector) or [0])[-1] + 1
        known = number_of(store, detector, digest, trusted)
        if known is not None:
            return known, False
        if store.publish_folder(f"{detector}/versions/{number}", files):
            failpoint("version.after_publish")
            return number, True
