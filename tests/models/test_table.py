"""Columns that are encoded further: worked out beforehand where one category is all there is."""

from __future__ import annotations

import numpy as np
import pytest

from detectory.models import graph
from detectory.models.table import Table
from detectory.schema import Features
from tests.models.conftest import Ask


@pytest.mark.parametrize(("names", "looked_up"), [(["suffix_id"], True), (["dense", "suffix_id"], False)])
def test_what_is_made_of_the_columns_is_the_same_looked_up(
    names: list[str], looked_up: bool, features: Features, extremes: Features, ask: Ask
) -> None:
    read = {name: features[name] for name in names}
    table = Table.fit(read)
    part = table.through(lambda columns: columns.then("Neg", "less")).then("Identity", graph.OUTPUT)
    width = sum(table.widths(graph.inputs_of(read)).values())
    model = graph.build(part, inputs=graph.inputs_of(read), head="family", classes=width)
    assert bool(graph.fixed(model)) == looked_up
    for rows in (features, extremes):
        asked = {name: rows[name] for name in names}
        np.testing.assert_array_equal(ask(model, asked), -table.encode(asked))
