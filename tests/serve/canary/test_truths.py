"""Labels where two versions disagree: an entity once, the newest that stands, and a ledger that is away."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from detectory.ledger.database import Database
from detectory.ledger.feedback import Feedback, Label
from detectory.ledger.keeper import Keeper
from detectory.monitor.evidence import Truth
from detectory.serve.app import create_app
from detectory.serve.canary.beside import Beside
from detectory.serve.canary.truths import Truths
from detectory.settings import Serving
from tests.serve.canary.conftest import trial_of
from tests.serve.conftest import asking
from tests.serve.shelf import Shelf

BEGAN = datetime(2020, 1, 1, tzinfo=UTC)
#: of these bytes version 1 says that they are odd, version 2 that they are usual
ODD, BIG = 400, 410


class Server:
    """A server in this process with a trial and a ledger."""

    def __init__(self, shelf: Shelf, database: Database, *, share: int = 0) -> None:
        self.keeper, self.feedback = Keeper(database), Feedback(database)
        predictor = shelf.predictor()
        predictor.load()
        self.trial = replace(trial_of(share), began=BEGAN)
        self.scorer = predictor.scorer("flow")
        self.beside = Beside(self.trial, self.scorer, shelf.scorer(2), shadows=self.keeper.shadowed)
        predictor.trials["flow"] = self.beside
        self.ask = asking(create_app(predictor, serving=Serving(), version="0", keeper=self.keeper))
        self.truths = Truths(database)

    def predictions(self, *sizes: int) -> list[str]:
        """The ids of the answers to these rows, once both versions have answered and all is written."""
        answer = self.ask(
            "POST", "/v1/detectors/flow/score", json={"rows": [{"bytes": size} for size in sizes]}
        )
        idle = self.beside.worker.do(lambda: None)
        assert idle is not None
        idle.result(timeout=10)
        self.keeper.flush()
        return [record["prediction_id"] for record in answer.json()["results"]]

    def label(self, prediction_id: str, label: str, **facts: Any) -> int:
        """Say what it was; gives the label's number."""
        return self.feedback.record(Label(prediction_id, label, **facts)).seq

    @property
    def truth(self) -> Truth:
        """What labels say of the trial."""
        return self.truths(self.trial, self.scorer)


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    """A ledger."""
    database = Database(str(tmp_path / "ledger" / "ledger.db"))
    yield database
    database.close()


@pytest.fixture
def server(shelf: Shelf, database: Database) -> Iterator[Server]:
    """A server whose challenger is in the shadow."""
    server = Server(shelf, database)
    yield server
    server.beside.worker.stop()


def test_a_label_says_who_was_right(server: Server) -> None:
    odd, big = server.predictions(ODD, BIG)
    server.label(odd, "usual")
    server.label(big, "odd")
    assert server.truth == Truth(challenger=1, champion=1)


def test_whose_answer_was_given_does_not_matter(shelf: Shelf, database: Database) -> None:
    server = Server(shelf, database, share=100)
    (odd,) = server.predictions(ODD)
    server.label(odd, "usual")
    assert server.truth == Truth(challenger=1)
    server.beside.worker.stop()


def test_where_both_agree_a_label_decides_nothing(server: Server) -> None:
    (small,) = server.predictions(10)
    server.label(small, "odd")
    assert server.truth == Truth()


def test_an_entity_counts_once_by_its_newest_label(server: Server) -> None:
    first, second = server.predictions(ODD)[0], server.predictions(ODD)[0]
    server.label(first, "odd")
    server.label(second, "usual")
    assert server.truth == Truth(challenger=1)


def test_a_label_that_was_taken_back_does_not_count(server: Server) -> None:
    (odd,) = server.predictions(ODD)
    seq = server.label(odd, "usual")
    server.feedback.take_back(seq, who="", reason="a mistake")
    assert server.truth == Truth()


def test_labels_from_before_the_trial_do_not_count(server: Server) -> None:
    (odd,) = server.predictions(ODD)
    server.label(odd, "usual")
    later = replace(server.trial, id="later", began=datetime.now(UTC))
    assert server.truths(later, server.scorer) == Truth()


def test_of_alerts_that_the_challenger_takes_away_no_more_count_than_are_kept_of_those_that_it_adds(
    server: Server, database: Database
) -> None:
    """Otherwise one that trades true alerts for fewer false ones would be promoted by what nobody sees."""
    for one in server.predictions(*range(300, 400)):
        server.label(one, "usual")
    quarter, none = Truths(database, keep=0.25), Truths(database, keep=0.0)

    assert server.truth.challenger > 90
    assert 5 <= quarter(server.trial, server.scorer).challenger <= 50
    assert quarter(server.trial, server.scorer) == quarter(server.trial, server.scorer)
    assert none(server.trial, server.scorer) == Truth()


def test_while_the_ledger_is_away_what_it_said_last_counts(server: Server, database: Database) -> None:
    (odd,) = server.predictions(ODD)
    server.label(odd, "usual")
    assert server.truth.challenger == 1
    database.close()
    folder = Path(database.where).parent
    folder.rename(folder.with_name("elsewhere"))
    folder.write_text("a file where the ledger's folder was")
    assert server.truth == Truth(challenger=1)
