"""Addresses: which text names a bucket, and which name may lie in one.

Names come back out of documents that whoever writes to a bucket may have written. They become paths on
this machine, so none may lead out of its folder.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

from detectory.errors import ArtifactDamaged, BadSetting

URL = re.compile(r"(s3|gs)://([a-z0-9][a-z0-9._-]{1,61}[a-z0-9])((?:/[\w.=@+-]+)*)/?")
NAME = re.compile(r"(?!\.\.?(?:/|$))[\w.=@+-]+(?:/(?!\.\.?(?:/|$))[\w.=@+-]+)*")


class Place(NamedTuple):
    """A bucket, and where in it a store begins."""

    scheme: str
    bucket: str
    prefix: str


def is_url(place: Path | str) -> bool:
    """Whether a store is named by an address rather than a path."""
    return isinstance(place, str) and "://" in place


def parsed(url: str) -> Place:
    """The parts of an address. Raises `BadSetting` for one that is none.

    >>> parsed("s3://models/team/a")
    Place(scheme='s3', bucket='models', prefix='team/a')
    """
    found = URL.fullmatch(url)
    if not found or "/../" in f"{url}/":
        raise BadSetting("store", why=f"'{url}' is neither s3://BUCKET/PREFIX nor gs://BUCKET/PREFIX")
    return Place(found[1], found[2], found[3].strip("/"))


def inside(folder: Path, name: str, *, where: str) -> Path:
    """The path of a name in a folder. Raises `ArtifactDamaged` for one that would lead out of it.

    >>> inside(Path("cache"), "dga/versions/1", where="s3://models").as_posix()
    'cache/dga/versions/1'
    """
    if not NAME.fullmatch(name):
        raise ArtifactDamaged(where, expected="a name inside the store", found=repr(name[:80]))
    return folder / name
