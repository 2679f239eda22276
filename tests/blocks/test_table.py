"""Columns of anything: numbers, words, ids."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, strategies as st

from detectory.blocks import table
from detectory.detectors.dga.features import features

ANYTHING = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(), st.binary())


@given(st.lists(ANYTHING, max_size=20))
def test_every_value_is_a_finite_number_or_missing_or_wrong(values: list[Any]) -> None:
    found, wrong = table.numbers(values)
    assert len(found) == len(wrong) == len(values)
    assert not np.isinf(found).any()
    assert np.isnan(found[wrong]).all()


@given(st.lists(st.one_of(st.none(), st.integers(), st.floats(), st.sampled_from([1e300, -1e300, 10**400]))))
def test_a_column_of_plain_numbers_is_what_its_cells_are_beside_text(values: list[Any]) -> None:
    found, wrong = table.numbers(values)
    beside, wrong_beside = table.numbers([*values, "text"])
    np.testing.assert_array_equal(found, beside[:-1])
    np.testing.assert_array_equal(wrong, wrong_beside[:-1])


@pytest.mark.parametrize("kind", [np.float32, np.float64, np.int64, np.uint8])
def test_columns_that_are_arrays_are_what_their_cells_are(kind: type) -> None:
    columns = np.arange(6, dtype=kind).reshape(2, 3)
    found, wrong = table.numbers(table.together(columns))
    assert found.tolist() == table.numbers(table.together(columns.tolist()))[0].tolist()
    assert not wrong.any()


def test_an_array_with_an_infinity_has_a_wrong_cell() -> None:
    found, wrong = table.numbers(np.array([1.0, np.inf, np.nan]))
    assert wrong.tolist() == [False, True, False]
    np.testing.assert_array_equal(found, [1.0, np.nan, np.nan])


@given(st.lists(ANYTHING, max_size=20))
def test_every_value_is_a_word_or_wrong(values: list[Any]) -> None:
    found, wrong = table.texts(values)
    assert all(type(word) is str for word in found)
    assert all(word == "" for word, is_wrong in zip(found, wrong, strict=True) if is_wrong)


@pytest.mark.parametrize("value", ["7", " 7 ", "7.0", "7e0", "+7", 7, 7.0, np.int64(7), np.float32(7)])
def test_a_number_is_the_same_however_it_is_spelled(value: Any) -> None:
    assert table.numbers([value])[0].tolist() == [7.0]


@pytest.mark.parametrize("value", ["1_000", "seven", "inf", "-Infinity", "1e999", True, [7], b"7", 10**400])
def test_what_is_no_number_is_wrong_and_not_guessed(value: Any) -> None:
    found, wrong = table.numbers([value])
    assert wrong.tolist() == [True]
    assert np.isnan(found).all()


@pytest.mark.parametrize("value", [None, "", "  ", "-", "NaN", "NULL", float("nan")])
def test_what_is_not_said_is_missing_and_not_wrong(value: Any) -> None:
    found, wrong = table.numbers([value])
    assert wrong.tolist() == [False]
    assert np.isnan(found).all()
    assert table.texts([value])[0] == [""]


def test_a_table_may_spell_missing_otherwise() -> None:
    column = ["Infinity", "-", float("inf"), float("-inf"), 1e301]
    found, wrong = table.numbers(column, missing={"infinity", "inf"})
    assert wrong.tolist() == [False, True, False, True, True]
    assert np.isnan(found).all()


def test_an_id_is_the_one_that_the_kernels_give() -> None:
    made = features({"domain": ["a.co.uk"], "name": ["a"], "suffix": ["co.uk"]})
    assert table.ids(["co.uk"]).tolist() == made["suffix_id"].tolist()


def test_an_id_does_not_depend_on_what_was_asked_before() -> None:
    many = [str(number) for number in range(70_000)]
    first = table.ids(["tcp"])
    assert len(set(table.ids(many).tolist())) == len(many)
    assert np.array_equal(table.ids(["tcp"]), first)


def test_a_number_too_long_to_be_spelled_is_no_word() -> None:
    found, wrong = table.texts([10**5_000, -(10**5_000), 12])
    assert (found, wrong.tolist()) == (["", "", "12"], [True, True, False])
