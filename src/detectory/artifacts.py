"""The store: whole, immutable artifacts in a folder, found again by what they were made from.

Comes in: files that a stage wrote. Goes out: an `Artifact` whose every byte is checked against its
manifest when read. Never: half an artifact (files first, ``manifest.json`` last, then one rename),
or an edit of one that is there.

::

    .detectory/
      dga/silver/<digest>/rows.parquet … manifest.json     what a stage made
      dga/silver/by-key/<key>.json                         which artifact these inputs gave
      dga/versions/1/ …                                    signed bundles (see registry)
      dga/champion.json                                    a pointer, swapped whole
"""

from __future__ import annotations

import errno
import fcntl
import hashlib
import io
import json
import os
import shutil
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

from detectory.errors import ArtifactDamaged, RunBusy, StoreUnwritable
from detectory.failpoints import failpoint

MANIFEST = "manifest.json"
SCHEMA_VERSION = 1
CHUNK_BYTES = 1 << 20


def sha256_of(stream: BinaryIO) -> str:
    """The SHA-256 of a stream, read in pieces.

    >>> import io
    >>> sha256_of(io.BytesIO(b""))[:8]
    'e3b0c442'
    """
    digest = hashlib.sha256()
    while piece := stream.read(CHUNK_BYTES):
        digest.update(piece)
    return digest.hexdigest()


def sha256_of_file(path: Path) -> str:
    """The SHA-256 of a file's bytes."""
    with path.open("rb") as stream:
        return sha256_of(stream)


def canonical(value: Any) -> bytes:
    """JSON with one spelling: sorted keys, no blanks, no NaN.

    >>> canonical({"b": 1, "a": [1.5]})
    b'{"a":[1.5],"b":1}'
    """
    return json.dumps(value, sort_keys=True, separators=(",", ":"), allow_nan=False).encode()


def digest_of(value: Any) -> str:
    """The SHA-256 of a JSON value's canonical form."""
    return hashlib.sha256(canonical(value)).hexdigest()


@dataclass(frozen=True, slots=True)
class Artifact:
    """One whole artifact. Reading a file of it checks the file's digest first."""

    folder: Path
    digest: str
    manifest: Mapping[str, Any]

    @property
    def facts(self) -> Mapping[str, Any]:
        """What the stage said of it: counts, schema, choices. Part of the digest."""
        facts: Mapping[str, Any] = self.manifest["facts"]
        return facts

    @property
    def measured(self) -> Mapping[str, Any]:
        """Times and sizes in memory: of this machine and moment, not part of the digest."""
        measured: Mapping[str, Any] = self.manifest.get("measured", {})
        return measured

    def names(self) -> list[str]:
        """The files of this artifact."""
        return sorted(self.manifest["files"])

    def path(self, name: str) -> Path:
        """The path of a file whose bytes were just checked.

        Raises `ArtifactDamaged` when the bytes are not those that were written.
        """
        path = self.folder / name
        expected = self.manifest["files"][name]["sha256"]
        found = sha256_of_file(path) if path.is_file() else "nothing"
        if found != expected:
            raise ArtifactDamaged(str(path), expected=expected, found=found)
        return path

    def read(self, name: str) -> bytes:
        """The checked bytes of a file."""
        data = (self.folder / name).read_bytes()
        expected = self.manifest["files"][name]["sha256"]
        found = hashlib.sha256(data).hexdigest()
        if found != expected:
            raise ArtifactDamaged(str(self.folder / name), expected=expected, found=found)
        return data

    def json(self, name: str) -> Any:
        """A checked JSON file, decoded."""
        return json.loads(self.read(name))


@dataclass(slots=True)
class Writing:
    """An artifact being made: write files under ``folder``, put facts beside them."""

    folder: Path
    facts: dict[str, Any] = field(default_factory=dict)
    measured: dict[str, Any] = field(default_factory=dict)

    def path(self, name: str) -> Path:
        """Where to write the file ``name``."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        return path

    def write(self, name: str, data: bytes) -> None:
        """Write a small file whole."""
        self.path(name).write_bytes(data)

    def write_by(self, name: str, writer: Callable[[BinaryIO], object]) -> None:
        """Write a file whole that a library makes: what the disk refuses is told here, not in its words."""
        made = io.BytesIO()
        writer(made)
        self.write(name, made.getvalue())

    def write_json(self, name: str, value: Any) -> None:
        """Write a JSON file that people can read and that is the same bytes each time."""
        text = json.dumps(value, sort_keys=True, indent=1, allow_nan=False)
        self.write(name, text.encode() + b"\n")


class Store:
    """Artifacts, pointers and documents under one folder."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def __repr__(self) -> str:
        return f"Store({str(self.root)!r})"

    # ── artifacts ────────────────────────────────────────────────────────────────────────────────

    def find(self, kind: str, *, key: str) -> Artifact | None:
        """The artifact of ``kind`` that was made from the inputs ``key``, or None."""
        pointer = self.document(f"{kind}/by-key/{key}.json")
        if pointer is None or not (self.root / kind / pointer["artifact"]).is_dir():
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
        folder = self.root / kind / digest
        manifest = _read_document(folder / MANIFEST)
        found = _identity(manifest)
        if found != digest:
            raise ArtifactDamaged(str(folder / MANIFEST), expected=digest, found=found)
        return Artifact(folder, digest, manifest)

    @contextmanager
    def writing(
        self, kind: str, *, key: str, parents: Mapping[str, str], made: Mapping[str, Any]
    ) -> Iterator[Writing]:
        """Make an artifact: it appears whole at the end of the ``with`` block, or not at all.

        ``made`` (who and when) is kept beside the manifest's digested part.
        """
        with self._temporary(kind) as folder:
            out = Writing(folder)
            yield out
            manifest = {
                "schema_version": SCHEMA_VERSION,
                "kind": kind,
                "key": key,
                "parents": dict(parents),
                "facts": out.facts,
                "files": _inventory(folder),
                "measured": out.measured,
                "made": dict(made),
            }
            digest = _identity(manifest)
            failpoint("commit.before_manifest")
            _write_synced(folder / MANIFEST, _wrapped(manifest))
            failpoint("commit.before_publish")
            if not self._publish(folder, self.root / kind / digest) and not self._is_whole(kind, digest):
                os.rename(self.root / kind / digest, folder.with_name(f"{folder.name}-damaged"))
                self._publish(folder, self.root / kind / digest)
                shutil.rmtree(folder.with_name(f"{folder.name}-damaged"))
            failpoint("commit.before_swap")
        self.put(f"{kind}/by-key/{key}.json", {"artifact": digest})
        failpoint("commit.after_swap")

    def publish_folder(self, name: str, files: Mapping[str, bytes]) -> bool:
        """Put a whole folder of files under ``name``; False when there is one already."""
        with self._temporary(name.rpartition("/")[0]) as folder:
            for path, data in files.items():
                (folder / path).parent.mkdir(parents=True, exist_ok=True)
                _write_synced(folder / path, data)
            failpoint("version.before_publish")
            return self._publish(folder, self.root / name)

    # ── documents and pointers ───────────────────────────────────────────────────────────────────

    def document(self, name: str) -> Any | None:
        """The body of a small document, checked against its own digest; None if there is none."""
        path = self.root / name
        return _read_document(path) if path.exists() else None

    def put(self, name: str, body: Any) -> None:
        """Write a document whole, in place of the one before it."""
        path = self.root / name
        with told(path):
            with self._scratch(path, body) as scratch:
                failpoint("document.before_replace")
                os.replace(scratch, path)
            _sync_folder(path.parent)

    def create(self, name: str, body: Any) -> bool:
        """Write a document only if there is none of that name; False if there is."""
        path = self.root / name
        with told(path):
            with self._scratch(path, body) as scratch:
                failpoint("document.before_link")
                try:
                    os.link(scratch, path)
                except FileExistsError:
                    return False
            _sync_folder(path.parent)
        return True

    def listing(self, folder: str) -> list[str]:
        """Names directly under a folder, sorted; scratch names are not there."""
        path = self.root / folder
        return sorted(item.name for item in path.iterdir() if item.name[0] != ".") if path.is_dir() else []

    @contextmanager
    def locked(self, name: str, *, wait_s: float = 0.0) -> Iterator[None]:
        """Hold ``name`` alone. What a dead holder left there is the next one's to `sweep`.

        Raises `RunBusy` when another process still holds it after ``wait_s``. The lock dies with its
        process.
        """
        path = self.root / name / ".lock"
        with told(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            # unbuffered: closing it would write once more what a full disk refused
            stream = path.open("a+b", buffering=0)
        with stream:
            _wait_for(stream, name, until=time.monotonic() + wait_s)
            with told(path):
                stream.truncate(0)
                stream.write(b"process %d" % os.getpid())
            yield

    def sweep(self, folder: str) -> None:
        """Remove the scratch that lies directly in a folder; its lock must be held."""
        for left in (self.root / folder).glob(".tmp-*"):
            shutil.rmtree(left) if left.is_dir() else left.unlink()

    # ── how an artifact appears ──────────────────────────────────────────────────────────────────

    @contextmanager
    def _scratch(self, path: Path, body: Any) -> Iterator[Path]:
        """A document beside its place, gone at the end unless it was moved there."""
        path.parent.mkdir(parents=True, exist_ok=True)
        scratch = path.with_name(f".tmp-{uuid.uuid4().hex}")
        failpoint("document.before_write")
        try:
            _write_synced(scratch, _wrapped(body))
            yield scratch
        finally:
            scratch.unlink(missing_ok=True)

    @contextmanager
    def _temporary(self, kind: str) -> Iterator[Path]:
        folder = self.root / kind / f".tmp-{uuid.uuid4().hex}"
        with told(folder):
            folder.mkdir(parents=True)
            try:
                yield folder
            finally:
                shutil.rmtree(folder, ignore_errors=True)

    def _is_whole(self, kind: str, digest: str) -> bool:
        """Whether an artifact that is there already still has the bytes it was written with."""
        try:
            artifact = self.get(kind, digest)
            return all(artifact.path(name) for name in artifact.names())
        except ArtifactDamaged:
            return False

    def _publish(self, folder: Path, final: Path) -> bool:
        for path in folder.rglob("*"):
            _sync_folder(path)
        _sync_folder(folder)
        try:
            os.rename(folder, final)
        except OSError as error:
            if error.errno in (errno.EEXIST, errno.ENOTEMPTY):
                return False
            raise
        _sync_folder(final.parent)
        return True


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


def _identity(manifest: Mapping[str, Any]) -> str:
    return digest_of({name: manifest[name] for name in manifest if name not in ("measured", "made")})


def _inventory(folder: Path) -> dict[str, dict[str, Any]]:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {
        path.relative_to(folder).as_posix(): {"size": path.stat().st_size, "sha256": sha256_of_file(path)}
        for path in files
    }


def _wrapped(body: Any) -> bytes:
    return json.dumps({"body": body, "sha256": digest_of(body)}, indent=1, allow_nan=False).encode() + b"\n"


def _read_document(path: Path) -> Any:
    """The body of a document whose every byte is as it was written, blanks and spelling included."""
    try:
        data = path.read_bytes()
        wrapped = json.loads(data)
    except FileNotFoundError as error:
        raise ArtifactDamaged(str(path), expected="a file", found="nothing") from error
    except ValueError as error:
        raise ArtifactDamaged(str(path), expected="JSON", found="something else") from error
    if not isinstance(wrapped, dict) or set(wrapped) != {"body", "sha256"}:
        raise ArtifactDamaged(str(path), expected="a document with its digest", found="something else")
    found = digest_of(wrapped["body"])
    if wrapped["sha256"] != found:
        raise ArtifactDamaged(str(path), expected=str(wrapped["sha256"]), found=found)
    if data != _wrapped(wrapped["body"]):
        raise ArtifactDamaged(str(path), expected="the same document", found="another spelling of it")
    return wrapped["body"]


def _write_synced(path: Path, data: bytes) -> None:
    with path.open("wb") as stream:
        stream.write(data)
        stream.flush()
        os.fsync(stream.fileno())


def _sync_folder(path: Path) -> None:
    # also used for files: an fsync of a read-only descriptor flushes them on Linux
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def told(path: Path) -> Iterator[None]:
    """Turn what the disk says (full, read-only, not permitted) into an error that names the path."""
    try:
        yield
    except OSError as error:
        raise StoreUnwritable(str(path), reason=error.strerror or str(error)) from error
