"""phishing's features say what their names promise, whatever the URL's spelling."""

from __future__ import annotations

import pytest

from detectory.detectors.phishing.features import BY_REQUEST, DENSE, LETTERS, features
from detectory.detectors.phishing.parse import parse
from detectory.kernels import url_lexical
from detectory.kernels.columns import pack
from detectory.kernels.lexicon import Lexicon


def numbers(url: str) -> dict[str, float]:
    dense = features(parse({"url": [url]}).rows)["dense"]
    return dict(zip(DENSE, dense[0].tolist(), strict=True))


def test_no_two_columns_have_one_name() -> None:
    assert len(set(DENSE)) == len(DENSE)


def test_letters_are_those_of_the_url_in_utf_8_cut_and_padded() -> None:
    rows = {"url": ["a.com/ä", "b.com/" + "x" * 500]}
    short, long = BY_REQUEST["chars"](rows)
    assert bytes(short).rstrip(b"\0") == "a.com/ä".encode()
    assert bytes(long) == b"b.com/" + b"x" * (LETTERS - 6)
    assert [bytes(BY_REQUEST["chars"]({"url": [url]})) for url in rows["url"]] == [bytes(short), bytes(long)]


def test_parts_are_measured_apart() -> None:
    found = numbers("http://me@login.bank.example.co.uk:81/a/b/index.php?x=1&y=22")
    expected = {
        **{"host_length": 24, "domain_length": 7, "subdomain_length": 10, "suffix_length": 5},
        **{"subdomain_labels": 2, "path_length": 14, "query_length": 9, "depth": 3, "file_length": 9},
        **{"extension_length": 3, "userinfo": 1, "port": 1, "address": 0, "bare": 0, "slash_end": 0},
        **{"equals": 2, "ampersands": 1, "ats": 1, "query_digits": 3, "host_digits": 0},
        **{"says_login": 1, "says_bank": 1, "says_.php": 1, "words_of_path": 1, "length_of_name": 7},
    }
    assert {name: found[name] for name in expected} == expected


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("http://paypal.com/", ["brand_is_name"]),
        ("http://paypal-pay.com/", ["brand_in_name"]),
        ("http://paypal.com.example.net/", ["brand_in_subdomain"]),
        ("http://example.net/paypal/", ["brand_in_path"]),
        ("http://paypa1.com/", ["brand_look_alike"]),
        ("http://arnazon.example.net/", ["brand_look_alike"]),
        ("http://раураl.com/", ["brand_look_alike"]),
        ("http://example.net/", []),
    ],
)
def test_a_brand_is_told_by_where_it_stands(url: str, told: list[str]) -> None:
    assert [name for name, value in numbers(url).items() if name.startswith("brand") and value] == told


def test_an_address_and_an_encoded_host_are_told() -> None:
    assert numbers("http://0x7f.1/x")["address"] == 1
    assert numbers("http://bücher.de/")["encoded"] == 1
    assert numbers("http://bucher.de/")["encoded"] == 0


def test_columns_of_different_lengths_are_refused() -> None:
    words = url_lexical.Words(Lexicon([b"word"], [1]), [b"login"], [b"brand"])
    with pytest.raises(ValueError, match="2 URLs, 1 suffixes and 2 looks"):
        url_lexical.describe(pack(["a", "b"]), pack(["com"]), pack(["", ""]), words)


@pytest.mark.parametrize("phrases", [[b"a", b"a"], [b""]])
def test_a_phrase_that_is_empty_or_there_twice_is_refused(phrases: list[bytes]) -> None:
    with pytest.raises(ValueError, match="a phrase is empty, or there twice"):
        url_lexical.Words(Lexicon([b"word"], [1]), phrases, [b"brand"])
