"""The graph of a net: few nodes for a row, and the answers of Python."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from detectory.models import graph
from detectory.models.candidate import Value
from detectory.schema import Features
from tests import needs
from tests.models.conftest import Ask
from tests.models.nets.conftest import Fit

needs.library("torch", extra="deep")

LAYERS: list[dict[str, Value]] = [
    {"kernel_sizes": "2-3", "convolutions": "parallel"},
    {"kernel_sizes": "3-1-2", "filters": "3-4-5"},
    {"kernel_sizes": "3-2", "filters": "5-4", "convolutions": "stacked"},
    {"kernel_sizes": 2, "hidden": ""},
]


@pytest.mark.parametrize("layers", LAYERS, ids=str)
def test_it_answers_as_python_does(
    layers: dict[str, Value], fit: Fit, features: Features, extremes: Features, ask: Ask
) -> None:
    net = fit("charcnn", epochs=1, **layers)
    for rows in (features, extremes):
        np.testing.assert_allclose(ask(net.graph(), rows), net.answer(rows), rtol=0, atol=1e-5)


def test_convolutions_side_by_side_are_one_and_the_rows_of_a_category_are_looked_up(fit: Fit) -> None:
    model = graph.worked_out(fit("charcnn", epochs=1, kernel_sizes="2-3-4", filters=6).graph())
    counted = Counter(node.op_type for node in model.graph.node)
    assert (counted["Conv"], counted["ReduceMax"], counted["OneHot"], counted["Concat"]) == (1, 2, 0, 0)
