"""Where a store's bytes are: a folder, or a bucket. `artifacts` says what they mean.

Comes in: names and bytes. Goes out: bytes, whole as they were written, each name changed by one writer
at a time. Never: a reader that sees half of anything, a writer that undoes another's work unseen.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from detectory.errors import MissingExtra
from detectory.stores.backend import Access, Backend
from detectory.stores.local import LocalFolder
from detectory.stores.place import is_url

EXTRAS = {"s3": "aws", "gs": "gcp"}

__all__ = ["Access", "Backend", "LocalFolder", "at", "downloaded", "fetched", "is_url"]


def at(place: Path | str, access: Access | None = None) -> Backend:
    """The backend of a folder, or of ``s3://BUCKET/PREFIX`` and ``gs://BUCKET/PREFIX``.

    Raises `BadSetting` for another address, `MissingExtra` where the library for it is not installed.

    >>> at(Path("somewhere")).where("dga/champion.json")
    'somewhere/dga/champion.json'
    """
    return _bucket(place, access or Access()) if is_url(place) else LocalFolder(Path(place))


def fetched(pattern: str, access: Access) -> list[Path]:
    """Raw files of a bucket, on this machine: an object, a folder or a glob by its address; sorted.

    Raises `ArtifactDamaged`, `StoreAway`, and what `at` raises.
    """
    _need_library(pattern)
    from detectory.stores import raw

    return raw.fetched(pattern, access)


def downloaded(url: str, access: Access, folder: Path) -> None:
    """Everything under an address of a bucket, into a folder. Raises what `fetched` raises."""
    _need_library(url)
    from detectory.stores.download import download

    download(url.rstrip("/"), access, folder)


@lru_cache(maxsize=16)
def _bucket(place: Path | str, access: Access) -> Backend:
    """One client a bucket and process: it keeps its connections."""
    _need_library(str(place))
    from detectory.stores.bucket import Bucket

    return Bucket(str(place), access)


def _need_library(url: str) -> None:
    try:
        import obstore  # noqa: F401  # as heavy as it is, only who has a bucket loads it
    except ImportError as error:
        extra = EXTRAS.get(url.partition("://")[0], "aws")
        raise MissingExtra("obstore", extra=extra, because=f"to use {url}") from error
