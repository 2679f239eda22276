"""dga's parse: every value is a canonical name or rejected with a documented reason."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from detectory.detectors.dga.parse import REASONS, parse
from tests.kernels.hostile import examples, values

VALID = {
    "google.co.uk": ("google.co.uk", "google", "co.uk"),
    "WWW.Google.CO.UK.": ("www.google.co.uk", "www.google", "co.uk"),
    "me.github.io": ("me.github.io", "me", "github.io"),
    "a.unheard": ("a.unheard", "a", "unheard"),
    "www.ck": ("www.ck", "www", "ck"),
    "a.x.ck": ("a.x.ck", "a", "x.ck"),
    "city.kawasaki.jp": ("city.kawasaki.jp", "city", "kawasaki.jp"),
    "b.foo.kawasaki.jp": ("b.foo.kawasaki.jp", "b", "foo.kawasaki.jp"),
    "r3---sn-abc.googlevideo.com": ("r3---sn-abc.googlevideo.com", "r3---sn-abc.googlevideo", "com"),
    "bücher.example": ("xn--bcher-kva.example", "xn--bcher-kva", "example"),
    "XN--BCHER-KVA.example": ("xn--bcher-kva.example", "xn--bcher-kva", "example"),
    "faß.de": ("xn--fa-hia.de", "xn--fa-hia", "de"),
    "食狮.公司.cn": ("xn--85x722f.xn--55qx5d.cn", "xn--85x722f", "xn--55qx5d.cn"),
    "ＧＯＯＧＬＥ。com": ("google.com", "google", "com"),
    "💩.ws": ("xn--ls8h.ws", "xn--ls8h", "ws"),
    "xn--ls8h.ws": ("xn--ls8h.ws", "xn--ls8h", "ws"),
    "раураl.com": ("xn--l-7sba6dbr.com", "xn--l-7sba6dbr", "com"),
    ("a" * 63 + ".") * 3 + "a" * 57 + ".com": (
        ("a" * 63 + ".") * 3 + "a" * 57 + ".com",
        ("a" * 63 + ".") * 3 + "a" * 57,
        "com",
    ),
}

INVALID: list[tuple[Any, str]] = [
    (None, "not_text"),
    (3, "not_text"),
    (float("nan"), "not_text"),
    (b"a.com", "not_text"),
    ("", "empty"),
    (".", "empty"),
    ("\u00ad", "empty"),
    ("a b.com", "bad_character"),
    (" a.com", "bad_character"),
    ("a_b.com", "bad_character"),
    ("a\0b.com", "bad_character"),
    ("a\n.com", "bad_character"),
    ("\ud800.com", "bad_character"),
    ("a\u200db.com", "bad_character"),
    ("http://example.com/", "url"),
    ("example.com/path", "url"),
    ("http://bücher.example", "url"),
    ("someone@example.com", "url"),
    ("example.com:8080", "url"),
    ("1.2.3.4", "ip_address"),
    ("1.2.3.4.", "ip_address"),
    ("256.300.1.2", "ip_address"),
    ("[::1]", "ip_address"),
    ("2001:db8::1", "ip_address"),
    ("name.123", "ip_address"),
    (("a" * 63 + ".") * 3 + "a" * 58 + ".com", "too_long"),
    ("a" * 10_000_000, "too_long"),
    ("食" * 10_000, "too_long"),
    ("a" * 64 + ".com", "label_too_long"),
    ("ü" * 60 + ".com", "label_too_long"),
    ("a..b", "empty_label"),
    (".a.b", "empty_label"),
    ("a.com..", "empty_label"),
    ("-a.com", "bad_hyphen"),
    ("a-.com", "bad_hyphen"),
    ("com", "bare_suffix"),
    ("co.uk", "bare_suffix"),
    ("github.io", "bare_suffix"),
    ("公司.cn", "bare_suffix"),
    ("x.ck", "bare_suffix"),
    ("localhost", "bare_suffix"),
    ("xn--zzzz.com", "bad_punycode"),
    ("xn--a.com", "bad_punycode"),
]


@pytest.mark.parametrize(("value", "expected"), VALID.items(), ids=lambda value: ascii(value)[:30])
def test_a_name_is_brought_to_one_form_and_cut_at_its_suffix(value: str, expected: tuple[str, ...]) -> None:
    rows = parse({"domain": [value]}).rows
    assert (rows["domain"][0], rows["name"][0], rows["suffix"][0]) == expected


@pytest.mark.parametrize(("value", "reason"), INVALID, ids=lambda value: ascii(value)[:30])
def test_what_is_no_name_is_rejected_with_a_documented_reason(value: object, reason: str) -> None:
    parsed = parse({"domain": [value]})
    assert [tuple(row) for row in parsed.rejected] == [(0, "domain", reason)]
    assert REASONS[reason]


def test_every_documented_reason_has_an_example_here() -> None:
    assert {reason for _, reason in INVALID} == set(REASONS)


def test_entities_say_which_rows_they_came_from() -> None:
    parsed = parse({"domain": ["", "bücher.example", "a b", "a.com"]})
    assert parsed.source.tolist() == [1, 3]
    assert parsed.entity.tolist() == [0, 1]
    assert [row.row for row in parsed.rejected] == [0, 2]


def test_no_rows_are_no_entities() -> None:
    parsed = parse({"domain": []})
    assert (len(parsed.rows["domain"]), len(parsed.source), parsed.rejected) == (0, 0, [])


def test_numpy_columns_of_any_kind_parse_like_lists() -> None:
    for column in (np.array(["A.com", "b.org"]), np.array(["A.com", "b.org"], dtype=object)):
        assert parse({"domain": column}).rows["domain"] == ["a.com", "b.org"]
    assert [row.reason for row in parse({"domain": np.array([1.0, np.nan])}).rejected] == ["not_text"] * 2


@settings(max_examples=examples(60), deadline=None)
@given(st.lists(values, max_size=20))
def test_parse_is_total_and_a_batch_equals_its_rows_one_by_one(column: list[Any]) -> None:
    parsed = parse({"domain": column})
    assert len(parsed.source) + len(parsed.rejected) == len(column)
    singles = [parse({"domain": [value]}) for value in column]
    for key, whole in parsed.rows.items():
        assert list(whole) == [text for single in singles for text in single.rows[key]]
    assert [row.reason for row in parsed.rejected] == [row.reason for one in singles for row in one.rejected]


@settings(max_examples=examples(60), deadline=None)
@given(st.lists(values, max_size=20))
def test_a_parsed_name_parses_to_itself(column: list[Any]) -> None:
    once = parse({"domain": column}).rows
    assert parse({"domain": once["domain"]}).rows == once
