"""One-hot columns: known, rare and unseen, the same in Python and in the graph."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, strategies as st

from detectory.models import graph
from detectory.models.onehot import OneHot
from tests.models.conftest import Ask

IDS = np.repeat([11, 22, 33, 44, 55], [9, 6, 6, 2, 1])


def test_the_commonest_ids_have_columns_of_their_own_and_the_rest_share_one() -> None:
    encoder = OneHot.fit(IDS, at_least=5, at_most=2)
    assert encoder.frequent.tolist() == [11, 22]
    assert encoder.rare.tolist() == [33, 44]
    assert encoder.columns(np.array([11, 22, 33, 44])).tolist() == [0, 1, 2, 2]


def test_an_id_met_once_stands_for_the_unseen_so_that_training_has_some() -> None:
    encoder = OneHot.fit(IDS, at_least=5)
    unseen = encoder.width - 1
    assert encoder.columns(np.array([55, 66, 0, 2**63 - 1])).tolist() == [unseen] * 4


def test_an_id_below_the_count_gets_no_column_though_there_is_room() -> None:
    assert OneHot.fit(IDS, at_least=7).frequent.tolist() == [11]


@pytest.mark.parametrize("ids", [IDS, np.arange(50), np.zeros(9, dtype=np.int64)])
def test_the_graph_encodes_as_python_does(ids: np.ndarray, ask: Ask) -> None:
    encoder = OneHot.fit(ids, at_least=5)
    part = encoder.part("suffix_id").then("Identity", graph.OUTPUT)
    asked = {"suffix_id": np.concatenate([ids, [77, 0, 2**63 - 1]])}
    model = graph.build(part, inputs=graph.inputs_of(asked), head="family", classes=encoder.width)
    np.testing.assert_array_equal(ask(model, asked), encoder.encode(asked["suffix_id"]))


@given(st.lists(st.integers(0, 40), min_size=1), st.integers(0, 2**63 - 1))
def test_every_id_has_exactly_one_column(ids: list[int], stranger: int) -> None:
    encoder = OneHot.fit(np.array(ids), at_least=3, at_most=4)
    encoded = encoder.encode(np.array([*ids, stranger]))
    assert encoded.shape == (len(ids) + 1, encoder.width)
    assert (encoded.sum(axis=1) == 1).all()
