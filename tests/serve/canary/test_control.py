"""What the policy decides happens in the store, once, whoever looks, and whoever dies then (F29, F30)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from detectory.failpoints import NAMES, arm
from detectory.monitor.evidence import Truth
from detectory.registry import promote, trials, versions
from detectory.registry.trial import Trial
from detectory.serve.app import create_app
from detectory.serve.canary.control import Control
from detectory.serve.watch import Watch
from detectory.settings import Canary, Serving
from tests.serve.canary.conftest import NOW, actions, begin, trial_of
from tests.serve.conftest import asking
from tests.serve.shelf import Shelf

RULES = Canary(least_rows=100, least_s=60)
MANY = [{"bytes": number} for number in range(200, 300)]
NONE, BETTER, WORSE = Truth(), Truth(challenger=40, champion=5), Truth(challenger=5, champion=40)


class Server:
    """A server in this process, one look at a time, on a clock of the test's own."""

    def __init__(self, shelf: Shelf, *, truth: Truth = NONE, since_s: float = 0) -> None:
        self.shelf, self.truth, self.after_s = shelf, truth, since_s
        self.predictor = shelf.predictor()
        self.predictor.load()
        self.watch = Watch(self.predictor, shelf.releases, every_s=1, try_out=lambda opened, trusted: None)
        self.control = Control(
            self.predictor,
            shelf.releases,
            truths=lambda trial, scorer: self.truth,
            now=lambda: self.now,
        )
        self.ask = asking(create_app(self.predictor, serving=Serving(), version="0"))

    @property
    def now(self) -> datetime:
        return NOW + timedelta(seconds=self.after_s)

    def look(self, *, after_s: float = 60) -> Trial | None:
        """Let some time pass, and look at the store; gives the trial then."""
        self.after_s += after_s
        self.watch.look()
        self.control.look()
        return trials.running(self.shelf.store, "flow")

    def score(self, rows: list[dict[str, Any]] = MANY) -> set[str]:
        """The versions that answer these rows, once the challenger has caught up."""
        answer = self.ask("POST", "/v1/detectors/flow/score", json={"rows": rows})
        assert answer.status_code == 200
        if "flow" in self.predictor.trials:
            idle = self.predictor.trials["flow"].worker.do(lambda: None)
            assert idle is not None
            idle.result(timeout=10)
        return {record["version"] for record in answer.json()["results"]}


@pytest.fixture
def server(shelf: Shelf) -> Iterator[Callable[..., Server]]:
    """Makes servers on one shelf."""
    made = list[Server]()

    def make(**facts: Any) -> Server:
        made.append(Server(shelf, **facts))
        return made[-1]

    yield make
    arm("")
    for one in made:
        for beside in one.predictor.trials.values():
            beside.worker.stop()


def test_a_challenger_goes_all_the_way_when_labels_favour_it(
    shelf: Shelf, server: Callable[..., Server]
) -> None:
    begin(shelf, trial_of(rules=RULES))
    one, shares = server(truth=BETTER), list[int]()
    one.look()
    while (trial := trials.running(shelf.store, "flow")) is not None:
        shares.append(trial.share)
        one.score()
        one.look()
    assert shares == [0, 5, 10, 25, 50, 100]
    assert versions.champion(shelf.store, "flow") == 2
    assert actions(shelf) == ["canary start", *["canary step"] * 5, "promote", "canary promoted"]
    one.look()
    assert one.score() == {"2"}


def test_a_promoted_challenger_goes_on_answering_until_it_is_the_champion_here(
    shelf: Shelf, server: Callable[..., Server]
) -> None:
    begin(shelf, trial_of(100, rules=RULES))
    one = server(truth=BETTER)
    one.look()
    one.score()
    one.after_s += 60
    one.control.look()
    assert versions.champion(shelf.store, "flow") == 2
    assert one.score() == {"2"}
    one.watch.look()
    assert one.score() == {"2"}
    one.control.look()
    assert (one.predictor.trials, one.score()) == ({}, {"2"})


def test_without_labels_it_stays_where_nobody_needs_them(shelf: Shelf, server: Callable[..., Server]) -> None:
    begin(shelf, trial_of(rules=RULES))
    one = server()
    one.look()
    for _ in range(8):
        one.score()
        trial = one.look()
    assert trial is not None
    assert (trial.share, trial.said.split(":")[0]) == (10, "inconclusive")


def test_labels_against_it_take_it_out(shelf: Shelf, server: Callable[..., Server]) -> None:
    begin(shelf, trial_of(rules=RULES))
    one = server(truth=WORSE)
    one.look()
    assert one.look() is None
    assert actions(shelf)[-1] == "canary rollback"
    assert one.score() == {"1"}


def test_lost_alerts_take_it_out_and_the_cause_is_named(shelf: Shelf, server: Callable[..., Server]) -> None:
    begin(shelf, trial_of(rules=RULES))
    one = server()
    one.look()
    one.score([{"bytes": number} for number in range(350, 450)])
    assert one.look() is None
    ended = trials.ended(shelf.store, "flow")
    assert ended is not None
    assert ended["reason"] == "it lost 100 of the champion's 100 alerts"
    assert ended["evidence"]["counts"]["rows"] == 100


def test_a_challenger_that_cannot_be_opened_is_taken_out(shelf: Shelf, server: Callable[..., Server]) -> None:
    graph = shelf.store.root / "flow" / "versions" / "2" / "score.onnx"
    graph.write_bytes(graph.read_bytes()[:-1])
    begin(shelf, trial_of(rules=RULES))
    assert server().look() is None
    ended = trials.ended(shelf.store, "flow")
    assert ended is not None
    assert "version 2 is refused" in ended["reason"]


def test_no_data_takes_it_out_after_the_declared_time(shelf: Shelf, server: Callable[..., Server]) -> None:
    begin(shelf, trial_of(rules=RULES))
    one = server()
    assert one.look(after_s=RULES.silent_s) is not None
    assert one.look(after_s=1) is None


def test_the_share_is_a_metric_while_a_trial_runs(shelf: Shelf, server: Callable[..., Server]) -> None:
    one = server()
    one.look()
    assert "detectory_canary_share{" not in one.ask("GET", "/metrics").text
    begin(shelf, trial_of(25, rules=RULES))
    one.look()
    assert 'detectory_canary_share{detector="flow"} 0.25' in one.ask("GET", "/metrics").text


def test_an_aborted_trial_ends_in_every_server(shelf: Shelf, server: Callable[..., Server]) -> None:
    begin(shelf, trial_of(100, rules=RULES))
    two = [server(), server()]
    for one in two:
        one.look()
    assert [one.score() for one in two] == [{"2"}, {"2"}]
    trials.abort(shelf.store, "flow", reason="enough", now=NOW)
    for one in two:
        one.look()
    assert [one.score() for one in two] == [{"1"}, {"1"}]


def test_servers_add_up_what_they_count_and_decide_once(shelf: Shelf, server: Callable[..., Server]) -> None:
    begin(shelf, trial_of(rules=RULES))
    two = [server(), server()]
    for one in two:
        one.look()
        one.score(MANY[:60])
    for one in two:
        one.look(after_s=0)
    trial = trials.running(shelf.store, "flow")
    assert trial is not None
    assert (trial.share, trial.counts["rows"]) == (5, 120)
    assert actions(shelf).count("canary step") == 1


def test_who_may_not_be_promoted_after_all_is_taken_out(shelf: Shelf, server: Callable[..., Server]) -> None:
    begin(shelf, replace(trial_of(100, rules=RULES), override=""))
    one = server(truth=BETTER)
    one.look()
    one.score()
    assert one.look() is None
    ended = trials.ended(shelf.store, "flow")
    assert ended is not None
    assert ended["reason"].startswith("it may not be promoted")
    assert versions.champion(shelf.store, "flow") == 1


PLACES = [name for name in NAMES if name.startswith(("promote.", "document."))]


@pytest.mark.parametrize("share", [0, 50, 100])
@pytest.mark.parametrize("place", [*PLACES, "rows"])
def test_a_server_that_dies_in_a_step_leaves_a_trial_that_the_next_one_ends(
    shelf: Shelf, server: Callable[..., Server], place: str, share: int
) -> None:
    begin(shelf, trial_of(share, rules=RULES))
    first = server(truth=BETTER)
    first.look()
    first.score()
    if place != "rows":  # otherwise it dies with what it counted
        arm(f"{place}=EIO")
        first.look()  # each fault is as good as a death here: nothing behind it is done
        arm("")
    second = server(truth=BETTER, since_s=first.after_s)
    second.look()
    while trials.running(shelf.store, "flow") is not None:
        second.score()
        second.look()
    assert versions.champion(shelf.store, "flow") == 2
    second.look()
    assert second.score() == {"2"}
    trail = promote.trail(shelf.store, "flow")
    assert trail[-1]["action"] == "canary promoted"
    served = [entry for entry in trail if entry["action"] == "promote" and "instead_of" not in entry]
    assert len({entry["version"] for entry in served}) == 1
