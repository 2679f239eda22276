"""A bucket as a store: files first, one object last that only one writer can make.

A reader follows objects that appear whole: a manifest, a document, a pointer. What a killed writer
uploaded before its last object is in nobody's way, and the next one uploads the same names again.
What is fetched is kept in a folder of this machine and checked against its digest each time it is
used; so that folder may be removed at any time. Locks are of this machine too: between machines
nothing needs one (docs/explanation/how-a-bucket-keeps-its-word.md).
"""

from __future__ import annotations

import hashlib
import os
import shutil
import uuid
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

from detectory.errors import ArtifactDamaged, StoreAway
from detectory.failpoints import failpoint
from detectory.stores.backend import Access, Tagged
from detectory.stores.client import Client
from detectory.stores.digests import digest_of, sha256_of_file
from detectory.stores.documents import unwrapped, wrapped
from detectory.stores.local import LocalFolder, disk_errors
from detectory.stores.place import inside, parsed

MANIFEST = "manifest.json"
#: where the files of numbered folders are; a name with a dot is in no listing
FILES = ".files"


class Bucket:
    """A store under an address (see `Backend`)."""

    def __init__(self, url: str, access: Access) -> None:
        place = parsed(url)
        self._url = url.rstrip("/")
        self._client = Client(self._url, access)
        self._kept = LocalFolder(access.cache / place.scheme / place.bucket / place.prefix)

    def __repr__(self) -> str:
        return f"Bucket({self._url!r})"

    @property
    def root(self) -> Path:
        """The folder on this machine with what was fetched."""
        return self._kept.root

    def where(self, name: str) -> str:
        """The address of a name."""
        return self._client.where(name)

    def exists(self) -> bool:
        """Whether there is such a bucket. Raises `StoreAway` when nobody answers."""
        try:
            self._client.names("")
        except StoreAway as error:
            if "NoSuchBucket" in error.why:
                return False
            raise
        return True

    def check(self) -> None:
        """Raise what keeps us from writing, also where the server lets two create one object."""
        self._kept.check()
        name = f".check-{uuid.uuid4().hex}"
        try:
            if not self._client.create(name, b"first") or self._client.create(name, b"second"):
                raise StoreAway(
                    self.where(name), reason="it does not heed If-None-Match: two made one object"
                )
        finally:
            self._client.delete(name)

    # ── documents ────────────────────────────────────────────────────────────────────────────────

    def read(self, name: str) -> Tagged | None:
        """The bytes of a document with the tag that the server gave them."""
        inside(self.root, name, where=self._url)
        return self._client.get(name)

    def put(self, name: str, data: bytes) -> None:
        """Write a document whole."""
        failpoint("document.before_write")
        failpoint("document.before_replace")
        self._client.put(name, data)

    def jot(self, name: str, data: bytes) -> None:
        """Write a document whole: a bucket knows no other way."""
        failpoint("document.before_jot")
        self._client.put(name, data)

    def remove(self, name: str) -> None:
        """Remove an object; it may be gone already."""
        self._client.delete(name)

    def create(self, name: str, data: bytes) -> bool:
        """Write a document only if there is none: the server decides between two."""
        failpoint("document.before_write")
        failpoint("document.before_link")
        return self._client.create(name, data)

    def swap(self, name: str, data: bytes, tag: Any, *, is_ours: Callable[[bytes], bool]) -> bool:
        """Write a document only if its tag still holds: the server decides between two."""
        failpoint("document.before_write")
        failpoint("document.before_replace")
        return self._client.swap(name, data, tag, is_ours=is_ours)

    def listing(self, folder: str) -> list[str]:
        """Names directly under a folder, sorted."""
        return [name for name in self._client.names(folder) if name[0] != "."]

    # ── folders ──────────────────────────────────────────────────────────────────────────────────

    def has(self, name: str) -> bool:
        """Whether the manifest, which comes last, is there."""
        return self.read(f"{name}/{MANIFEST}") is not None

    def file(self, name: str, sha256: str) -> Path:
        """A file as it was written: from this machine if its bytes hold, from the bucket otherwise."""
        path = inside(self.root, name, where=self._url)
        if path.is_file() and sha256_of_file(path) == sha256:
            return path
        with disk_errors(path):
            path.parent.mkdir(parents=True, exist_ok=True)
        scratch = self.root / f".tmp-{uuid.uuid4().hex}"  # in no folder whose files are counted
        try:
            there = self._client.fetch(name, scratch)
            found = sha256_of_file(scratch) if there else "nothing"
            if found != sha256:
                raise ArtifactDamaged(self.where(name), expected=sha256, found=found)
            os.replace(scratch, path)
        finally:
            scratch.unlink(missing_ok=True)
        return path

    def scratch(self, kind: str) -> AbstractContextManager[Path]:
        """A folder on this machine, beside what was fetched of its kind."""
        return self._kept.scratch(kind)

    def publish(self, scratch: Path, name: str, *, last: str) -> bool:
        """Upload a folder, ``last`` last; one that is there has the same bytes, or gets them back."""
        self.replace(scratch, name, last=last)
        return True

    def replace(self, scratch: Path, name: str, *, last: str) -> None:
        """Upload every file; then keep the folder, so that nothing is fetched that was made here."""
        files = sorted(path for path in scratch.rglob("*") if path.is_file() and path != scratch / last)
        for path in [*files, scratch / last]:
            self._client.put(f"{name}/{path.relative_to(scratch).as_posix()}", path)
        shutil.rmtree(self.root / name, ignore_errors=True)
        self._kept.publish(scratch, name)

    def publish_once(self, name: str, files: Mapping[str, bytes]) -> bool:
        """Upload the files under their digest, then the one document that gives them their name."""
        listed = {path: hashlib.sha256(data).hexdigest() for path, data in files.items()}
        folder = _folder_of(name, digest_of(listed))
        for path, data in files.items():
            self._client.put(f"{folder}/{path}", data)
        failpoint("version.before_publish")
        return self.create(name, wrapped({"files": listed, "by": uuid.uuid4().hex}))

    def folder(self, name: str, *, anew: bool = False) -> Path:
        """The files that a document names, each fetched and checked, and no other file beside them."""
        found = self.read(name)
        listed = unwrapped(found and found.data, where=self.where(name))["files"]
        remote = _folder_of(name, digest_of(listed))
        folder = inside(self.root, remote, where=self.where(name))
        if anew:
            shutil.rmtree(folder, ignore_errors=True)
        for path, sha256 in listed.items():
            self.file(f"{remote}/{path}", sha256)
        return folder

    # ── who else is here ─────────────────────────────────────────────────────────────────────────

    def locked(self, name: str, *, wait_s: float = 0.0) -> AbstractContextManager[None]:
        """Hold ``name`` alone among the processes of this machine that keep files in the same folder."""
        return self._kept.locked(name, wait_s=wait_s)

    def sweep(self, folder: str) -> None:
        """Remove the scratch of this machine."""
        self._kept.sweep(folder)


def _folder_of(name: str, digest: str) -> str:
    return f"{name.rpartition('/')[0]}/{FILES}/{digest}"
