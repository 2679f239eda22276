"""What every detector's folder must do, whoever wrote it: one suite over all of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings, strategies as st

from detectory import detectors
from detectory.detector import CONTRACT, Detector
from detectory.explain import add_reasons
from detectory.library import Workspace
from detectory.parts import Part
from detectory.runtime import Scorer, Scores, Values
from detectory.schema import Features, Parsed, Rows, length
from tests.toy.make import HERE

NAMES = [*detectors.names(), "toy", "late"]
ANYTHING = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(),
    st.binary(),
    st.lists(st.text(), max_size=2),
)


@pytest.fixture(params=NAMES)
def detector(request: pytest.FixtureRequest) -> Detector:
    return opened(request.param)


def opened(name: str) -> Detector:
    return detectors.load(name, HERE)


@pytest.fixture
def home(detector: Detector, made: Callable[[str], Workspace]) -> Workspace:
    """A workspace in which the detector was run."""
    return made(detector.name)


@pytest.fixture
def silver(home: Workspace, detector: Detector) -> pl.DataFrame:
    """Up to 300 rows that parse, evenly from all of them."""
    made = home.store.get(f"{detector.name}/silver", lineage(home, detector)["silver"])
    rows = pl.read_parquet(made.path("rows.parquet"))
    return rows.gather_every(max(rows.height // 300, 1))


def lineage(home: Workspace, detector: Detector) -> dict[str, str]:
    stages: dict[str, str] = scorer_of(home, detector).bundle.manifest.lineage["stages"]
    return stages


def scorer_of(home: Workspace, detector: Detector) -> Scorer:
    """The version that was made; what was made of synthetic rows never becomes champion."""
    return home.scorer(detector.name, "1")


def raw(rows: pl.DataFrame, detector: Detector) -> Rows:
    """The rows as a caller would send them."""
    return detector.spec.rows_of(rows.to_dict(as_series=False))


def parsed_of(rows: Rows, detector: Detector) -> Parsed:
    return detector.parse(rows, door=detector.spec.door_of(list(rows)))


def single(rows: Rows, at: int) -> Rows:
    return {name: [column[at]] for name, column in rows.items()}


def one_by_one(tensors: list[Features]) -> Features:
    return {name: np.concatenate([tensor[name] for tensor in tensors]) for name in tensors[0]}


def same(one: Features, other: Features) -> bool:
    return one.keys() == other.keys() and all(np.array_equal(one[name], other[name]) for name in one)


def test_every_file_defines_what_the_contract_asks(detector: Detector) -> None:
    for part in CONTRACT:
        assert detector.part(part)


def test_every_field_has_an_example_that_parses(detector: Detector) -> None:
    for name, door in detector.spec.doors.items():
        example = {field: [words.example] for field, words in door.fields.items()}
        parsed = detector.parse(example, door=name)
        assert length(parsed.rows) == 1
        assert parsed.rejected == []


def test_the_declared_parts_of_the_split_are_the_four(detector: Detector) -> None:
    assert set(detector.spec.split.parts) == {"train", "validation", "calibration", "test"}
    assert sum(detector.spec.split.parts.values()) == pytest.approx(1)


def test_a_batch_of_rows_equals_its_rows_one_by_one(detector: Detector, silver: pl.DataFrame) -> None:
    parsed = parsed_of(raw(silver, detector), detector)
    whole = detector.features(parsed.rows)
    singles = [detector.features(single(parsed.rows, row)) for row in range(silver.height)]
    assert same(whole, one_by_one(singles))


def test_what_parsed_once_parses_to_itself(detector: Detector, silver: pl.DataFrame) -> None:
    once = parsed_of(raw(silver, detector), detector)
    again = detector.spec.rows_of(once.rows)
    twice = detector.spec.rows_of(parsed_of(again, detector).rows)
    assert {name: list(column) for name, column in twice.items()} == {
        name: list(column) for name, column in again.items()
    }


def test_tensors_have_the_names_that_the_part_declares(detector: Detector, silver: pl.DataFrame) -> None:
    declared = detector.part("features").NAMES
    parsed = parsed_of(raw(silver, detector), detector)
    tensors = detector.features(parsed.rows)
    assert set(tensors) == set(declared)
    for name, columns in declared.items():
        assert len(tensors[name]) == silver.height
        assert not columns or tensors[name].reshape(silver.height, -1).shape[1] == len(columns)


@pytest.mark.parametrize("name", detectors.names())
def test_every_feature_has_words_for_analysts(name: str) -> None:
    detector = opened(name)
    part = detector.part("features")
    described = {field for door in detector.spec.doors.values() for field in door.fields}
    for tensor, columns in part.NAMES.items():
        assert {*(columns or [tensor])} <= {*getattr(part, "WORDS", {}), *described}


@pytest.mark.parametrize("name", NAMES)
@settings(max_examples=150, deadline=None)
@given(values=st.lists(ANYTHING, min_size=1, max_size=8))
def test_parse_answers_for_every_row_whatever_it_is(name: str, values: list[Any]) -> None:
    check_answers(opened(name), values)


def check_answers(detector: Detector, values: list[Any]) -> None:
    """Every row is an entity or rejected, and the features of an entity are finite."""
    for door, words in detector.spec.doors.items():
        parsed = detector.parse({field: values for field in words.fields}, door=door)
        answered = {*parsed.source.tolist(), *(item.row for item in parsed.rejected)}
        assert answered == set(range(len(values)))
        assert all(item.field in words.fields and item.reason for item in parsed.rejected)
        if length(parsed.rows):
            tensors = detector.features(parsed.rows)
            assert all(np.isfinite(tensor).all() for tensor in tensors.values())


def test_gold_holds_what_serving_computes(detector: Detector, home: Workspace) -> None:
    """But for tensors by request, which serving computes only if a head reads them."""
    part, scorer = judged_part(detector, home)
    told = scorer.features(raw(part.rows, detector))
    asked = getattr(detector.part("features").module, "BY_REQUEST", {})
    assert set(part.features()) - set(told) <= set(asked)
    assert same(part.features(told), told)


def test_the_served_score_is_the_judged_one_whatever_the_batch(detector: Detector, home: Workspace) -> None:
    part, scorer = judged_part(detector, home)
    rows = raw(part.rows, detector)
    whole = scorer.score(rows)
    singles = np.concatenate([scorer.score(single(rows, at)).level for at in range(length(rows))])
    assert (np.abs(whole.level - singles) <= 1e-5 * np.maximum(1, np.abs(singles))).all()


def test_a_score_alerts_above_the_threshold_and_a_value_lies_in_its_interval(
    detector: Detector, home: Workspace
) -> None:
    part, scorer = judged_part(detector, home)
    match scorer.score(raw(part.rows, detector)):
        case Scores() as told:
            assert told.log_odds[told.alert].min(initial=np.inf) > np.float32(scorer.threshold)
            assert set(told.label[~told.alert].tolist()) <= {detector.spec.label.negative}
        case Values() as told:
            assert ((told.low <= told.value) & (told.value <= told.high)).all()
            assert ((part.target >= told.low) & (part.target <= told.high)).mean() > 0.7


def judged_part(detector: Detector, home: Workspace) -> tuple[Part, Scorer]:
    """200 test rows with their gold, and the version that was judged on them."""
    stages = lineage(home, detector)
    silver, gold, split = (
        home.store.get(f"{detector.name}/{s}", stages[s]) for s in ("silver", "gold", "split")
    )
    rows = pl.read_parquet(silver.path("rows.parquet"))
    test = np.flatnonzero((pl.read_parquet(split.path("parts.parquet"))["part"] == "test").to_numpy())
    at = test[:: max(len(test) // 200, 1)]
    return Part(rows[at], at, gold), scorer_of(home, detector)


def test_every_answer_has_reasons_and_those_of_trees_add_up_to_it(
    detector: Detector, home: Workspace
) -> None:
    part, scorer = judged_part(detector, home)
    rows = raw(part.rows[:20], detector)
    answers = scorer.score(rows)
    records = answers.records(rows)
    add_reasons(records, answers, scorer)
    assert any(record["reasons"] for record in records)
    for reason in [reason for record in records for reason in record["reasons"]]:
        assert reason["says"].endswith(reason["unit"])
    if scorer.trees:
        total = scorer.trees.explain(scorer.features(rows)).added.sum(axis=1) + scorer.trees.expectation
        told = np.log(total) - np.log1p(-total) if scorer.trees.unit == "probability" else total
        np.testing.assert_allclose(told, answers.level, rtol=1e-5, atol=1e-4)


def test_the_golden_rows_are_reproduced(detector: Detector, home: Workspace) -> None:
    assert scorer_of(home, detector).check_golden() > 20


def test_no_row_of_a_run_is_lost(detector: Detector, home: Workspace) -> None:
    made = home.store.get(f"{detector.name}/silver", lineage(home, detector)["silver"]).facts
    assert made["read"] == made["good"] + made["duplicates"] + sum(made["rejected"].values())


def test_every_invariance_holds(detector: Detector, home: Workspace, silver: pl.DataFrame) -> None:
    scorer, rows = scorer_of(home, detector), raw(silver, detector)
    before = scorer.score(rows).level
    for check in detector.part("behaviour").invariances():
        changed = check.mutate(
            {name: list(column) for name, column in rows.items()}, np.random.default_rng(0)
        )
        assert np.array_equal(scorer.score(changed).level, before), check.name


def test_a_run_says_for_ever_what_it_was_made_of(detector: Detector, home: Workspace) -> None:
    lineage = scorer_of(home, detector).bundle.manifest.lineage
    assert set(lineage["origins"]) <= {"real", "generated", "synthetic"}
    assert lineage["complete"] == (lineage["sample"] == 1)
    assert any("mirror" in note for note in lineage["notes"])
