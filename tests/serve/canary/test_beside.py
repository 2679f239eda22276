"""Two versions in one server: who answers whom, what is counted, and that nobody is hurt."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
import pytest

from detectory.monitor.evidence import Counts
from detectory.runtime import AlertScorer, Record, Scorer, Scores
from detectory.schema import Parsed, Rows
from detectory.serve.app import create_app
from detectory.serve.canary.beside import Beside
from detectory.serve.predictor import Predictor, Ready
from detectory.settings import Serving
from tests.serve.canary.conftest import Other, trial_of
from tests.serve.conftest import asking
from tests.serve.shelf import Shelf

PATH = "/v1/detectors/flow/score"
MANY = [{"bytes": number} for number in range(350, 450)]


class Server:
    """A server in this process that tries a challenger."""

    def __init__(
        self, shelf: Shelf, *, share: int, does: Callable[[Scores], Scores] | None, clock: Callable[[], float]
    ) -> None:
        self.predictor: Predictor = shelf.predictor()
        self.predictor.load()
        self.shadows = list[tuple[str, str]]()
        champion, challenger = self.predictor.scorer("flow"), shelf.scorer(2)
        self.beside = Beside(
            trial_of(share),
            champion,
            Other(challenger, does) if does else challenger,
            shadows=self._keep,
            clock=clock,
            patience_s=5.0 if does is None else 0.2,
        )
        self.predictor.slots["flow"].challenger = Ready(challenger, 0)
        self.predictor.trials["flow"] = self.beside
        self.ask = asking(create_app(self.predictor, serving=Serving(), version="0"))

    def _keep(self, records: Sequence[Record], others: Sequence[Record]) -> None:
        pairs = zip(records, others, strict=True)
        self.shadows += [(one["version"], other["version"]) for one, other in pairs]

    def score(self, rows: list[dict[str, Any]], path: str = PATH) -> list[Record]:
        """The records of an answer, which must be a 200."""
        answer = self.ask("POST", path, json={"rows": rows})
        assert answer.status_code == 200, answer.text
        results: list[Record] = answer.json()["results"]
        return results

    def counts(self) -> Counts:
        """What was counted, once the challenger has caught up."""
        idle = self.beside.worker.do(lambda: None)
        assert idle is not None
        idle.result(timeout=10)
        return self.beside.take()


@pytest.fixture
def server(shelf: Shelf) -> Iterator[Callable[..., Server]]:
    """Makes a server, and ends its thread."""
    made = list[Server]()

    def make(
        share: int = 0,
        does: Callable[[Scores], Scores] | None = None,
        clock: Callable[[], float] = time.perf_counter,
    ) -> Server:
        made.append(Server(shelf, share=share, does=does, clock=clock))
        return made[-1]

    yield make
    for one in made:
        one.beside.worker.stop()


def test_in_the_shadow_the_champion_answers_and_both_are_compared(server: Callable[..., Server]) -> None:
    shadow = server(share=0)
    assert {record["version"] for record in shadow.score(MANY)} == {"1"}
    counts = shadow.counts()
    assert (counts.rows, counts.timed, counts.failed) == (100, 1, 0)
    assert (counts.lost, counts.added, counts.kept) == (100, 0, 0)
    assert shadow.shadows == [("1", "2")] * 100


def test_a_share_of_the_entities_is_answered_by_the_challenger_and_always_the_same(
    server: Callable[..., Server],
) -> None:
    half = server(share=50)
    first, again = half.score(MANY), half.score(MANY[::-1])[::-1]
    theirs = [record["version"] == "2" for record in first]
    assert 30 <= sum(theirs) <= 70
    assert theirs == [record["version"] == "2" for record in again]
    assert all(record["alert"] is (record["version"] == "1") for record in first)
    half.counts()
    assert set(half.shadows) == {("1", "2"), ("2", "1")}


def test_a_large_body_is_scored_in_a_thread_and_answered_alike(server: Callable[..., Server]) -> None:
    whole = server(share=100)
    assert {record["version"] for record in whole.score(MANY * 20)} == {"2"}
    assert whole.counts().rows == 2_000


def test_a_version_that_was_asked_for_by_number_answers_and_is_not_compared(
    server: Callable[..., Server],
) -> None:
    whole = server(share=100)
    for version in ("1", "2"):
        path = f"/v1/detectors/flow/versions/{version}/score"
        assert {record["version"] for record in whole.score(MANY, path)} == {version}
    assert whole.counts() == Counts()


def test_rows_that_do_not_parse_are_answered_and_not_compared(server: Callable[..., Server]) -> None:
    whole = server(share=100)
    good, bad = whole.score([{"bytes": 400}, {"bytes": -1}])
    assert (good["version"], bad["error"]) == ("2", "negative")
    assert whole.counts().rows == 1


def test_a_challenger_that_raises_fails_and_the_champion_answers(server: Callable[..., Server]) -> None:
    def broken(scores: Scores) -> Scores:
        raise RuntimeError("a bug")

    whole = server(share=100, does=broken)
    assert {record["version"] for record in whole.score(MANY)} == {"1"}
    counts = whole.counts()
    assert (counts.rows, counts.failed, counts.failed_first, counts.timed) == (100, 100, 50, 0)


def test_a_challenger_that_hangs_is_not_waited_for_and_is_seen(server: Callable[..., Server]) -> None:
    go, spent = threading.Event(), list[float]()

    def hanging(scores: Scores) -> Scores:
        go.wait(20)
        spent.append(1.0)
        return scores

    whole = server(share=100, does=hanging, clock=lambda: sum(spent))  # its time alone passes
    assert {record["version"] for record in whole.score(MANY[:1])} == {"1"}
    assert {record["version"] for record in whole.score(MANY[:1])} == {"1"}
    assert whole.beside.worker.busy_s > 0
    go.set()
    counts = whole.counts()
    assert (counts.rows, counts.timed, counts.slow) == (2, 2, 2)


def test_scores_that_are_no_numbers_are_counted_and_given_to_nobody(server: Callable[..., Server]) -> None:
    def not_a_number(scores: Scores) -> Scores:
        scores.log_odds[:] = np.nan
        return scores

    whole = server(share=100, does=not_a_number)
    assert {record["version"] for record in whole.score(MANY)} == {"1"}
    assert whole.counts().not_finite == 100


def test_one_score_for_all_is_counted_as_no_change(server: Callable[..., Server]) -> None:
    def constant(scores: Scores) -> Scores:
        scores.log_odds[:] = 1.0
        return scores

    whole = server(share=0, does=constant)
    whole.score(MANY[:5])
    whole.score(MANY[5:9])
    counts = whole.counts()
    assert (counts.changed, counts.champion_changed) == (0, 8)


class Grouping(AlertScorer):
    """A version to which all rows are one entity, as the lines of one block are."""

    def __init__(self, whole: Scorer) -> None:
        self.__dict__.update(whole.__dict__)

    def parse(self, rows: Rows) -> Parsed:
        parsed = super().parse(rows)
        first = {name: column[:1] for name, column in parsed.rows.items()}
        return Parsed(first, np.zeros_like(parsed.source), parsed.source)


def test_an_entity_of_many_rows_is_one(shelf: Shelf) -> None:
    beside = Beside(
        trial_of(0), Grouping(shelf.scorer(1)), Grouping(shelf.scorer(2)), shadows=lambda *told: None
    )
    both = beside._ask({"bytes": [400, 401, 402]})
    assert both.challenger is not None
    assert beside.take().rows == 1
    beside.worker.stop()


def test_what_could_not_be_written_down_is_counted_again(server: Callable[..., Server]) -> None:
    shadow = server(share=0)
    shadow.score(MANY)
    seen = shadow.counts()
    shadow.beside.give_back(seen)
    shadow.score(MANY)
    assert shadow.counts().rows == 200
