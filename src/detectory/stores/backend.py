"""What a place must be able to do for artifacts to be kept in it.

Names are relative paths with ``/``. A *document* is one small object; a *folder* is several files that
appear together or not at all. `LocalFolder` and `Bucket` do it, each in the way its world offers.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple, Protocol


@dataclass(frozen=True, slots=True)
class Access:
    """How buckets are reached; who may is said by the environment alone.

    ``retry_s`` is how long one call is tried, ``cache`` the folder for what was fetched.
    """

    endpoint: str = ""
    region: str = ""
    anonymous: bool = False
    allow_http: bool = False
    retry_s: int = 20
    cache: Path = Path(".detectory/objects")


class Tagged(NamedTuple):
    """Bytes, and an opaque tag of the state in which they were read."""

    data: bytes
    tag: Any


class Backend(Protocol):
    """A place. Every method raises `OutsideError` when the world refuses, and `IntegrityError` for damage."""

    @property
    def root(self) -> Path:
        """The folder on this machine: the store itself, or what was fetched of it."""

    def where(self, name: str) -> str:
        """A name as a person finds it."""

    def exists(self) -> bool:
        """Whether there is such a place."""

    def check(self) -> None:
        """Raise what would keep a run from writing here."""

    # ── documents ────────────────────────────────────────────────────────────────────────────────

    def read(self, name: str) -> Tagged | None:
        """The bytes of a document, None if there is none."""

    def put(self, name: str, data: bytes) -> None:
        """Write a document whole, in place of the one before it."""

    def jot(self, name: str, data: bytes) -> None:
        """As `put`, without waiting for the disk: it outlives this process, but not a loss of power."""

    def remove(self, name: str) -> None:
        """Remove a document; it may be gone already."""

    def create(self, name: str, data: bytes) -> bool:
        """Write a document only if there is none; False if there is.

        Where it matters who was first, ``data`` must be bytes that nobody else writes.
        """

    def swap(self, name: str, data: bytes, tag: Any, *, is_ours: Callable[[bytes], bool]) -> bool:
        """Write a document only if it still is as it was when ``tag`` was read (None: not there).

        ``is_ours`` tells from a document's bytes whether this change went into them: an answer may be
        lost on its way while the change was made.
        """

    def listing(self, folder: str) -> list[str]:
        """Names directly under a folder, sorted, without those that begin with a dot."""

    # ── folders ──────────────────────────────────────────────────────────────────────────────────

    def has(self, name: str) -> bool:
        """Whether an artifact was published under this name."""

    def file(self, name: str, sha256: str) -> Path:
        """A file on this machine whose bytes were just checked. Raises `ArtifactDamaged`."""

    def scratch(self, kind: str) -> AbstractContextManager[Path]:
        """A folder on this machine to write in; gone at the end unless it was published."""

    def publish(self, scratch: Path, name: str, *, last: str) -> bool:
        """Let a scratch folder appear under ``name``, the file ``last`` last; False if there is one."""

    def replace(self, scratch: Path, name: str, *, last: str) -> None:
        """As `publish`, in place of a damaged one."""

    def publish_once(self, name: str, files: Mapping[str, bytes]) -> bool:
        """Let files appear together under a name that only one writer can have; False if it is taken."""

    def folder(self, name: str, *, anew: bool = False) -> Path:
        """The folder on this machine with what `publish_once` put there; ``anew``: fetched again."""

    # ── who else is here ─────────────────────────────────────────────────────────────────────────

    def locked(self, name: str, *, wait_s: float = 0.0) -> AbstractContextManager[None]:
        """Hold ``name`` alone among the processes of this machine. Raises `RunBusy`."""

    def sweep(self, folder: str) -> None:
        """Remove the scratch that lies directly in a folder; its lock must be held."""
