"""During a trial a reason is told by the version that answered the row, and by nobody else."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from detectory.artifacts import Store
from detectory.serve.app import create_app
from detectory.serve.canary.beside import Beside
from detectory.serve.predictor import Predictor, Ready
from detectory.settings import Serving
from tests.serve.bundles import linear
from tests.serve.canary.conftest import trial_of
from tests.serve.conftest import Ask, asking
from tests.serve.shelf import Shelf
from tests.test_explain import PARSE

ROWS = {"rows": [{"bytes": 37}, {"bytes": -1}, {"bytes": 20}]}


@pytest.fixture
def shelf(tmp_path: Path, key: Path) -> Shelf:
    """Two versions whose log-odds are a row's number, and twice its number; both know its ones and tens."""
    shelf = Shelf(Store(tmp_path), key)
    for number in (1, 2):
        shelf.add(number, parse_py=PARSE.encode(), score_onnx=linear(np.array([float(number)])))
    shelf.promote(1)
    return shelf


def asked(shelf: Shelf, *, share: int) -> Ask:
    """An app in the midst of a trial."""
    predictor: Predictor = shelf.predictor()
    predictor.load()
    champion, challenger = predictor.scorer("flow"), shelf.scorer(2)
    predictor.slots["flow"].challenger = Ready(challenger, 2)
    predictor.trials["flow"] = Beside(
        trial_of(share=share), champion, challenger, shadows=lambda *_: None, patience_s=20
    )
    return asking(create_app(predictor, serving=Serving(), version="0"))


@pytest.mark.parametrize(("share", "version", "worth"), [(0, "1", 30), (100, "2", 60)])
def test_who_answered_says_why(shelf: Shelf, share: int, version: str, worth: float) -> None:
    answer = asked(shelf, share=share)("POST", "/v1/detectors/flow/explain", json=ROWS)
    first, refused, last = answer.json()["results"]
    assert (first["version"], first["reasons"][0]["change"]) == (version, worth)
    assert last["reasons"][0]["change"] == worth * 2 / 3
    assert refused["reasons"] is None


def test_a_version_that_is_asked_for_by_its_number_says_why_itself(shelf: Shelf) -> None:
    answer = asked(shelf, share=0)("POST", "/v1/detectors/flow/versions/2/explain", json=ROWS)
    assert answer.json()["results"][0]["reasons"][0]["change"] == 60
