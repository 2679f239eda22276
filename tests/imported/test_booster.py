"""A booster becomes a graph that answers as XGBoost does, or is refused with the reason."""

from __future__ import annotations

import json
import re
from typing import Any

import numpy as np
import pytest
import xgboost

from detectory.errors import ModelUnfit, ModelUnreadable
from detectory.imported import booster, reader
from detectory.models import graph
from detectory.models.candidate import Head
from detectory.runtime import Head as Opened
from detectory.schema import Array
from tests.imported.conftest import CLASSES, DENSE, SUFFIX, Train, wish

Document = dict[str, Any]


def converted(theirs: xgboost.Booster, head: Head = "score") -> booster.Booster:
    return booster.booster_of(bytes(theirs.save_raw("json")), wish(head), where="booster.json")


@pytest.mark.parametrize(
    ("objective", "head"),
    [
        ("binary:logistic", "score"),
        ("binary:logitraw", "score"),
        ("multi:softprob", "family"),
        ("multi:softmax", "family"),
        ("reg:squarederror", "value"),
        ("reg:absoluteerror", "value"),
        ("reg:pseudohubererror", "value"),
        ("reg:quantileerror", "high"),
    ],
)
def test_its_graph_answers_what_xgboost_answers(
    objective: str, head: Head, train: Train, table: Array
) -> None:
    theirs = train(objective, **({"quantile_alpha": 0.9} if head == "high" else {}))
    answer = Opened(graph.to_bytes(converted(theirs, head).graph()), name="theirs").answer({"dense": table})
    margin = theirs.predict(xgboost.DMatrix(table), output_margin=True)
    np.testing.assert_allclose(answer, margin, rtol=1e-5, atol=1e-5)


def test_chances_are_those_that_xgboost_gives(train: Train, table: Array) -> None:
    theirs = train("binary:logistic")
    odds = Opened(graph.to_bytes(converted(theirs).graph()), name="theirs").answer({"dense": table})
    np.testing.assert_allclose(1 / (1 + np.exp(-odds)), theirs.predict(xgboost.DMatrix(table)), atol=1e-5)


def test_an_id_beside_the_columns_is_read_as_its_number(train: Train, table: Array) -> None:
    ids = np.arange(len(table), dtype=np.int64) % 7
    columns = np.hstack([table, ids[:, None].astype(np.float32)])
    theirs = train("binary:logistic", columns=columns)
    wanted = wish("score", DENSE, SUFFIX)
    found = booster.booster_of(bytes(theirs.save_raw("json")), wanted, where="booster.json")
    answer = Opened(graph.to_bytes(found.graph()), name="theirs").answer({"dense": table, "suffix_id": ids})
    margin = theirs.predict(xgboost.DMatrix(columns), output_margin=True)
    np.testing.assert_allclose(answer, margin, rtol=1e-5, atol=1e-5)


def test_what_explains_it_begins_at_its_base_score(train: Train) -> None:
    tables = converted(train("binary:logistic")).tables()
    said = {each.key: json.loads(each.value) for each in tables.metadata_props}
    assert said["widths"] == {"dense": 3}
    assert said["offset"] < -0.5


def test_rounds_after_the_best_one_are_left_out(train: Train) -> None:
    theirs = train("binary:logistic", rounds=6)
    theirs.set_attr(best_iteration="2")
    assert reader.opened(bytes(theirs.save_raw("ubj")), "booster.ubj").num_boosted_rounds() == 3


@pytest.mark.parametrize(
    ("objective", "head", "options", "why"),
    [
        ("binary:logistic", "value", {}, r"objective is binary:logistic; of the head 'value' it is reg:"),
        ("reg:gamma", "value", {}, "objective is reg:gamma"),
        ("multi:softprob", "score", {}, "objective is multi:softprob"),
        ("multi:softprob", "family", {"num_class": 4}, "tells 4 classes apart, and 3 are named"),
        ("binary:logistic", "score", {"booster": "dart"}, "booster is dart"),
        (
            "binary:logistic",
            "score",
            {"feature_names": ["length", "dots", "digits"]},
            "'dots' where .* 'digits'",
        ),
        ("multi:softprob", "family", {"multi_strategy": "multi_output_tree"}, "several outputs"),
    ],
)
def test_a_booster_of_another_sort_is_refused(
    objective: str, head: Head, options: dict[str, Any], why: str, train: Train
) -> None:
    with pytest.raises(ModelUnfit, match="cannot be the candidate 'theirs'") as caught:
        converted(train(objective, **options), head)
    assert re.search(why, caught.value.why)


def test_columns_of_another_number_are_counted_for_the_reader(train: Train, table: Array) -> None:
    with pytest.raises(ModelUnfit, match="theirs") as caught:
        converted(train("binary:logistic", columns=table[:, :2]))
    assert caught.value.why == "it was trained on 2 columns, and its inputs are 3 (dense 3)"


def grown_in_a_circle(tree: Document) -> None:
    tree["left_children"][1] = 0


def asking_beyond_the_table(tree: Document) -> None:
    tree["split_indices"][0] = 3


def without_a_number(tree: Document) -> None:
    tree["split_conditions"][0] = 1e300


def cut_short(tree: Document) -> None:
    tree["sum_hessian"].pop()


@pytest.mark.parametrize(
    ("harm", "why"),
    [
        (grown_in_a_circle, "no tree"),
        (asking_beyond_the_table, "column 3 of 3"),
        (without_a_number, "no finite number"),
        (cut_short, "several lengths"),
    ],
)
def test_trees_that_are_none_are_refused(harm: Any, why: str, train: Train) -> None:
    document = json.loads(bytes(train("binary:logistic").save_raw("json")))
    harm(document["learner"]["gradient_booster"]["model"]["trees"][0])
    with pytest.raises(ModelUnreadable, match=r"booster\.json") as caught:
        booster.booster_of(json.dumps(document).encode(), wish(), where="booster.json")
    assert why in caught.value.why


def test_a_file_that_ends_too_soon_is_refused(train: Train) -> None:
    whole = bytes(train("binary:logistic").save_raw("json"))
    with pytest.raises(ModelUnreadable, match=r"booster\.json") as caught:
        reader.opened(whole[: len(whole) // 2], "booster.json")
    assert caught.value.why.startswith("XGBoost cannot open it")


def test_the_classes_are_the_order_of_its_labels(train: Train) -> None:
    assert converted(train("multi:softprob"), "family").wanted.classes == CLASSES
