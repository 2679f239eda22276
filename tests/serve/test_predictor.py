"""Slots: starting, ready, failed."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from detectory.errors import NotReady, SignatureInvalid, UnknownDetector, UnknownVersion
from detectory.runtime import Scorer, golden_of
from detectory.serve.predictor import Predictor
from tests.serve import bundles


def test_a_detector_answers_after_its_golden_rows_are_reproduced(scorer: Scorer) -> None:
    predictor = Predictor({"dga": lambda: scorer})
    with pytest.raises(NotReady, match="not ready: dga"):
        predictor.scorer("dga")

    predictor.load()

    assert predictor.score("dga", {"domain": ["google.com"]}).label.tolist() == ["benign"]
    assert [state.golden_rows for state in predictor.ready()] == [3]
    assert predictor.waiting() == {}


def test_what_answers_keeps_nothing_that_only_opening_it_needed(dga_folder: Path, key: Path) -> None:
    opens = bundles.opener(dga_folder, key.with_suffix(".pub"))
    before, predictor = opens(), Predictor({"dga": opens})

    predictor.load()

    serving = predictor.scorer("dga")
    assert sorted(before.bundle.files.keys() - serving.bundle.files) == ["family.onnx", "score.onnx"]
    assert serving.score(bundles.GOLDEN).golden() == before.score(bundles.GOLDEN).golden()


@pytest.mark.parametrize("spoilt", ["log_odds", "label", "features"])
def test_other_golden_rows_than_judged_keep_it_out(
    tmp_path: Path, key: Path, scorer: Scorer, spoilt: str
) -> None:
    golden = golden_of(bundles.GOLDEN, scorer.score(bundles.GOLDEN), scorer.features(bundles.GOLDEN))
    golden[spoilt] = {
        "log_odds": [value + 0.01 for value in golden["log_odds"]],
        "label": ["gozi"] * 3,
        "features": {"dense": (np.array(golden["features"]["dense"]) + 1).tolist()},
    }[spoilt]
    opens = bundles.write_golden(tmp_path / "b", bundles.dga_files(), bundles.dga_heads(), golden, key)
    predictor = Predictor({"dga": opens})

    predictor.load()

    assert predictor.waiting()["dga"].startswith(
        "failed: E9004 the bundle does not reproduce its golden rows"
    )
    with pytest.raises(NotReady, match="E9004"):
        predictor.scorer("dga")


def test_an_untrusted_signature_fails_its_slot_and_no_other(
    dga_folder: Path, tmp_path: Path, scorer: Scorer
) -> None:
    opens = bundles.opener(dga_folder, tmp_path / "nobody.pub")
    with pytest.raises(SignatureInvalid, match="signature does not hold"):
        opens()
    predictor = Predictor({"other": opens, "dga": lambda: scorer})

    predictor.load()

    assert list(predictor.waiting()) == ["other"]
    assert predictor.scorer("dga") is scorer


def test_a_bug_while_opening_fails_the_slot_and_only_the_log_has_its_words(
    scorer: Scorer, caplog: pytest.LogCaptureFixture
) -> None:
    def broken() -> Scorer:
        raise ZeroDivisionError("/secret/path")

    predictor = Predictor({"broken": broken, "dga": lambda: scorer})
    with caplog.at_level(logging.ERROR):
        predictor.load()

    assert predictor.waiting() == {"broken": "failed: an error inside Detectory; the server's log has it"}
    assert "/secret/path" in caplog.text


def test_another_version_than_the_loaded_one_is_unknown(scorer: Scorer) -> None:
    predictor = Predictor({"dga": lambda: scorer})
    predictor.load()

    assert predictor.scorer("dga", version="1") is scorer
    with pytest.raises(UnknownVersion, match="has no version '2'"):
        predictor.scorer("dga", version="2")


def test_an_unknown_detector_is_answered_with_the_known_ones(scorer: Scorer) -> None:
    opens: Callable[[], Scorer] = lambda: scorer  # noqa: E731

    with pytest.raises(UnknownDetector, match="did you mean 'dga'"):
        Predictor({"dga": opens}).scorer("dag")
