"""Versions change while requests are answered: none fails, and none is answered by two versions."""

from __future__ import annotations

import itertools
import random
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest

from detectory.errors import NothingBefore, RunBusy
from detectory.registry import promote, versions
from detectory.serve.watch import Watch
from tests.faults.served import ROWS, answered, served, told, version_of, wait_for
from tests.serve.load import by_connection, percentile
from tests.serve.shelf import Shelf


@pytest.mark.soak
def test_a_swap_every_second_fails_no_request_and_mixes_no_two_versions(
    shelf: Shelf, tenth: Callable[[int], int]
) -> None:
    numbers = range(2, tenth(30) + 2)
    for number in numbers:
        shelf.add(number)
    expected = {str(number): told(shelf, number) for number in (1, *numbers)}

    def swaps() -> None:
        for number in numbers:
            shelf.promote(number)
            time.sleep(1)
        wait_for(lambda: version_of(url) == numbers[-1])

    with served(shelf) as url:
        answers = answered(url, swaps, rate=500)

    assert percentile(answers, 0.99) < 0.25  # a load takes longer: nobody waits for one
    for answer in answers:
        assert answer.json["results"] == [expected[answer.json["version"]]]
    for one in by_connection(answers):
        seen = [int(answer.json["version"]) for answer in one]
        assert seen == sorted(seen)


@pytest.mark.soak
def test_a_rollback_takes_effect_within_two_seconds_and_fails_no_request(
    shelf: Shelf, tenth: Callable[[int], int]
) -> None:
    shelf.add(2)
    took: list[float] = []

    def back_and_forth() -> None:
        for _ in range(tenth(20)):
            shelf.decide(1)
            shelf.decide(2)
            wait_for(lambda: version_of(url) == 2)
            began = time.monotonic()
            shelf.roll_back()
            wait_for(lambda: version_of(url) == 1)
            took.append(time.monotonic() - began)

    with served(shelf) as url:
        answered(url, back_and_forth, rate=300)

    assert max(took) < 10  # two on a machine that does nothing else


@pytest.mark.soak
def test_many_promotions_rollbacks_and_loads_at_once_leave_one_winner_and_a_whole_trail(
    shelf: Shelf, tenth: Callable[[int], int]
) -> None:
    for number in (2, 3):
        shelf.add(number)
    shelf.decide(1)
    predictor = shelf.predictor()
    watch = Watch(predictor, shelf.releases, every_s=0.001)
    following = threading.Thread(target=watch.run, daemon=True)
    following.start()
    wait_for(lambda: not predictor.waiting())

    def calls(seed: int) -> None:
        rng = random.Random(seed)
        for _ in range(tenth(256)):
            with suppress(NothingBefore, RunBusy):
                rng.choice([shelf.roll_back, lambda: shelf.decide(rng.randrange(1, 4)), score])()

    def score() -> None:
        assert predictor.score("flow", ROWS).records(ROWS)

    with ThreadPoolExecutor(32) as pool:
        list(pool.map(calls, range(32)))
    champion = versions.champion(shelf.store, "flow")
    wait_for(lambda: predictor.scorer("flow").version == str(champion))
    watch.stop()
    following.join(timeout=60)

    assert not following.is_alive()
    entries = promote.trail(shelf.store, "flow")
    assert entries[-1]["version"] == champion
    for before, entry in itertools.pairwise(entries):
        assert entry["before"] == before["version"]
