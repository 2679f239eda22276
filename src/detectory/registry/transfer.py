"""Moving versions between stores: push, pull, export. The bytes that were signed are what arrives.

Comes in: a version of one store. Goes out: the same version in another store, under a number of its
own, or in a folder or a zip file. Never: a version whose signature does not hold here before it
leaves and there after it came; the same bytes twice; a champion (that is `promote`'s to decide).
"""

from __future__ import annotations

import shutil
import tempfile
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from detectory import bundle
from detectory.artifacts import Store
from detectory.errors import BundleRefused, NoSuchFile, StoreUnwritable, TargetExists
from detectory.registry.names import checked
from detectory.registry.promote import audit
from detectory.registry.versions import add, changing, folder_of, open_version
from detectory.signing import TrustedKey

#: the folder of the bundle where other files stand beside it
BUNDLE = "bundle"
#: given a version's number and bundle, the files that are to stand beside it, by name
Beside = Callable[[int, bundle.Opened], Mapping[str, bytes]]
#: zip files keep times; one time for all makes the same version the same bytes
ZIP_TIME = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class Moved:
    """A version in its new place: the number there, and whether it was not there before."""

    number: int
    digest: str
    is_new: bool


def push(
    store: Store,
    other: Store,
    detector: str,
    version: str | None,
    *,
    trusted: Sequence[TrustedKey],
    now: datetime,
) -> Moved:
    """Copy a version (the champion by default) to another store.

    Raises `UnknownVersion` or `NoChampion` here, `SignatureInvalid` and `BundleRefused` on either
    side. A version that is there already keeps its number there.
    """
    return _moved(store, other, detector, version, action="push", trusted=trusted, now=now)


def pull(
    store: Store,
    other: Store,
    detector: str,
    version: str | None,
    *,
    trusted: Sequence[TrustedKey],
    now: datetime,
) -> Moved:
    """Copy a version (the other store's champion by default) from another store into this one.

    It must be signed by a key that is trusted here. Raises what `push` raises, and `NoSuchFile` when
    there is no such store.
    """
    if not other.exists():
        raise NoSuchFile(str(other))
    return _moved(other, store, detector, version, action="pull", trusted=trusted, now=now)


def export(
    store: Store,
    detector: str,
    version: str | None,
    target: Path,
    *,
    trusted: Sequence[TrustedKey],
    beside: Beside | None = None,
) -> Moved:
    """Write a version to a folder, or to one file where ``target`` ends in ``.zip``.

    With ``beside`` the bundle is the folder `BUNDLE` in it, and the files that it gives stand around it.
    Raises `TargetExists` rather than write over anything. The zip is the same bytes each time.
    """
    if target.exists():
        raise TargetExists(str(target))
    number, opened, files = _taken(store, detector, version, trusted)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=target.parent, prefix=".tmp-") as scratch:
            whole = Path(scratch) / "whole"
            folder = whole / BUNDLE if beside else whole
            _write(folder, files)
            _check_arrived(folder, opened, trusted)
            _write(whole, beside(number, opened) if beside else {})
            _place(whole, target)
    except OSError as error:
        raise StoreUnwritable(str(target), reason=error.strerror or str(error)) from error
    return Moved(number, opened.digest, is_new=True)


def _moved(
    source: Store,
    target: Store,
    detector: str,
    version: str | None,
    *,
    action: str,
    trusted: Sequence[TrustedKey],
    now: datetime,
) -> Moved:
    number, opened, files = _taken(source, detector, version, trusted)
    with changing(target, detector):
        given, is_new = add(target, detector, opened.digest, files, trusted=trusted)
        if not is_new:
            return Moved(given, opened.digest, is_new=False)
        _check_arrived(folder_of(target, detector, given, anew=True), opened, trusted)
        entry = {"action": action, "version": given, "version_at_source": number, "digest": opened.digest}
        audit(target, detector, entry, now=now)
    return Moved(given, opened.digest, is_new=True)


def _taken(
    store: Store, detector: str, version: str | None, trusted: Sequence[TrustedKey]
) -> tuple[int, bundle.Opened, Mapping[str, bytes]]:
    """The version's checked files with the envelope that vouches for them."""
    number, opened = open_version(store, checked(detector), version, trusted)
    envelope = (Path(opened.where) / bundle.ENVELOPE).read_bytes()
    return number, opened, {**opened.files, bundle.ENVELOPE: envelope}


def _check_arrived(folder: Path, opened: bundle.Opened, trusted: Sequence[TrustedKey]) -> None:
    arrived = bundle.open_folder(folder, trusted)
    if arrived.digest != opened.digest:
        raise BundleRefused(str(folder), why="what arrived is not what was sent")


def _write(folder: Path, files: Mapping[str, bytes]) -> None:
    for name, data in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)


def _place(folder: Path, target: Path) -> None:
    """Let the checked folder appear whole: as it is, or as one zip file."""
    if target.suffix != ".zip":
        folder.rename(target)
        return
    packed = folder.with_suffix(".zip")
    with zipfile.ZipFile(packed, "w") as archive:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                entry = zipfile.ZipInfo(path.relative_to(folder).as_posix(), ZIP_TIME)
                archive.writestr(entry, path.read_bytes(), zipfile.ZIP_DEFLATED)
    shutil.move(packed, target)
