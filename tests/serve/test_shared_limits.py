"""One count for several processes, in a real Redis; and what happens while it is away."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from detectory.errors import BadSetting
from detectory.serve.limits import Limit
from detectory.serve.shared_limits import SharedBuckets
from tests import needs

TEN = Limit("anonymous", 10)
MANY = Limit("key", 1_000)
TAKES = """
import sys
from detectory.serve.limits import Limit
from detectory.serve.shared_limits import SharedBuckets
buckets = SharedBuckets(sys.argv[1])
print(sum(buckets.take("a", 1, Limit("anonymous", 10)).wait_s == 0 for _ in range(10)))
"""


@pytest.fixture(scope="module")
def redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A Redis on a free port, with nothing in it."""
    program = needs.debian_package("redis-server")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    folder = tmp_path_factory.mktemp("redis")
    command = [program, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(folder)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as process:
        try:
            wait_for(port)
            yield f"redis://127.0.0.1:{port}"
        finally:
            process.terminate()


@pytest.fixture
def fresh(redis: str) -> Iterator[str]:
    """The same, emptied."""
    import redis as library

    with library.Redis.from_url(redis) as client:
        client.flushall()
        yield redis


def wait_for(port: int) -> None:
    until = time.monotonic() + 20
    while True:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
            return
        except OSError:
            assert time.monotonic() < until, "no redis"
            time.sleep(0.02)


def fitting(buckets: SharedBuckets, count: int, *, limit: Limit = TEN, cost: int = 1, who: str = "a") -> int:
    """How many of so many requests fit."""
    return sum(buckets.take(who, cost, limit).wait_s == 0 for _ in range(count))


def test_the_eleventh_is_refused_whichever_server_it_reaches(fresh: str) -> None:
    one, other = SharedBuckets(fresh), SharedBuckets(fresh)

    assert [fitting(one, 6), fitting(other, 6), fitting(one, 1)] == [6, 4, 0]
    refused = other.take("a", 1, TEN)
    assert 0 < refused.wait_s <= 60
    assert fitting(one, 1, who="b") == 1


def test_two_processes_share_the_limit(fresh: str) -> None:
    command = [sys.executable, "-c", TAKES, fresh]
    processes = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(2)]

    assert sum(int(process.communicate(timeout=60)[0]) for process in processes) == 10


def test_a_large_limit_is_fetched_in_shares_and_holds_over_all(fresh: str) -> None:
    one, other = SharedBuckets(fresh), SharedBuckets(fresh)

    assert fitting(one, 500, limit=MANY) + fitting(other, 700, limit=MANY) == 1_000
    assert fitting(one, 1, limit=MANY) == 0


def test_a_request_of_many_rows_takes_them_all_or_none(fresh: str) -> None:
    buckets = SharedBuckets(fresh)

    assert fitting(buckets, 3, cost=4) == 2
    assert fitting(buckets, 1, cost=2) == 1
    assert fitting(buckets, 1, cost=11, who="b") == 0
    assert fitting(buckets, 10, who="b") == 10


def test_while_it_is_away_each_process_counts_for_itself_and_then_shares_again(
    fresh: str, caplog: pytest.LogCaptureFixture
) -> None:
    now = [1000.0]
    buckets = SharedBuckets("redis://127.0.0.1:1", clock=lambda: now[0])

    assert fitting(buckets, 12) == 10
    assert buckets.away == 1  # and it was asked once, not twelve times
    assert [record.message for record in caplog.records] == ["limits are not shared"]
    now[0] += 6
    assert fitting(buckets, 1, who="b") == 1
    assert buckets.away == 2
    buckets._storage = SharedBuckets(fresh)._storage  # it is back
    now[0] += 6
    assert fitting(buckets, 12, who="c") == 10
    assert buckets.away == 2


def test_while_it_is_away_a_server_may_rather_refuse() -> None:
    assert fitting(SharedBuckets("redis://127.0.0.1:1", refuses_alone=True), 3) == 0


def test_one_that_takes_and_never_answers_holds_nobody_up() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        buckets = SharedBuckets(f"redis://127.0.0.1:{silent.getsockname()[1]}")
        began = time.monotonic()
        assert fitting(buckets, 5) == 5
        assert time.monotonic() - began < 5
        assert buckets.away == 1


@pytest.mark.parametrize("url", ["", "localhost:6379", "http://localhost", "redis://localhost:port"])
def test_what_is_no_address_of_a_redis_is_refused(url: str, tmp_path: Path) -> None:
    with pytest.raises(BadSetting, match=r"limits\.url"):
        SharedBuckets(url)
