"""Raw files of a bucket, fetched to this machine with the digest of what arrived.

Comes in: ``s3://BUCKET/KEY``, where KEY is an object, a folder or a glob (``*`` stays within a folder).
Goes out: files with the objects' own names. A file that is kept is used again only while the bucket
still has that state of the object, and while the bytes are those that arrived.
"""

from __future__ import annotations

import hashlib
import os
import re
import uuid
from pathlib import Path, PurePosixPath

from detectory.errors import BadSetting, StoreAway
from detectory.stores.backend import Access
from detectory.stores.client import Client, Listed
from detectory.stores.digests import sha256_of_file
from detectory.stores.local import disk_errors, write_synced
from detectory.stores.place import parsed

ADDRESS = re.compile(r"((?:s3|gs)://[^/]+)/(.*)")
GLOB = re.compile(r"[*?\[]")


def fetched(pattern: str, access: Access) -> list[Path]:
    """The files that the address means, sorted by their names in the bucket."""
    found = ADDRESS.fullmatch(pattern)
    if not found:
        raise BadSetting("--source", why=f"'{pattern}' is no address such as s3://BUCKET/FOLDER/*.csv")
    url, key = found[1], found[2].rstrip("/")
    place, client = parsed(url), Client(url, access)
    folder = access.cache / "raw" / place.scheme / place.bucket
    return [_kept(one, client, folder) for one in _meant(key, client)]


def _meant(key: str, client: Client) -> list[Listed]:
    """An object, the objects directly in a folder, or those that match a glob."""
    glob = key if GLOB.search(key) else f"{key}/*"
    fixed = GLOB.split(key)[0]
    listed = client.listed(fixed.rpartition("/")[0])
    exact = [one for one in listed if one.name == key]
    return exact or [one for one in listed if PurePosixPath(f"/{one.name}").match(f"/{glob}")]


def _kept(wanted: Listed, client: Client, folder: Path) -> Path:
    state = hashlib.sha256(f"{wanted.name}\0{wanted.tag}".encode()).hexdigest()[:24]
    path = folder / state / PurePosixPath(wanted.name).name
    noted = path.parent / ".sha256"
    if path.is_file() and noted.is_file() and sha256_of_file(path) == noted.read_text(encoding="ascii"):
        return path
    with disk_errors(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        scratch = path.with_name(f".tmp-{uuid.uuid4().hex}")
        try:
            _fetch(wanted, client, scratch)
            write_synced(noted, sha256_of_file(scratch).encode())
            os.replace(scratch, path)
        finally:
            scratch.unlink(missing_ok=True)
    return path


def _fetch(wanted: Listed, client: Client, scratch: Path) -> None:
    there = client.fetch(wanted.name, scratch)
    if there != wanted.tag or scratch.stat().st_size != wanted.size:
        raise StoreAway(client.where(wanted.name), reason="it was changed while it was read")
