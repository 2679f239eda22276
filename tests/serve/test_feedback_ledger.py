"""A ledger that is locked or damaged costs no score, and no label that was acknowledged."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from detectory.ledger import sqlite
from detectory.ledger.keeper import Keeper
from detectory.serve.app import create_app
from detectory.serve.gate import Gate
from detectory.serve.predictor import Predictor
from detectory.settings import Admission, Serving
from tests.serve.conftest import asking
from tests.serve.test_feedback import JSON, Ask, give, score
from tests.serve.wire import answers, request


@pytest.fixture
def ask(predictor: Predictor, keeper: Keeper) -> Ask:
    """Ask a server that keeps what it answers."""
    return asking(create_app(predictor, serving=Serving(), version="1", keeper=keeper))


def test_while_the_ledger_is_locked_rows_are_scored_and_labels_are_503_with_retry_after(
    ask: Ask, keeper: Keeper, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite, "BUSY_S", 0.05)
    alert = score(ask)[0]["prediction_id"]
    keeper.flush()
    keeper.database.close()
    other = sqlite3.connect(tmp_path / "ledger.db", isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    refused = give(ask, alert, "gozi")
    after = score(ask)
    other.execute("ROLLBACK")
    other.close()

    assert (refused.status_code, refused.json()["code"]) == (503, "E8020")
    assert refused.headers["retry-after"] == "1"
    assert str(tmp_path) not in refused.text
    assert give(ask, alert, "gozi").status_code == 201
    assert give(ask, after[0]["prediction_id"], "gozi").status_code == 201


def test_a_ledger_that_is_damaged_is_set_aside_and_prometheus_is_told(
    ask: Ask, keeper: Keeper, tmp_path: Path
) -> None:
    keeper.flush()
    (tmp_path / "ledger.db").write_bytes(b"no database" * 1000)
    first = give(ask, "p-1", "gozi")
    alert = score(ask)[0]["prediction_id"]

    assert first.status_code == 503
    assert give(ask, alert, "gozi").status_code == 201
    assert len(list(tmp_path.glob("ledger.db.corrupt-*"))) == 1
    told = ask("GET", "/metrics").text
    assert "detectory_ledger_set_aside_total 1.0" in told
    assert "detectory_predictions_kept_total 2.0" in told


def test_who_waits_for_a_locked_ledger_hears_of_it_by_the_deadline_and_his_label_is_stored_once(
    predictor: Predictor, keeper: Keeper, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite, "BUSY_S", 1.0)
    gate = Gate(admission=Admission(queue=1, deadline_ms=300))
    app = create_app(predictor, serving=Serving(), version="1", keeper=keeper, gate=gate)
    alert = score(asking(app))[0]["prediction_id"]
    keeper.flush()
    label = json.dumps({"prediction_id": alert, "label": "gozi"}).encode()
    labels = [request(label, path="/v1/feedback", **JSON)] * 8

    with closing(sqlite3.connect(keeper.database.where, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        refused = asyncio.run(answers(app, labels, silence_s=30.0))
        other.execute("ROLLBACK")
    assert [answer.split()[1] for answer in refused] == [b"503"] * 8
    assert sum(gate.bulkheads.ledger.refused.values()) == 8
    assert give(asking(app), alert, "gozi").status_code in (200, 201)
    assert give(asking(app), alert, "gozi").status_code == 200
