"""A server that refuses, hangs up, or does what was asked and fails to say so: once in effect, and known."""

import random
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import pytest

from detectory.artifacts import Access, Store
from detectory.errors import StoreAway
from detectory.stores.client import Client
from tests.stores.peers import Fate, Peer

LARGE = 11 << 20  # bytes: three parts
FAILURES: list[Fate] = ["refused", "cut off", "answer cut off", "answer replaced"]
CHAMPION = "dga/champion.json"


def first_write(fate: Fate) -> Callable[[int, str, str], Fate]:
    """This fate for the first write, and no other failure."""
    writes: Iterator[int] = count()
    return lambda number, method, path: fate if method == "PUT" and next(writes) == 0 else "passed"


def every_other(number: int, method: str, path: str) -> Fate:
    """Half the calls fail, each way in turn."""
    return "passed" if number % 2 else FAILURES[number // 2 % len(FAILURES)]


@pytest.fixture
def store(url: str, through: Access) -> Store:
    """The store as we reach it: through the peer."""
    return Store(url, through)


@pytest.fixture
def others(url: str, access: Access) -> Store:
    """The store as others reach it: undisturbed."""
    return Store(url, access)


@pytest.mark.parametrize("fate", FAILURES)
def test_what_is_created_is_known_to_be_ours(store: Store, others: Store, peer: Peer, fate: Fate) -> None:
    peer.fates = first_write(fate)
    assert store.create("dga/audit/000001.json", {"id": "ours"})
    assert others.document("dga/audit/000001.json") == {"id": "ours"}


@pytest.mark.parametrize("fate", FAILURES)
def test_what_others_created_is_not_ours(store: Store, others: Store, peer: Peer, fate: Fate) -> None:
    others.create("dga/audit/000001.json", {"id": "theirs"})
    peer.fates = first_write(fate)
    assert not store.create("dga/audit/000001.json", {"id": "ours"})
    assert others.document("dga/audit/000001.json") == {"id": "theirs"}


@pytest.mark.parametrize("fate", FAILURES)
def test_a_swap_is_made_once_and_known_to_be_ours(
    store: Store, others: Store, peer: Peer, fate: Fate
) -> None:
    others.swap(others.swappable(CHAMPION), {"version": 1})
    before = store.swappable(CHAMPION)
    peer.fates = first_write(fate)
    assert store.swap(before, {"version": 2})
    found = others.document(CHAMPION)
    assert found
    assert (found["version"], len(found["changes"])) == (2, 2)


@pytest.mark.parametrize("fate", ["answer cut off", "answer replaced"])
def test_a_swap_that_others_have_built_on_is_known_to_be_ours(
    store: Store, others: Store, peer: Peer, fate: Fate
) -> None:
    before = store.swappable(CHAMPION)

    def build_on() -> None:
        peer.after_write = lambda: None
        assert others.swap(others.swappable(CHAMPION), {"version": 3})

    peer.fates, peer.after_write = first_write(fate), build_on
    assert store.swap(before, {"version": 2})
    found = others.document(CHAMPION)
    assert found
    assert (found["version"], len(found["changes"])) == (3, 2)


@pytest.mark.parametrize("fate", ["refused", "cut off"])
def test_a_swap_that_came_too_late_is_known_to_be_lost(
    store: Store, others: Store, peer: Peer, fate: Fate
) -> None:
    before = store.swappable(CHAMPION)
    others.swap(others.swappable(CHAMPION), {"version": 7})
    peer.fates = first_write(fate)
    assert not store.swap(before, {"version": 2})
    found = others.document(CHAMPION)
    assert found
    assert found["version"] == 7


def test_a_server_that_fails_half_the_calls_serves_all_the_same(
    store: Store, others: Store, peer: Peer
) -> None:
    peer.fates = every_other
    for number in range(10):
        assert store.swap(store.swappable(CHAMPION), {"version": number})
    with store.writing("dga/silver", key="k", parents={}, made={}) as out:
        out.write("rows.txt", b"x" * 100_000)
    assert store.publish_folder("dga/versions/1", {"a.json": b"1", "b.json": b"2"})
    assert not store.publish_folder("dga/versions/1", {"a.json": b"3"})
    found, made = others.document(CHAMPION), others.find("dga/silver", key="k")
    assert found
    assert made
    assert (found["version"], len(found["changes"]), made.read("rows.txt")) == (9, 10, b"x" * 100_000)
    assert sum("passed" not in asked for asked in peer.asked) * 2 >= len(peer.asked) - 1


@pytest.mark.parametrize("fate", FAILURES)
@pytest.mark.parametrize("step", ["uploads", "partNumber=2", "POST uploadId"])
def test_a_large_file_arrives_whole_whichever_step_of_its_upload_fails(
    url: str, through: Access, access: Access, peer: Peer, tmp_path: Path, step: str, fate: Fate
) -> None:
    (tmp_path / "rows").write_bytes(random.Random(1).randbytes(LARGE))
    times: Iterator[int] = count()

    def once(number: int, method: str, path: str) -> Fate:
        meant = step.split()[-1] in path and (method == "POST" or "POST" not in step)
        return fate if meant and next(times) == 0 else "passed"

    peer.fates = once
    Client(url, through).put("rows", tmp_path / "rows")
    assert any(fate in asked for asked in peer.asked)
    found = Client(url, access).get("rows")
    assert found
    assert found.data == (tmp_path / "rows").read_bytes()


def test_a_server_that_only_fails_is_named_when_the_time_is_up(url: str, peer: Peer, through: Access) -> None:
    peer.fates = lambda number, method, path: "refused"
    store = Store(url, Access(through.endpoint, allow_http=True, retry_s=1, cache=through.cache))
    with pytest.raises(StoreAway, match="cannot be used") as caught:
        store.put(CHAMPION, {"version": 1})
    assert caught.value.where == f"{url}/{CHAMPION}"
    assert "503" in caught.value.why
    assert caught.value.exit_code == 8
    assert len(peer.asked) > 2


def test_a_refusal_that_lasts_is_told_at_once(url: str, access: Access) -> None:
    nowhere = Store("s3://no-such-bucket/here", access)
    with pytest.raises(StoreAway, match="cannot be used") as caught:
        nowhere.document(CHAMPION)
    assert "NoSuchBucket" in caught.value.why
    assert not nowhere.exists()
