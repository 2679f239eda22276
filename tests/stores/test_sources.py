"""Raw files of a bucket: an object, a folder or a glob, fetched once for each state of it."""

import urllib.request
from dataclasses import replace
from pathlib import Path

import pytest

from detectory.artifacts import Access
from detectory.errors import NoSuchFile, StoreAway
from detectory.library import Workspace, run
from detectory.stores import fetched
from detectory.stores.client import Client
from tests.stores.gcs import BUCKET
from tests.stores.peers import Peer
from tests.stores.test_runs import settle


@pytest.fixture
def bucket(url: str, access: Access) -> Client:
    """A bucket with four raw files."""
    client = Client(url, access)
    for name in ("names/a.csv", "names/b.csv", "names/deep/c.csv", "names/with blank.txt"):
        client.put(name, f"{name}\n".encode())
    return client


@pytest.mark.parametrize(
    ("pattern", "names"),
    [
        ("names/a.csv", ["a.csv"]),
        ("names", ["a.csv", "b.csv", "with blank.txt"]),
        ("names/", ["a.csv", "b.csv", "with blank.txt"]),
        ("names/*.csv", ["a.csv", "b.csv"]),
        ("*/*.csv", ["a.csv", "b.csv"]),
        ("names/*/?.csv", ["c.csv"]),
        ("names/[b-z]*.csv", ["b.csv"]),
        ("nothing/*", []),
    ],
)
def test_an_address_means_what_a_path_would(
    url: str, access: Access, bucket: Client, pattern: str, names: list[str]
) -> None:
    found = fetched(f"{url}/{pattern}", access)
    assert [path.name for path in found] == names
    for path in found:
        assert path.read_text().endswith(f"{path.name}\n")


def test_a_file_is_fetched_once_for_each_state(url: str, through: Access, bucket: Client, peer: Peer) -> None:
    def gets() -> int:
        return sum("a.csv" in asked for asked in peer.asked)

    [first] = fetched(f"{url}/names/a.csv", through)
    assert (gets(), fetched(f"{url}/names/a.csv", through), gets()) == (1, [first], 1)
    bucket.put("names/a.csv", b"other rows\n")
    [second] = fetched(f"{url}/names/a.csv", through)
    assert (second.read_text(), gets()) == ("other rows\n", 2)
    second.write_bytes(b"damaged on this machine")
    assert (fetched(f"{url}/names/a.csv", through)[0].read_text(), gets()) == ("other rows\n", 3)


def test_a_file_that_changes_while_it_is_read_is_told(
    url: str, through: Access, bucket: Client, peer: Peer
) -> None:
    def change(number: int, method: str, path: str) -> str:
        if "a.csv" in path:
            bucket.put("names/a.csv", b"other rows\n")
        return "passed"

    peer.fates = change  # type: ignore[assignment]
    with pytest.raises(StoreAway, match="cannot be used") as caught:
        fetched(f"{url}/names/a.csv", through)
    assert "changed while it was read" in caught.value.why
    assert not list(through.cache.rglob(".tmp-*"))


def test_a_public_bucket_is_read_without_saying_who_we_are(
    url: str, s3: str, access: Access, bucket: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    for path, body in (("public-lists", None), ("public-lists/names.txt", b"rows\n")):
        headers = {"x-amz-acl": "public-read", "Content-Type": "text/plain"}
        request = urllib.request.Request(f"{s3}/{path}", method="PUT", data=body, headers=headers)
        urllib.request.urlopen(request).close()
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    anonymous = replace(access, anonymous=True, retry_s=1)
    [found] = fetched("s3://public-lists/names.txt", anonymous)
    assert found.read_text() == "rows\n"
    with pytest.raises(StoreAway, match="cannot be used") as caught:
        fetched(f"{url}/names/a.csv", anonymous)
    assert "403" in caught.value.why


def test_a_run_reads_what_is_in_a_bucket(toy_home: Workspace, url: str, s3: str, access: Access) -> None:
    rows = "\n".join(f"word{chr(97 + n % 26)}{chr(97 + n // 26)}" for n in range(50))
    Client(url, access).put("raw/more.txt", f"{rows}\n".encode())
    home = settle(toy_home.root, ".detectory", s3)
    with pytest.raises(NoSuchFile, match="there is no file"):
        home.sources([f"s3://{BUCKET}/nothing/*.txt"])
    sources = home.sources([f"{url}/raw/*.txt"])
    assert [path.name for path in sources.given] == ["more.txt"]
    made = run("toy", stages=["bronze"], given=[f"{url}/raw/*.txt"], within=home).artifacts["bronze"]
    again = run("toy", stages=["bronze"], given=[f"{url}/raw/*.txt"], within=home).artifacts["bronze"]
    assert made.digest == again.digest
    assert isinstance(sources.given[0], Path)
