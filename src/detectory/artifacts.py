"""The store: whole, immutable artifacts, found again by what they were made from.

Comes in: files that a stage wrote. Goes out: an `Artifact` whose every byte is checked against its
manifest when read. Never: half an artifact (files first, ``manifest.json`` last, then one pointer),
or an edit of one that is there. Where the bytes are, in a folder or a bucket, is the business of `stores`.

::

    .detectory/
      dga/silver/<digest>/rows.parquet … manifest.json     what a stage made
      dga/silver/by-key/<key>.json                         which artifact these inputs gave
      dga/versions/1/ …                                    signed bundles (see registry)
      dga/unfinished/<key>/ …                              what a killed stage goes on from
      dga/champion.json                                    a pointer, swapped whole
      journal/<run>.json                                   what a run did (see journal)
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from detectory import stores
from detectory.errors import ArtifactDamaged
from detectory.failpoints import failpoint
from detectory.stores.artifact import SCHEMA_VERSION, Artifact, Writing, identity_of, inventory
from detectory.stores.backend import Access
from detectory.stores.digests import canonical, digest_of, sha256_of, sha256_of_file
from detectory.stores.documents import unwrapped, wrapped
from detectory.stores.local import write_synced
from detectory.version import __version__

__all__ = [
    "Access",
    "Artifact",
    "Store",
    "Swappable",
    "Writing",
    "canonical",
    "digest_of",
    "sha256_of",
    "sha256_of_file",
]

MANIFEST = "manifest.json"
#: how many changes back a swap is recognised as one's own, when its answer was lost
REMEMBERED = 32


@dataclass(frozen=True, slots=True)
class Swappable:
    """A document as it was read, for `Store.swap`: ``body`` is None where there was none."""

    name: str
    body: Any | None
    tag: Any


def made_now(run: str = "") -> dict[str, str]:
    """Who makes an artifact, when and in which run: no part of its digest."""
    at = datetime.now(UTC).isoformat(timespec="seconds")
    return {"by": f"detectory {__version__}", "at": at} | ({"run": run} if run else {})


class Store:
    """Artifacts, pointers and documents in one place: a folder, or a bucket by its address."""

    def __init__(self, place: Path | str, access: Access | None = None) -> None:
        self._place, self._access = place, access
        self._backend = stores.at(place, access)

    def __reduce__(self) -> tuple[type[Store], tuple[Path | str, Access | None]]:
        return Store, (self._place, self._access)  # another process opens it for itself

    def __repr__(self) -> str:
        return f"Store({str(self._place)!r})"

    def __str__(self) -> str:
        return str(self._place)

    @property
    def root(self) -> Path:
        """The folder on this machine: the store itself, or what was fetched of a bucket."""
        return self._backend.root

    def exists(self) -> bool:
        """Whether there is such a folder, or such a bucket."""
        return self._backend.exists()

    def check(self) -> None:
        """Raise what would keep a run from writing here."""
        self._backend.check()

    # ── artifacts ────────────────────────────────────────────────────────────────────────────────

    def find(self, kind: str, *, key: str) -> Artifact | None:
        """The artifact of ``kind`` that was made from the inputs ``key``, or None."""
        pointer = self.document(f"{kind}/by-key/{key}.json")
        if pointer is None or not self._backend.has(f"{kind}/{pointer['artifact']}"):
            return None
        artifact = self.get(kind, pointer["artifact"])
        found = [artifact.manifest["kind"], artifact.manifest["key"]]
        if found != [kind, key]:
            raise ArtifactDamaged(
                f"{kind}/by-key/{key}.json", expected=f"{kind} {key}", found=" ".join(found)
            )
        return artifact

    def get(self, kind: str, digest: str) -> Artifact:
        """The artifact with this digest; its manifest is checked here, its files when read."""
        name = f"{kind}/{digest}"
        where, found = self._backend.where(f"{name}/{MANIFEST}"), self._backend.read(f"{name}/{MANIFEST}")
        manifest = unwrapped(found and found.data, where=where)
        if (identity := identity_of(manifest)) != digest:
            raise ArtifactDamaged(where, expected=digest, found=identity)

        def fetch(file: str, sha256: str) -> Path:
            return self._backend.file(f"{name}/{file}", sha256)

        return Artifact(self.root / name, digest, manifest, fetch)

    @contextmanager
    def writing(
        self, kind: str, *, key: str, parents: Mapping[str, str], made: Mapping[str, Any]
    ) -> Iterator[Writing]:
        """Make an artifact: it appears whole at the end of the ``with`` block, or not at all.

        ``made`` (who and when) is kept beside the manifest's digested part.
        """
        with self._backend.scratch(kind) as folder:
            out = Writing(folder)
            yield out
            manifest = {
                "schema_version": SCHEMA_VERSION,
                "kind": kind,
                "key": key,
                "parents": dict(parents),
                "facts": out.facts,
                "files": inventory(folder),
                "measured": out.measured,
                "made": dict(made),
            }
            digest = identity_of(manifest)
            failpoint("commit.before_manifest")
            write_synced(folder / MANIFEST, wrapped(manifest))
            failpoint("commit.before_publish")
            name = f"{kind}/{digest}"
            if not self._backend.publish(folder, name, last=MANIFEST) and not self._is_whole(kind, digest):
                self._backend.replace(folder, name, last=MANIFEST)
            failpoint("commit.before_swap")
        self.put(f"{kind}/by-key/{key}.json", {"artifact": digest})
        failpoint("commit.after_swap")

    def publish_folder(self, name: str, files: Mapping[str, bytes]) -> bool:
        """Put a whole folder of files under ``name``; False when there is one already."""
        return self._backend.publish_once(name, files)

    def folder(self, name: str, *, anew: bool = False) -> Path:
        """A published folder on this machine; ``anew`` reads a bucket again whatever is here."""
        return self._backend.folder(name, anew=anew)

    # ── documents and pointers ───────────────────────────────────────────────────────────────────

    def document(self, name: str) -> Any | None:
        """The body of a small document, checked against its own digest; None if there is none."""
        return self.swappable(name).body

    def put(self, name: str, body: Any) -> None:
        """Write a document whole, in place of the one before it."""
        self._backend.put(name, wrapped(body))

    def jot(self, name: str, body: Any) -> None:
        """As `put`, without waiting for the disk: it outlives this process, but not a loss of power."""
        self._backend.jot(name, wrapped(body))

    def remove(self, name: str) -> None:
        """Remove a document; it may be gone already."""
        self._backend.remove(name)

    def create(self, name: str, body: Any) -> bool:
        """Write a document only if there is none of that name; False if there is.

        Where it matters who was first, ``body`` must hold what nobody else writes.
        """
        return self._backend.create(name, wrapped(body))

    def swappable(self, name: str) -> Swappable:
        """A document together with what it takes to change it only if nobody else did."""
        found = self._backend.read(name)
        if found is None:
            return Swappable(name, None, None)
        return Swappable(name, unwrapped(found.data, where=self._backend.where(name)), found.tag)

    def swap(self, before: Swappable, body: Mapping[str, Any]) -> bool:
        """Write a document if it still is as it was when read; False, and nothing written, if not.

        It keeps the marks of the latest changes as ``changes``, so that one whose answer was lost is
        recognised, also when others have built on it. In a folder, the lock of those who change it
        must be held.
        """
        mark, marks = uuid.uuid4().hex, (before.body or {}).get("changes", [])
        data = wrapped({**body, "changes": [mark, *marks][:REMEMBERED]})
        where = self._backend.where(before.name)
        return self._backend.swap(
            before.name,
            data,
            before.tag,
            is_ours=lambda found: mark in unwrapped(found, where=where).get("changes", []),
        )

    def listing(self, folder: str) -> list[str]:
        """Names directly under a folder, sorted; scratch names are not there."""
        return self._backend.listing(folder)

    def locked(self, name: str, *, wait_s: float = 0.0) -> AbstractContextManager[None]:
        """Hold ``name`` alone on this machine. What a dead holder left there is the next one's to `sweep`.

        Raises `RunBusy` when another process still holds it after ``wait_s``. The lock dies with its
        process.
        """
        return self._backend.locked(name, wait_s=wait_s)

    def sweep(self, folder: str) -> None:
        """Remove the scratch that lies directly in a folder; its lock must be held."""
        self._backend.sweep(folder)

    def _is_whole(self, kind: str, digest: str) -> bool:
        """Whether an artifact that is there already still has the bytes it was written with."""
        try:
            artifact = self.get(kind, digest)
            return all(artifact.path(name) for name in artifact.names())
        except ArtifactDamaged:
            return False
