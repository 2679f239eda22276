"""The kernels equal their plain-Python twin on whatever comes in."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import Any

import numpy as np
from hypothesis import given, settings, strategies as st

from detectory.detectors.dga.features import features
from detectory.detectors.dga.parse import parse
from tests.kernels.hostile import examples, values
from tests.kernels.twin_domain.parse import parse_one
from tests.kernels.twin_names import features_one

names = st.text("abcdefghijklmnopqrstuvwxyz0123456789-.", max_size=300)
word_names = st.lists(st.sampled_from(["fire", "fox", "the", "login", "7", "-", ".", "qz"]), max_size=90)


def parsed_rows(column: list[Any]) -> list[tuple[str, str, str] | str]:
    parsed = parse({"domain": column})
    found: list[Any] = [None] * len(column)
    entities = zip(*(parsed.rows[key] for key in ("domain", "name", "suffix")), strict=True)
    for row, entity in zip(parsed.source.tolist(), entities, strict=True):
        found[row] = entity
    for rejected in parsed.rejected:
        found[rejected.row] = rejected.reason
    return found


def assert_features_equal(cut: list[tuple[str, str]]) -> None:
    made = features({"name": [name for name, _ in cut], "suffix": [suffix for _, suffix in cut]})
    expected = [features_one(name, suffix) for name, suffix in cut]
    dense = np.array([row[0] for row in expected], dtype=np.float32).reshape(made["dense"].shape)
    np.testing.assert_array_equal(made["dense"], dense)
    assert made["suffix_id"].tolist() == [row[1] for row in expected]
    assert made["ids"].tolist() == [row[2] for row in expected]
    assert made["word_ids"].tolist() == [row[3] for row in expected]


@settings(max_examples=examples(150), deadline=None)
@given(st.lists(values, max_size=25))
def test_parse_equals_its_twin_on_hostile_text(column: list[Any]) -> None:
    assert parsed_rows(column) == [parse_one(value) for value in column]


@settings(max_examples=examples(60), deadline=None)
@given(
    st.lists(st.tuples(st.one_of(names, word_names.map("".join)), st.text("abc.", max_size=9)), max_size=20)
)
def test_features_equal_their_twin_on_any_name(cut: list[tuple[str, str]]) -> None:
    assert_features_equal(cut)


@settings(max_examples=examples(30), deadline=None)
@given(st.lists(st.text(st.characters(max_codepoint=127), max_size=300), max_size=8))
def test_features_equal_their_twin_on_bytes_that_no_name_has(texts: list[str]) -> None:
    assert_features_equal([(text, "") for text in texts])


def test_kernels_equal_their_twin_on_real_names(mirror: Path) -> None:
    column = []
    for path in sorted((mirror / "dga").glob("*/*.txt.gz")):
        lines = gzip.decompress(path.read_bytes()).decode("utf-8", "surrogateescape").split("\n")
        column += lines[:: max(1, len(lines) // 40)]
    found = parsed_rows(column)
    assert found == [parse_one(value) for value in column]
    assert_features_equal([(cut[1], cut[2]) for cut in found if isinstance(cut, tuple)])
