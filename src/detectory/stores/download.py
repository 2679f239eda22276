"""Everything under an address of a bucket, as files of a folder with the same names.

For what is checked when it is opened, as a signed bundle is: nothing is remembered, nothing used again.
"""

from __future__ import annotations

from pathlib import Path

from detectory.stores.backend import Access
from detectory.stores.client import Client
from detectory.stores.local import disk_errors
from detectory.stores.place import inside


def download(url: str, access: Access, folder: Path) -> None:
    """Fetch every object under ``url``. Raises `StoreAway`, `ArtifactDamaged` for a name leading out."""
    client = Client(url, access)
    for one in client.listed(""):
        path = inside(folder, one.name, where=url)
        with disk_errors(path):
            path.parent.mkdir(parents=True, exist_ok=True)
        client.fetch(one.name, path)
