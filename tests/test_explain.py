"""Reasons: what a row's answer would be without each of its parts, by the very bundle that answered."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

import numpy as np
import pytest

from detectory import bundle
from detectory.errors import NotExplained
from detectory.explain import add_reasons
from detectory.runtime import Record, Scorer, open_scorer
from tests.serve.bundles import flow_files, flow_heads, linear

#: the toy of these tests: a row's log-odds are its number, and its parts are the ones and the tens
PARSE = """
import numpy as np
from detectory.schema import Parsed, Rejected, Without

def parse(rows, *, door):
    kept = [row for row, value in enumerate(rows["bytes"]) if value >= 0]
    refused = [Rejected(row, "bytes", "negative") for row, value in enumerate(rows["bytes"]) if value < 0]
    amounts = [rows["bytes"][row] for row in kept]
    return Parsed({"amount": amounts}, np.arange(len(kept)), np.array(kept, dtype=np.int64), refused)

def without_parts(rows):
    without = Without({"bytes": []})
    for entity, amount in enumerate(rows["amount"]):
        without.add(entity, "ones", str(amount % 10), {"bytes": amount - amount % 10})
        without.add(entity, "tens", str(amount // 10), {"bytes": amount % 10})
        without.add(entity, "all", str(amount), {"bytes": -1})
    return without
"""


def scorer_with(parse: str) -> Scorer:
    files = {**flow_files(), "score.onnx": linear(np.array([1.0])), "parse.py": parse.encode()}
    manifest = bundle.assemble(files, detector="flow", heads=flow_heads(), lineage={})
    digest = hashlib.sha256(parse.encode()).hexdigest()
    return open_scorer(bundle.Opened("here", digest, manifest, files), version="1")


@pytest.fixture
def explained() -> Callable[[list[int]], list[Record]]:
    scorer = scorer_with(PARSE)

    def of(values: list[int]) -> list[Record]:
        answers = scorer.score({"bytes": values})
        records = answers.records({"bytes": values})
        add_reasons(records, answers, scorer)
        return records

    return of


def reason(name: str, value: str, change: float, says: str) -> dict[str, object]:
    return {"name": name, "value": value, "change": change, "unit": "log-odds", "says": says}


def test_the_strongest_part_comes_first_with_what_it_is_worth(explained: Callable[..., list[Record]]) -> None:
    (record,) = explained([37])
    assert record["reasons"] == [
        reason("tens", "3", 30.0, "tens '3'; raises the score by 30.00 log-odds"),
        reason("ones", "7", 7.0, "ones '7'; raises the score by 7.00 log-odds"),
    ]


def test_a_row_that_parses_no_more_without_a_part_says_nothing_of_it(
    explained: Callable[..., list[Record]],
) -> None:
    assert "all" not in [reason["name"] for reason in explained([37])[0]["reasons"]]


def test_a_part_that_moves_nothing_is_no_reason(explained: Callable[..., list[Record]]) -> None:
    assert [reason["name"] for reason in explained([30])[0]["reasons"]] == ["tens"]


def test_a_rejected_row_has_none_and_the_others_keep_theirs(explained: Callable[..., list[Record]]) -> None:
    first, second, third = explained([20, -5, 4])
    assert [reason["name"] for reason in first["reasons"]] == ["tens"]
    assert second["reasons"] is None
    assert [reason["name"] for reason in third["reasons"]] == ["ones"]


def test_no_row_at_all_has_no_reasons(explained: Callable[..., list[Record]]) -> None:
    assert [record["reasons"] for record in explained([-1, -2])] == [None, None]


def test_a_detector_without_trees_and_parts_says_that_it_has_none() -> None:
    scorer = scorer_with(flow_files()["parse.py"].decode())
    answers = scorer.score({"bytes": [1]})
    with pytest.raises(NotExplained, match="'flow' gives no reasons"):
        add_reasons(answers.records({"bytes": [1]}), answers, scorer)
