"""What is answered is kept, and keeping it never costs an answer."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from detectory.ledger.database import Database
from detectory.ledger.keeper import Keeper
from detectory.ledger.tables import predictions, shadows
from tests.ledger.conftest import forecast, record

Keep = Callable[..., list[dict[str, Any]]]
HOSTILE = ["a\x00b", "\\u0000", "'); DROP TABLE predictions; --", "é\u202e😀", "%s :x ?"]


def rows_of(database: Database) -> list[dict[str, Any]]:
    with database.connected() as connection:
        found = connection.execute(select(predictions).order_by(predictions.c.id)).mappings().all()
    return [dict(row) for row in found]


def test_a_kept_row_holds_what_was_sent_what_was_answered_and_who_asked(
    keep: Keep, database: Database
) -> None:
    (answered,) = keep(record("bad.com", alert=True), at=12.5)

    assert rows_of(database) == [
        {
            "id": answered["prediction_id"], "at": 12.5, "detector": "dga", "version": "1",
            "row": {"domain": "bad.com"}, "level": 0.9, "alert": True, "label": "gozi", "low": None,
            "high": None, "request_id": "r1", "key": "k1", "share": 1.0,
        }
    ]  # fmt: skip


def test_a_number_is_kept_with_its_interval(keep: Keep, database: Database) -> None:
    keep(forecast("north", 6.5, low=1.0, high=9.0), values=True)

    (row,) = rows_of(database)
    assert (row["row"], row["level"], row["low"], row["high"]) == ({"stop": "north"}, 6.5, 1.0, 9.0)
    assert (row["alert"], row["label"]) == (None, None)


def test_a_field_that_is_called_as_another_tasks_answer_stays_in_the_row(
    keep: Keep, database: Database
) -> None:
    keep(record("a.com") | {"value": 7, "low": 1})
    keep(forecast("north", 6.5) | {"alert": "red", "score": 3}, values=True)

    rows = [row["row"] for row in rows_of(database)]
    assert {"domain": "a.com", "value": 7, "low": 1} in rows
    assert {"stop": "north", "alert": "red", "score": 3} in rows


def test_a_row_that_does_not_parse_is_not_kept_and_has_no_id(keep: Keep, database: Database) -> None:
    kept, refused = keep(record("a.com"), record("a b") | {"error": "bad_character"})

    assert "prediction_id" not in refused
    assert [row["id"] for row in rows_of(database)] == [kept["prediction_id"]]


@pytest.mark.parametrize("hostile", HOSTILE)
def test_whatever_is_in_a_row_it_is_kept_beside_the_others(
    keep: Keep, database: Database, hostile: str
) -> None:
    keep(record("before.com"), record(hostile), record("after.com"))

    domains = [row["row"]["domain"] for row in rows_of(database)]
    assert (len(domains), domains[0], domains[2]) == (3, "before.com", "after.com")
    if "\x00" not in hostile and "u0000" not in hostile:  # PostgreSQL's jsonb has no NUL
        assert domains[1] == hostile


def test_of_rows_that_do_not_alert_a_share_is_kept_which_stands_beside_them(
    keep: Keep, database: Database
) -> None:
    random.seed(7)
    records = keep(*(record(f"{n}.com", alert=n % 10 == 0) for n in range(1000)), share=0.2)

    rows = rows_of(database)
    assert {row["share"] for row in rows if row["alert"]} == {1.0}
    assert {row["share"] for row in rows if not row["alert"]} == {0.2}
    assert sum(row["alert"] for row in rows) == 100
    assert 130 < sum(not row["alert"] for row in rows) < 230
    assert len(rows) == sum("prediction_id" in record for record in records)


def test_what_the_other_version_says_is_kept_of_kept_rows_only(database: Database) -> None:
    keeper = Keeper(database, share=0.0)
    answered = [record("a.com", alert=True), record("b.com")]
    keeper.keep(answered, detector="dga", values=False, request_id="r", key="")
    keeper.shadowed(answered, [record("a.com", version="2"), record("b.com", version="2")])
    keeper.flush()

    with database.connected() as connection:
        found = connection.execute(select(shadows)).all()
    assert [tuple(row) for row in found] == [(answered[0]["prediction_id"], "2", 0.1, False, "benign")]


def test_without_room_rows_are_dropped_counted_and_not_named(tmp_path: Path) -> None:
    keeper = Keeper(Database(str(tmp_path / "ledger.db")), limit=100)
    answered = [record("a.com"), record("b.com")]
    keeper.keep(answered, detector="dga", values=False, request_id="r", key="")

    assert (keeper.counts.kept, keeper.counts.dropped) == (0, 2)
    assert all("prediction_id" not in one for one in answered)


def test_many_threads_lose_no_row_and_name_none_twice(database: Database) -> None:
    keeper = Keeper(database)

    def ask() -> None:
        for n in range(200):
            keeper.keep([record(f"{n}.com")], detector="dga", values=False, request_id="r", key="")

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        keeper.flush()
    keeper.flush()

    assert len(rows_of(database)) == keeper.counts.kept == 1600


def test_a_large_backlog_is_written_in_several_statements(database: Database) -> None:
    keeper = Keeper(database)
    for _ in range(3):
        records = [record(f"{n}{'x' * 100}.com") for n in range(5000)]
        keeper.keep(records, detector="dga", values=False, request_id="r", key="")
    keeper.flush()

    assert len(rows_of(database)) == 15_000


def test_a_statement_that_can_never_succeed_does_not_hold_up_the_next(database: Database) -> None:
    keeper = Keeper(database)
    keeper.keep([record("a.com") | {"version": None}], detector="dga", values=False, request_id="", key="")
    keeper.flush()
    keeper.keep([record("b.com")], detector="dga", values=False, request_id="", key="")
    keeper.flush()

    assert (keeper.counts.kept, keeper.counts.dropped) == (1, 1)


def test_while_the_ledger_is_away_rows_wait_and_are_written_when_it_is_back(file: Path) -> None:
    folder = file.parent / "away"
    folder.write_text("a file where a folder should be")
    keeper = Keeper(Database(str(folder / "ledger.db")))
    running = threading.Thread(target=keeper.run)
    running.start()
    keeper.keep([record("a.com")], detector="dga", values=False, request_id="", key="")
    while not keeper.counts.failed:
        time.sleep(0.01)
    folder.unlink()
    while not keeper.counts.kept:
        time.sleep(0.01)
    keeper.stop()
    running.join()

    assert (keeper.counts.kept, keeper.counts.dropped) == (1, 0)


def test_stopping_writes_what_is_queued(file: Path) -> None:
    keeper = Keeper(Database(str(file)))
    keeper.keep([record("a.com")], detector="dga", values=False, request_id="", key="")
    keeper.stop()

    with closing(Database(str(file))) as database:
        assert len(rows_of(database)) == 1
