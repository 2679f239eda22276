"""Rows that belong to one entity are each answered, and in their places."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np

from detectory.schema import Parsed, Rejected
from detectory.serve.contract import Ask, Caller, Scored
from detectory.serve.instances import by_row


def scored(rows: list[str], records: list[dict[str, Any]], parsed: Parsed) -> Scored:
    scorer: Any = SimpleNamespace(parse=lambda rows: parsed)
    return Scored(Ask("hdfs", Caller("")), scorer, {"line": rows}, records)


def test_a_record_a_row_is_left_as_it_is() -> None:
    records = [{"score": 1}, {"score": 2}]

    assert by_row(scored(["a", "b"], records, None)) is records  # type: ignore[arg-type]


def test_every_row_of_an_entity_is_answered_with_what_the_entity_is() -> None:
    pairs = [(1, 0), (0, 1), (1, 3), (0, 4)]  # entity, row
    entity, source = (np.array(column) for column in zip(*pairs, strict=True))
    parsed = Parsed({"block": ["b0", "b1"]}, entity, source, [Rejected(2, "line", "no_block")])
    records = [{"block": "b1"}, {"block": "b0"}, {"error": "no_block"}]  # in the order of first rows

    found = by_row(scored(["b1", "b0", "?", "b1", "b0"], records, parsed))

    assert [record.get("block", "-") for record in found] == ["b1", "b0", "-", "b1", "b0"]
