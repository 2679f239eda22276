"""Bad versions and broken stores under a server that answers: it does not even notice."""

from __future__ import annotations

import random
import shutil
import time
from collections.abc import Callable

import httpx
import pytest

from tests.faults.served import answered, refused, served, told, version_of, wait_for
from tests.serve.shelf import Shelf, mutate

SLOW = b"""
import numpy as np
n = 0
for _ in range(%d):
    n += 1

def features(rows):
    return {"dense": np.array(rows["amount"], dtype=np.float32).reshape(-1, 1)}
"""
THROWS = b"def features(rows):\n    raise ZeroDivisionError\n"


@pytest.mark.soak
def test_versions_damaged_behind_the_command_line_are_refused_and_the_good_one_serves(
    shelf: Shelf, tenth: Callable[[int], int]
) -> None:
    rng = random.Random(7)

    def push(number: int) -> None:
        if number % 2:
            mutate(shelf.add(number), rng)
        else:
            shelf.resign(number, 1, rng)
        shelf.promote(number)

    def mutants() -> None:
        for number in range(2, tenth(200) + 2):
            known, answering = refused(url), version_of(url)
            push(number)
            wait_for(lambda k=known, a=answering: refused(url) > k or version_of(url) != a)  # type: ignore[misc]

    with served(shelf, poll_s=0.05) as url:
        answers = answered(url, mutants, rate=50)

    # a graph may be damaged and say the same, in a name of it: nobody else gets in
    said = {(record["score"], record["alert"]) for answer in answers for record in answer.json["results"]}
    assert said == {(told(shelf, 1)["score"], told(shelf, 1)["alert"])}


def test_a_load_that_fails_throws_or_takes_long_fails_no_request(
    shelf: Shelf, tenth: Callable[[int], int]
) -> None:
    shelf.add(2, golden={}, score_onnx=b"not a graph")
    shelf.add(3, golden={}, features_py=THROWS)
    shelf.add(4, features_py=SLOW % (tenth(20) * 10_000_000))

    def promotions() -> None:
        for number in (2, 3):
            known = refused(url)
            shelf.promote(number)
            wait_for(lambda known=known: refused(url) > known)
            assert version_of(url) == 1
        shelf.promote(4)
        wait_for(lambda: version_of(url) == 4)

    with served(shelf, poll_s=0.05) as url:
        answered(url, promotions, rate=100)


def test_a_store_that_breaks_while_it_is_served_fails_no_request(shelf: Shelf) -> None:
    def accidents() -> None:
        (shelf.store.root / "flow/champion.json").write_bytes(b"{")
        wait_for(lambda: httpx.get(f"{url}/readyz").json()["status"] == "degraded")
        shutil.rmtree(shelf.store.root / "flow")
        time.sleep(0.5)

    with served(shelf, poll_s=0.05) as url:
        answered(url, accidents, rate=100)
        assert httpx.get(f"{url}/readyz").json()["status"] == "degraded"
