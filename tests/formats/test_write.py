"""Writing records: JSON lines, and CSV that no spreadsheet runs."""

import csv
import io
import json

import pytest
from hypothesis import given, strategies as st

from detectory.formats.write import FORMULA, Csv, JsonLines


def test_nan_becomes_null() -> None:
    out = io.BytesIO()
    JsonLines(out).write([{"score": float("nan"), "domain": "bücher.de"}])
    assert json.loads(out.getvalue()) == {"score": None, "domain": "bücher.de"}


def test_each_record_is_a_line() -> None:
    out = io.BytesIO()
    JsonLines(out).write([{"a": "x\ny"}, {"a": 2}])
    assert out.getvalue().count(b"\n") == 2


def written(value: object) -> str:
    out = io.BytesIO()
    Csv(out, ["value", "end"]).write([{"value": value, "end": 1}])
    [row] = csv.DictReader(io.StringIO(out.getvalue().decode(), newline=""))
    return row["value"]


@pytest.mark.parametrize("formula", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_a_formula_gets_an_apostrophe(formula: str) -> None:
    assert written(formula) == f"'{formula}"


@pytest.mark.parametrize(
    ("value", "text"), [(-1.5, "-1.5"), (True, "true"), (None, ""), ([1, 2], "[1,2]"), ("a,b", "a,b")]
)
def test_what_is_no_formula_is_written_as_it_is(value: object, text: str) -> None:
    assert written(value) == text


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_no_text_becomes_a_formula_and_none_is_lost(text: str) -> None:
    found = written(text)
    assert not found.startswith(FORMULA)
    assert found.removeprefix("'") == text or found == text
