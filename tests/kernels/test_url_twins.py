"""The kernels of URLs equal their plain-Python twin on whatever comes in."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import numpy as np
from hypothesis import given, settings, strategies as st

from detectory.blocks.text import pack
from detectory.detectors.phishing.features import BRANDS, PHRASES, features
from detectory.detectors.phishing.parse import parse
from detectory.kernels.phrases import Phrases
from tests.kernels.hostile import anything, examples, near_names
from tests.kernels.twin_url.features import features_of, occurrences
from tests.kernels.twin_url.parse import parse_one

SCHEMES = ("", "", "http://", "HTTPS://", "//", "http:\\\\", "ftp://", "mailto://", "x:", "http:/")
HOSTS = (
    *("1.2.3.4", "1.2.3.04", "0x7f.1", "3232235777", "1.2.3.4.5", "[::1]", "[1::2::3]", "[::1%25eth0]"),
    *("%61.com", "www.com", "www.www.com", "a_b.com", "localhost", "paypa1.com", "b%C3%BCcher.de"),
    "xn--80ak6aa92e.com",
)
PORTS = ("", "", "", ":", ":80", ":0443", ":8080", ":65536", ":x", ":00")
PIECES = (
    *("/./", "/..", "%2e%2E/", "&amp;", "&amp;amp;", "&#10;", "&#38;", "&#x26;amp;", "&#65;", "#top", "%"),
    *("%zz", "%41", "%2f", "\t", "\r\n", "\x00", "ü", "\ufffd", "login", "paypal", "wp-content", "?", "//"),
)

users = st.one_of(st.just(""), st.text("ab:@%41;&", max_size=6).map("{}@".format))
hosts = st.one_of(near_names, near_names.map("www.{}".format), st.sampled_from(HOSTS))
pieces = st.one_of(
    st.text("abcXYZ019-._~/\\?#&=;%+@ ", max_size=10), st.sampled_from(PIECES), st.text(max_size=6)
)
anywhere = st.one_of(st.text(max_size=300), st.text("ab@:/?[].-%1", max_size=20))
urls = st.builds(
    lambda scheme, user, host, port, rest: scheme + user + host + port + "".join(rest),
    *(st.sampled_from(SCHEMES), users, hosts, st.sampled_from(PORTS), st.lists(pieces, max_size=8)),
)
values = st.one_of(urls, urls, urls.map(" {}\n".format), anything, st.none(), st.integers())


def parsed_rows(column: list[Any]) -> list[tuple[str, str, str] | str]:
    parsed = parse({"url": column})
    found: list[Any] = [None] * len(column)
    entities = zip(*(parsed.rows[key] for key in ("url", "domain", "suffix")), strict=True)
    for row, entity in zip(parsed.source.tolist(), entities, strict=True):
        found[row] = entity
    for rejected in parsed.rejected:
        found[rejected.row] = rejected.reason
    return found


def assert_features_equal(urls: list[str], suffixes: list[str], looks: list[str]) -> None:
    made = features({"url": urls, "suffix": suffixes, "look": looks})
    latin = ([text.encode().decode("latin-1") for text in column] for column in (urls, suffixes, looks))
    expected = [features_of(*row) for row in zip(*latin, strict=True)]
    dense = np.array([row[0] for row in expected], dtype=np.float32).reshape(made["dense"].shape)
    np.testing.assert_array_equal(made["dense"], dense)
    assert made["suffix_id"].tolist() == [row[1] for row in expected]
    assert made["host_ids"].tolist() == [row[2] for row in expected]
    assert made["rest_ids"].tolist() == [row[3] for row in expected]


@settings(max_examples=examples(100), deadline=None)
@given(st.lists(values, max_size=12))
def test_parse_equals_its_twin_on_hostile_text(column: list[Any]) -> None:
    assert parsed_rows(column) == [parse_one(value) for value in column]


@settings(max_examples=examples(60), deadline=None)
@given(st.lists(values, max_size=12))
def test_a_canonical_url_is_its_own_canonical_form(column: list[Any]) -> None:
    once = parse({"url": column}).rows
    again = parse({"url": list(once["url"])})
    assert again.rejected == []
    assert {name: list(again.rows[name]) for name in ("url", "domain", "suffix", "look")} == {
        name: list(once[name]) for name in ("url", "domain", "suffix", "look")
    }


@settings(max_examples=examples(40), deadline=None)
@given(st.lists(values, max_size=12))
def test_features_equal_their_twin_on_parsed_urls(column: list[Any]) -> None:
    rows = parse({"url": column}).rows
    assert_features_equal(*(list(rows[name]) for name in ("url", "suffix", "look")))


@settings(max_examples=examples(40), deadline=None)
@given(st.lists(st.tuples(anywhere, st.text("abc.", max_size=9), st.text(max_size=9)), max_size=6))
def test_features_equal_their_twin_on_what_no_parse_gives(rows: list[tuple[str, str, str]]) -> None:
    assert_features_equal(*(list(column) for column in zip(*rows, strict=True)) if rows else ([], [], []))


@settings(max_examples=examples(100), deadline=None)
@given(st.sets(st.text("ab", min_size=1, max_size=4), min_size=1, max_size=8), st.text("abc", max_size=40))
def test_phrases_are_counted_as_often_as_they_are_there(phrases: set[str], text: str) -> None:
    words = sorted(phrases)
    counted = Phrases([word.encode() for word in words]).counts(text.encode()).tolist()
    assert counted == [occurrences(text, word) for word in words]


def test_no_phrase_and_no_brand_is_there_twice() -> None:
    assert len(set(PHRASES)) == len(PHRASES)
    assert len(set(BRANDS)) == len(BRANDS)


def test_kernels_equal_their_twin_on_real_urls(mirror: Path) -> None:
    column: list[Any] = []
    for path in sorted((mirror / "phishing").glob("*.json.gz")):
        listed = json.loads(gzip.decompress(path.read_bytes()))
        column += listed[:: max(1, len(listed) // 60)]
    for path in sorted((mirror / "phishing").glob("*.csv.gz")):
        lines = gzip.decompress(path.read_bytes()).decode().splitlines()
        column += [line.split(",")[1 if "," in line else 0] for line in lines[:: max(1, len(lines) // 60)]]
    assert parsed_rows(column) == [parse_one(value) for value in column]
    rows = parse({"url": column}).rows
    assert_features_equal(*(list(rows[name]) for name in ("url", "suffix", "look")))
    assert pack(column).rows == len(column)
