"""What labels say of the versions that answer, among the numbers of the server."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from prometheus_client import CollectorRegistry, generate_latest

from detectory.errors import LedgerAway
from detectory.ledger.database import Database
from detectory.ledger.keeper import Keeper
from detectory.metrics import Interval
from detectory.runtime import Scorer
from detectory.serve.app import create_app
from detectory.serve.predictor import Predictor
from detectory.serve.quality import Quality, told_by
from detectory.settings import Serving
from tests.serve.conftest import asking


@dataclass(frozen=True)
class Told:
    """What labels say."""

    labels: int
    precision: Interval | None = None
    recall: Interval | None = None


def numbers(quality: Quality) -> dict[str, float]:
    registry = CollectorRegistry()
    registry.register(quality)
    lines = generate_latest(registry).decode().splitlines()
    return {name: float(value) for name, _, value in (one.rpartition(" ") for one in lines if one[0] != "#")}


def test_every_loaded_version_has_its_figures_and_none_where_there_are_no_data(predictor: Predictor) -> None:
    def told(scorer: Scorer) -> Told:
        precise = Interval(0.9, 0.8, 0.95)
        return Told(40, precise, Interval(0.5, math.nan, math.nan)) if scorer.spec.name == "dga" else Told(0)

    quality = Quality(predictor, told)
    assert numbers(quality) == {}
    quality.look()
    dga, flow = 'detector="dga"', 'detector="flow"'
    assert numbers(quality) == {
        f'detectory_labels{{{dga},version="1"}}': 40,
        f'detectory_labels{{{flow},version="1"}}': 0,
        f'detectory_model_quality{{{dga},metric="precision",version="1"}}': 0.9,
        f'detectory_model_quality_low{{{dga},metric="precision",version="1"}}': 0.8,
        f'detectory_model_quality_high{{{dga},metric="precision",version="1"}}': 0.95,
        f'detectory_model_quality{{{dga},metric="recall",version="1"}}': 0.5,
    }


def test_labels_that_came_in_become_the_precision_of_a_version(predictor: Predictor, tmp_path: Path) -> None:
    keeper = Keeper(Database(str(tmp_path / "ledger.db")))
    ask = asking(create_app(predictor, serving=Serving(), version="0", keeper=keeper))
    names = [f"x{number}y2z3w4.com" for number in range(4)]
    answer = ask("POST", "/v1/detectors/dga/score", json={"rows": [{"domain": name} for name in names]})
    for record, label in zip(answer.json()["results"], ("gozi", "gozi", "gozi", "benign"), strict=True):
        assert record["alert"]
        body = {"prediction_id": record["prediction_id"], "label": label}
        assert ask("POST", "/v1/feedback", json=body).status_code == 201

    quality = Quality(predictor, told_by(keeper.database))
    quality.look()
    found = numbers(quality)
    keeper.stop()
    assert found['detectory_labels{detector="dga",version="1"}'] == 4
    assert found['detectory_model_quality{detector="dga",metric="precision",version="1"}'] == 0.75
    assert 'detectory_model_quality{detector="dga",metric="recall",version="1"}' not in found


def test_while_the_ledger_is_away_the_figures_stay(predictor: Predictor) -> None:
    answers: list[Callable[[], Told]] = [lambda: Told(1), lambda: Told(2)]

    def told(scorer: Scorer) -> Told:
        if not answers:
            raise LedgerAway("ledger.db", reason="it is locked")
        return answers.pop(0)()

    quality = Quality(predictor, told)
    quality.look()
    before = numbers(quality)
    quality.look()
    assert numbers(quality) == before
    assert sorted(before.values()) == [1, 2]
