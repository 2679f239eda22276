"""The challenger's own thread: in order, bounded, and deaf to what a job raises."""

import threading
from concurrent.futures import wait as wait_for

import pytest

from detectory.serve.canary.worker import ROWS, Worker


def test_jobs_are_done_in_the_order_in_which_they_came() -> None:
    worker, done = Worker("test"), list[int]()
    promises = [worker.do(lambda number=number: done.append(number)) for number in range(20)]
    for promise in promises:
        assert promise is not None
        promise.result(timeout=10)
    assert done == list(range(20))


def test_a_job_that_raises_hurts_no_other() -> None:
    worker = Worker("test")
    broken, whole = worker.do(lambda: 1 // 0), worker.do(lambda: 1)
    assert broken is not None
    assert whole is not None
    with pytest.raises(ZeroDivisionError, match="by zero"):
        broken.result(timeout=10)
    assert whole.result(timeout=10) == 1


def test_who_hangs_is_seen_and_what_waits_behind_is_bounded() -> None:
    now, hanging, go = [0.0], threading.Event(), threading.Event()
    worker = Worker("test", clock=lambda: now[0])
    assert worker.busy_s == 0

    def hang() -> None:
        hanging.set()
        go.wait(10)

    first = worker.do(hang)
    assert hanging.wait(10)
    waiting = [worker.do(lambda: None, rows=ROWS // 4) for _ in range(9)]
    now[0] = 12.0
    assert (worker.busy_s, waiting.count(None)) == (12.0, 5)
    go.set()
    assert first is not None
    first.result(timeout=10)


def test_a_job_larger_than_all_room_is_done_where_none_waits() -> None:
    large = Worker("test").do(lambda: 1, rows=ROWS * 2)
    assert large is not None
    assert large.result(timeout=10) == 1


def test_a_worker_that_was_stopped_begins_nothing_else() -> None:
    worker, began, go = Worker("test"), threading.Event(), threading.Event()

    def wait() -> None:
        began.set()
        go.wait(10)

    first, second = worker.do(wait), worker.do(lambda: 1)
    assert began.wait(10)
    worker.stop()
    go.set()
    assert first is not None
    assert second is not None
    first.result(timeout=10)
    assert wait_for([second], timeout=0.2).not_done == {second}
