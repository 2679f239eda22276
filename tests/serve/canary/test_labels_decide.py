"""The whole way: rows and labels over HTTP, and a champion by the labels of what two versions disagree on."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from msgspec.structs import replace

from detectory.ledger.database import Database
from detectory.ledger.keeper import Keeper
from detectory.ledger.review import queue
from detectory.registry import promote, trials, versions
from detectory.serve.app import create_app
from detectory.serve.canary.control import Control
from detectory.serve.canary.truths import Truths
from detectory.serve.watch import Watch
from detectory.settings import Canary, Serving
from tests.serve.canary.conftest import begin, trial_of
from tests.serve.conftest import asking
from tests.serve.shelf import Shelf

#: version 1 alerts above 300 bytes, version 2 above 450
BOTH, ONLY_CHAMPION = range(500, 560), range(310, 350)


def test_labels_where_the_two_disagree_make_a_champion(shelf: Shelf, tmp_path: Path) -> None:
    now, after_s = datetime.now(UTC), [0.0]
    rules = Canary(least_rows=50, least_s=1)
    begin(shelf, replace(trial_of(rules=rules), began=now, since=now, heard=now))
    database, predictor = Database(str(tmp_path / "ledger.db")), shelf.predictor()
    predictor.load()
    keeper = Keeper(database)
    ask = asking(create_app(predictor, serving=Serving(), version="0", keeper=keeper))
    watch = Watch(predictor, shelf.releases, every_s=1, try_out=lambda opened, trusted: None)
    control = Control(
        predictor,
        shelf.releases,
        truths=Truths(database),
        shadows=keeper.shadowed,
        now=lambda: now + timedelta(seconds=after_s[0]),
    )

    def turn() -> None:
        """Everybody is answered, everything is written, and the server looks at the store."""
        rows = [{"bytes": size} for size in (*BOTH, *ONLY_CHAMPION)]
        assert ask("POST", "/v1/detectors/flow/score", json={"rows": rows}).status_code == 200
        idle = predictor.trials["flow"].worker.do(lambda: None)
        assert idle is not None
        idle.result(timeout=10)
        keeper.flush()
        after_s[0] += 5
        control.look()

    watch.look()
    control.look()
    turn()
    for question in queue(database, "flow", kinds=("disagreed",), limit=100):
        given = {"prediction_id": question.prediction_id, "label": "usual"}
        assert ask("POST", "/v1/feedback", json=given).status_code == 201
    while trials.running(shelf.store, "flow") is not None:
        turn()

    assert versions.champion(shelf.store, "flow") == 2
    [promoted] = [one for one in promote.trail(shelf.store, "flow") if one["action"] == "promote"]
    assert promoted["reason"].startswith("of 40 labelled disagreements the challenger was right in 40")
    assert promoted["evidence"]["truth"]["champion"] == 0
    database.close()
