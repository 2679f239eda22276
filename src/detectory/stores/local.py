"""A folder as a store: a scratch beside its place, synced, then one rename. Locks die with their process."""

from __future__ import annotations

import errno
import fcntl
import os
import shutil
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

from detectory.errors import ArtifactDamaged, RunBusy, StoreUnwritable
from detectory.failpoints import failpoint
from detectory.stores.backend import Tagged
from detectory.stores.digests import sha256_of_file


class LocalFolder:
    """A store under one folder (see `Backend`)."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def __repr__(self) -> str:
        return f"LocalFolder({str(self._root)!r})"

    @property
    def root(self) -> Path:
        """The folder."""
        return self._root

    def where(self, name: str) -> str:
        """The path of a name."""
        return str(self._root / name)

    def exists(self) -> bool:
        """Whether the folder is there."""
        return self._root.is_dir()

    def check(self) -> None:
        """Raise `StoreUnwritable` where nothing can be written."""
        with disk_errors(self._root):
            self._root.mkdir(parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile(dir=self._root):
                return

    # ── documents ────────────────────────────────────────────────────────────────────────────────

    def read(self, name: str) -> Tagged | None:
        """The bytes of a document, which are their own tag."""
        path = self._root / name
        if not path.exists():
            return None
        data = path.read_bytes()
        return Tagged(data, data)

    def put(self, name: str, data: bytes) -> None:
        """Write a document whole, in place of the one before it."""
        path = self._root / name
        with disk_errors(path):
            with self._beside(path, data) as scratch:
                failpoint("document.before_replace")
                os.replace(scratch, path)
            _sync(path.parent)

    def jot(self, name: str, data: bytes) -> None:
        """Write a document whole; when it reaches the disk is the kernel's business."""
        path = self._root / name
        with disk_errors(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            scratch = path.with_name(f".tmp-{uuid.uuid4().hex}")
            try:
                scratch.write_bytes(data)
                failpoint("document.before_jot")
                os.replace(scratch, path)
            finally:
                scratch.unlink(missing_ok=True)

    def remove(self, name: str) -> None:
        """Remove a document; it may be gone already."""
        path = self._root / name
        with disk_errors(path):
            path.unlink(missing_ok=True)

    def create(self, name: str, data: bytes) -> bool:
        """Write a document only if there is none; False if there is."""
        path = self._root / name
        with disk_errors(path):
            with self._beside(path, data) as scratch:
                failpoint("document.before_link")
                try:
                    os.link(scratch, path)
                except FileExistsError:
                    return False
            _sync(path.parent)
        return True

    def swap(self, name: str, data: bytes, tag: Any, *, is_ours: Callable[[bytes], bool]) -> bool:
        """Write a document if it still is as it was; the lock of whoever changes it must be held."""
        found = self.read(name)
        if (found and found.tag) != tag:
            return False
        self.put(name, data)
        return True

    def listing(self, folder: str) -> list[str]:
        """Names directly under a folder, sorted; scratch names are not there."""
        path = self._root / folder
        return sorted(item.name for item in path.iterdir() if item.name[0] != ".") if path.is_dir() else []

    # ── folders ──────────────────────────────────────────────────────────────────────────────────

    def has(self, name: str) -> bool:
        """Whether there is such a folder."""
        return (self._root / name).is_dir()

    def file(self, name: str, sha256: str) -> Path:
        """The path of a file whose bytes were just checked. Raises `ArtifactDamaged`."""
        path = self._root / name
        found = sha256_of_file(path) if path.is_file() else "nothing"
        if found != sha256:
            raise ArtifactDamaged(str(path), expected=sha256, found=found)
        return path

    @contextmanager
    def scratch(self, kind: str) -> Iterator[Path]:
        """A folder beside those of its kind; gone at the end unless it was published."""
        folder = self._root / kind / f".tmp-{uuid.uuid4().hex}"
        with disk_errors(folder):
            folder.mkdir(parents=True)
            try:
                yield folder
            finally:
                shutil.rmtree(folder, ignore_errors=True)

    def publish(self, scratch: Path, name: str, *, last: str = "") -> bool:
        """Rename a folder to its name, every file of it synced first; so none is last."""
        for path in scratch.rglob("*"):
            _sync(path)
        _sync(scratch)
        final = self._root / name
        try:
            os.rename(scratch, final)
        except OSError as error:
            if error.errno in (errno.EEXIST, errno.ENOTEMPTY):
                return False
            raise
        _sync(final.parent)
        return True

    def replace(self, scratch: Path, name: str, *, last: str) -> None:
        """Put a folder in place of a damaged one."""
        damaged = scratch.with_name(f"{scratch.name}-damaged")
        os.rename(self._root / name, damaged)
        self.publish(scratch, name)
        shutil.rmtree(damaged)

    def publish_once(self, name: str, files: Mapping[str, bytes]) -> bool:
        """Put a whole folder of files under a name; False when there is one already."""
        with self.scratch(name.rpartition("/")[0]) as folder:
            for path, data in files.items():
                (folder / path).parent.mkdir(parents=True, exist_ok=True)
                write_synced(folder / path, data)
            failpoint("version.before_publish")
            return self.publish(folder, name)

    def folder(self, name: str, *, anew: bool = False) -> Path:
        """The folder itself."""
        return self._root / name

    # ── who else is here ─────────────────────────────────────────────────────────────────────────

    @contextmanager
    def locked(self, name: str, *, wait_s: float = 0.0) -> Iterator[None]:
        """Hold ``name`` alone. Raises `RunBusy` when another process still holds it after ``wait_s``."""
        path = self._root / name / ".lock"
        with disk_errors(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            # unbuffered: closing it would write once more what a full disk refused
            stream = path.open("a+b", buffering=0)
        with stream:
            _wait_for(stream, name, until=time.monotonic() + wait_s)
            with disk_errors(path):
                stream.truncate(0)
                stream.write(b"process %d" % os.getpid())
            yield

    def sweep(self, folder: str) -> None:
        """Remove the scratch that lies directly in a folder; its lock must be held."""
        for left in (self._root / folder).glob(".tmp-*"):
            shutil.rmtree(left) if left.is_dir() else left.unlink()

    @contextmanager
    def _beside(self, path: Path, data: bytes) -> Iterator[Path]:
        """A document beside its place, gone at the end unless it was moved there."""
        path.parent.mkdir(parents=True, exist_ok=True)
        scratch = path.with_name(f".tmp-{uuid.uuid4().hex}")
        failpoint("document.before_write")
        try:
            write_synced(scratch, data)
            yield scratch
        finally:
            scratch.unlink(missing_ok=True)


def _wait_for(stream: BinaryIO, name: str, *, until: float) -> None:
    """Lock an open file, trying until a moment of the monotonic clock."""
    while True:
        try:
            return fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            if error.errno not in (errno.EAGAIN, errno.EACCES):
                raise
            if time.monotonic() >= until:
                stream.seek(0)
                raise RunBusy(name, holder=stream.read().decode() or "another process") from error
        time.sleep(0.01)


def write_synced(path: Path, data: bytes) -> None:
    """Write a file, and let it reach the disk."""
    with path.open("wb") as stream:
        stream.write(data)
        stream.flush()
        os.fsync(stream.fileno())


def _sync(path: Path) -> None:
    # of folders and files: an fsync of a read-only descriptor flushes both on Linux
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def disk_errors(path: Path) -> Iterator[None]:
    """Raise errors of the disk (full, read-only, not permitted) as one that names the path."""
    try:
        yield
    except OSError as error:
        raise StoreUnwritable(str(path), reason=error.strerror or str(error)) from error
