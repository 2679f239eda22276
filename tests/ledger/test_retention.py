"""Predictions go when they are old, a step at a time; labels stay."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import func, select

from detectory.ledger import retention
from detectory.ledger.database import Database
from detectory.ledger.feedback import Feedback, Label
from detectory.ledger.keeper import Keeper
from detectory.ledger.retention import DAY_S, Retention, purge
from detectory.ledger.tables import feedback, predictions, shadows
from tests.ledger.conftest import record

Keep = Callable[..., list[dict[str, Any]]]


def counts(database: Database) -> list[int]:
    with database.connected() as connection:
        tables = (predictions, shadows, feedback)
        return [connection.execute(select(func.count()).select_from(table)).scalar_one() for table in tables]


def test_a_purge_removes_old_predictions_with_their_shadows_and_no_label(
    keep: Keep, database: Database
) -> None:
    for at in (100.0, 200.0, 300.0):
        (answered,) = keep(record(f"{at}.com"), at=at)
        keeper = Keeper(database)
        keeper.shadowed([answered], [record(f"{at}.com", version="2")])
        keeper.flush()
        Feedback(database).record(Label(answered["prediction_id"], "gozi"))

    assert purge(database, before=250.0) == 2
    assert counts(database) == [1, 1, 3]


def test_rows_are_removed_a_step_at_each_call_until_none_is_old(
    keep: Keep, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "STEP_ROWS", 2)
    now = 40.0 * DAY_S
    for second in range(5):
        keep(record("old.com"), at=float(second))
    keep(record("young.com"), at=now - DAY_S)
    kept = Retention(30, clock=lambda: now)
    left = []
    for _ in range(4):
        kept(database)
        left.append(counts(database)[0])

    assert left == [4, 2, 1, 1]


def test_a_look_that_finds_nothing_old_is_not_repeated_at_once(keep: Keep, database: Database) -> None:
    now = [40.0 * DAY_S]
    kept = Retention(30, clock=lambda: now[0])
    kept(database)
    keep(record("old.com"), at=0.0)
    kept(database)
    assert counts(database)[0] == 1
    now[0] += 61
    kept(database)
    assert counts(database)[0] == 0
