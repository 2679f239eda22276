"""Turns: a bounded number at work, a bounded queue, a bounded wait, and none is lost."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st

from detectory.errors import Overloaded, TooLate
from detectory.serve.admission import Bulkhead


def run(work: Coroutine[Any, Any, None]) -> None:
    asyncio.run(work)


def test_who_finds_room_does_not_wait() -> None:
    bulkhead = Bulkhead(2, queue=1, patience_s=1)

    assert [bulkhead.take(), bulkhead.take(), bulkhead.take()] == [True, True, False]
    bulkhead.leave()
    assert bulkhead.take()


def test_who_waits_goes_in_the_order_of_coming() -> None:
    async def work() -> None:
        bulkhead, order = Bulkhead(1, queue=8, patience_s=5), list[int]()

        async def one(number: int) -> None:
            async with bulkhead.at_work(within_s=5):
                order.append(number)
                await asyncio.sleep(0)

        await asyncio.gather(*(one(number) for number in range(6)))
        assert order == list(range(6))
        assert (bulkhead.taken, bulkhead.waiting) == (0, 0)

    run(work())


def test_a_full_queue_refuses_at_once() -> None:
    async def work() -> None:
        bulkhead = Bulkhead(1, queue=0, patience_s=60)
        assert bulkhead.take()
        with pytest.raises(Overloaded, match="too much to do"):
            await bulkhead.turn()
        assert bulkhead.refused == {"queue_full": 1}

    run(work())


def test_who_would_wait_in_vain_is_refused_at_once() -> None:
    async def work() -> None:
        now = [0.0]
        bulkhead = Bulkhead(1, queue=64, patience_s=60, clock=lambda: now[0])
        assert bulkhead.take()
        waiting = [asyncio.create_task(bulkhead.turn()) for _ in range(40)]
        for _ in range(37):  # a turn takes half of the patience
            await asyncio.sleep(0)
            now[0] += 30
            bulkhead.leave()
        with pytest.raises(Overloaded, match="too much") as refused:
            bulkhead.check_room()
        assert refused.value.why == "3 requests are waiting already"
        bulkhead.leave()
        bulkhead.check_room()
        for task in waiting:
            task.cancel()

    run(work())


async def burst(bulkhead: Bulkhead, now: list[float], *, of: int, turn_s: float) -> int:
    """So many come at once, and go one by one; gives how many were refused."""
    assert bulkhead.take()
    before = bulkhead.refused.total()
    waiting = [asyncio.create_task(bulkhead.turn()) for _ in range(of - 1)]
    while bulkhead.taken:
        await asyncio.sleep(0)
        now[0] += turn_s
        bulkhead.leave()
    await asyncio.gather(*waiting, return_exceptions=True)
    return bulkhead.refused.total() - before


@pytest.mark.parametrize("pause_s", [0.1, 100.0])
def test_slow_turns_of_the_past_keep_nobody_from_waiting_for_quick_ones(pause_s: float) -> None:
    async def work() -> list[int]:
        now = [0.0]
        bulkhead = Bulkhead(1, queue=64, patience_s=60, clock=lambda: now[0])
        assert await burst(bulkhead, now, of=64, turn_s=600) == 0
        refused = []
        for _ in range(60):
            now[0] += pause_s
            refused.append(await burst(bulkhead, now, of=8, turn_s=0.1))
        return refused

    refused = asyncio.run(work())
    assert refused[-1] == 0
    assert pause_s < 60 or refused[0] == 0


def test_nobody_waits_longer_than_the_patience_of_the_lane_or_his_own() -> None:
    async def work() -> None:
        bulkhead = Bulkhead(1, queue=2, patience_s=0.02)
        assert bulkhead.take()
        for within_s in (60.0, 0.01):
            with pytest.raises(Overloaded, match="too much") as refused:
                await bulkhead.turn(within_s=within_s)
            assert "it was not its turn within" in refused.value.why
        assert (bulkhead.taken, bulkhead.waiting, bulkhead.refused["waited"]) == (1, 0, 2)

    run(work())


def test_work_that_takes_too_long_is_given_up_and_its_turn_with_it() -> None:
    async def work() -> None:
        bulkhead = Bulkhead(1, queue=1, patience_s=1)
        with pytest.raises(TooLate, match=r"not answered within 0\.01 seconds"):
            async with bulkhead.at_work(within_s=0.01):
                await asyncio.sleep(60)
        assert bulkhead.taken == 0

    run(work())


def test_a_timeout_of_the_work_itself_is_its_own() -> None:
    async def work() -> None:
        with pytest.raises(TimeoutError, match="the disk"):
            async with Bulkhead(1, queue=1, patience_s=1).at_work(within_s=60):
                raise TimeoutError("the disk")

    run(work())


def test_what_is_heavier_than_the_lane_goes_alone() -> None:
    bulkhead = Bulkhead(4, queue=1, patience_s=1)

    assert bulkhead.take(9)
    assert not bulkhead.take(1)
    bulkhead.leave(9)
    assert bulkhead.take(1)


@settings(max_examples=60, deadline=None)
@given(
    asked=st.lists(
        st.tuples(st.integers(1, 5), st.sampled_from([0.0, 0.0, 0.001]), st.booleans()), max_size=25
    )
)
def test_whoever_gives_up_or_is_hung_up_on_no_turn_is_lost(asked: list[tuple[int, float, bool]]) -> None:
    async def one(bulkhead: Bulkhead, weight: int, work_s: float) -> None:
        try:
            await bulkhead.turn(weight)
        except Overloaded:
            return
        try:
            await asyncio.sleep(work_s)
        finally:
            bulkhead.leave(weight)

    async def work() -> None:
        bulkhead = Bulkhead(4, queue=6, patience_s=0.002)
        tasks = [asyncio.create_task(one(bulkhead, weight, work_s)) for weight, work_s, _ in asked]
        await asyncio.sleep(0)
        for task, (_, _, hung_up) in zip(tasks, asked, strict=True):
            if hung_up:
                task.cancel()
                await asyncio.sleep(0)
        await asyncio.gather(*tasks, return_exceptions=True)
        assert (bulkhead.taken, bulkhead.waiting) == (0, 0)

    run(work())
