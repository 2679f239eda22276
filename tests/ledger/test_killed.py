"""Four writers, each event sent several times, all killed again and again: 0 lost, 0 doubled (F26)."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import func, select

from detectory.ledger.database import Database
from detectory.ledger.tables import feedback, refusals
from tests.ledger.conftest import kept_in, record

WRITER = Path(__file__).with_name("writer.py")
WRITERS, KILLS = 4, 20


@pytest.mark.soak
def test_what_was_acknowledged_is_stored_and_nothing_is_stored_twice(
    where: str, database: Database, tmp_path: Path, tenth: Callable[[int], int]
) -> None:
    (answered,) = kept_in(database, record("a.com", alert=True))
    acks, rng = tmp_path / "acks", random.Random(5)
    for turn in range(tenth(KILLS)):
        last = acks.stat().st_size if acks.exists() else 0
        writers = [
            subprocess.Popen(
                [sys.executable, WRITER, where, answered["prediction_id"], str(number), f"{turn}00000", acks]
            )
            for number in range(WRITERS)
        ]
        while acks.stat().st_size == last if acks.exists() else True:
            assert all(writer.poll() is None for writer in writers)
            time.sleep(0.01)
        time.sleep(rng.random())
        for writer in writers:
            writer.send_signal(signal.SIGKILL)
            assert writer.wait() == -signal.SIGKILL

    acknowledged = {
        f"key /{event}" for event in acks.read_text().split("\n")[:-1]
    }  # the last line may have been cut off
    events = select(feedback.c.id, func.count()).group_by(feedback.c.id)
    with database.connected() as connection:
        stored = {event: times for event, times in connection.execute(events)}
        if connection.dialect.name == "sqlite":
            assert connection.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"
        assert connection.execute(select(func.count()).select_from(refusals)).scalar() == 0
    print(f"{len(acknowledged)} events acknowledged, {len(stored)} stored")
    assert acknowledged - set(stored) == set()
    assert set(stored.values()) == {1}
