"""One artifact: as it is being written, and as it is read, every byte checked.

Comes in: files under a scratch folder, or a manifest and somebody who fetches files. Goes out: the same
bytes. Never: a byte that the manifest does not vouch for.
"""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

from detectory.errors import ArtifactDamaged
from detectory.stores.digests import digest_of, sha256_of_file

SCHEMA_VERSION = 1


@dataclass(frozen=True, slots=True)
class Artifact:
    """One whole artifact. Reading a file of it checks the file's digest first."""

    folder: Path
    digest: str
    manifest: Mapping[str, Any]
    fetch: Callable[[str, str], Path]

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
        """The path of a file whose bytes were just checked, fetched where it is not here yet.

        Raises `ArtifactDamaged` when the bytes are not those that were written.
        """
        return self.fetch(name, self.manifest["files"][name]["sha256"])

    def read(self, name: str) -> bytes:
        """The checked bytes of a file."""
        path, expected = self.path(name), self.manifest["files"][name]["sha256"]
        data = path.read_bytes()
        if (found := hashlib.sha256(data).hexdigest()) != expected:  # changed since the path was checked
            raise ArtifactDamaged(str(path), expected=expected, found=found)
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


def identity_of(manifest: Mapping[str, Any]) -> str:
    """The digest of a manifest without what another machine or moment would have measured otherwise."""
    return digest_of({name: manifest[name] for name in manifest if name not in ("measured", "made")})


def inventory(folder: Path) -> dict[str, dict[str, Any]]:
    """Every file of a folder with its size in bytes and its digest."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {
        path.relative_to(folder).as_posix(): {"size": path.stat().st_size, "sha256": sha256_of_file(path)}
        for path in files
    }
