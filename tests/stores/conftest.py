"""Places to keep artifacts in: a folder, a bucket of S3 (moto), a bucket of GCS (a small server of ours)."""

from __future__ import annotations

import urllib.request
import uuid
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from detectory.artifacts import Access, Store
from tests.answering import answering
from tests.faults.conftest import forks  # noqa: F401  # a fixture
from tests.stores.gcs import BUCKET, Gcs
from tests.stores.peers import Peer, moto


@pytest.fixture(scope="session")
def s3() -> Iterator[str]:
    """The address of moto's server, with one bucket."""
    with answering(moto()) as url:
        urllib.request.urlopen(urllib.request.Request(f"{url}/{BUCKET}", method="PUT")).close()
        yield url


@pytest.fixture(scope="session", autouse=True)
def environment() -> Iterator[None]:
    """Who we are, as the environment says it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_ACCESS_KEY_ID", "made-up")
        patch.setenv("AWS_SECRET_ACCESS_KEY", "made-up")
        patch.setenv("AWS_REGION", "us-east-1")
        yield


@pytest.fixture
def access(s3: str, tmp_path: Path) -> Access:
    """How moto's bucket is reached."""
    return Access(endpoint=s3, allow_http=True, retry_s=10, cache=tmp_path / "cache")


@pytest.fixture
def url() -> str:
    """An address in moto's bucket that nobody else uses."""
    return f"s3://{BUCKET}/{uuid.uuid4().hex}"


@pytest.fixture
def peer(s3: str) -> Iterator[Peer]:
    """A peer between us and moto; it passes everything on until it is told otherwise."""
    server = Peer(s3)
    with answering(server):
        yield server


@pytest.fixture
def through(access: Access, peer: Peer) -> Access:
    """How moto's bucket is reached through the peer, with what is fetched kept elsewhere."""
    endpoint = f"http://127.0.0.1:{peer.server_port}"
    return replace(access, endpoint=endpoint, cache=access.cache.with_name("through"))


@pytest.fixture
def gcs(monkeypatch: pytest.MonkeyPatch) -> Iterator[Gcs]:
    """A server that is a little of GCS."""
    server = Gcs()
    with answering(server) as address:
        monkeypatch.setenv("GOOGLE_BASE_URL", address)
        monkeypatch.setenv("GOOGLE_BEARER_TOKEN", "made-up")
        yield server


@pytest.fixture(params=["folder", "s3", "gs"])
def anywhere(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[str], Store]:
    """The same store, seen from the machine of that name: a folder, or a bucket."""
    kind = request.param
    if kind == "folder":
        return lambda machine: Store(tmp_path / "store")
    if kind == "gs":
        request.getfixturevalue("gcs")
        place = f"gs://{BUCKET}/{uuid.uuid4().hex}"
        reached = Access(allow_http=True, retry_s=2)
    else:
        place, reached = request.getfixturevalue("url"), request.getfixturevalue("access")
    return lambda machine: Store(place, replace(reached, cache=tmp_path / machine))
