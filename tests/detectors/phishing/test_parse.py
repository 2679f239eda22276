"""phishing's parse: every value is a canonical URL or rejected with a documented reason."""

from __future__ import annotations

from typing import Any

import pytest

from detectory.detectors.phishing.parse import REASONS, parse

SAME = {
    "example.com": [
        "example.com",
        "http://example.com/",
        "HTTPS://WWW.Example.COM:443/#top",
        "http://www.example.com.:80?",
        "//example.com",
        "http:\\\\example.com\\",
        " \thttp://exam\nple.com/.\r\n",
        "ftp://%65xample.com/a/..",
    ],
    "example.com/a?b=c&d": [
        "https://example.com/./x/../a?b=c&d#e",
        "example.com/%61?b=%63&amp;d",
        "example.com/a?b=c&amp;amp;d",
        "example.com/a?b=c&#38;d&#10;",
    ],
    "example.com/%2F%20%C3%BC": ["example.com/%2f ü", "example.com/%2F%20%c3%bc"],
    "me:x@example.com:8080/~me": ["http://me:x@example.com:08080/%7Eme"],
    "xn--bcher-kva.example": ["http://www.bücher.example/", "http://B%C3%9CCHER。example"],
    "127.0.0.1": ["http://127.0.0.1/", "http://0x7f.1", "http://2130706433/", "http://0177.0.0.01"],
    "[2001:db8::1]:81/x": ["http://[2001:0DB8:0:0:0:0:0:1]:81/x"],
    "blogspot.com": ["http://blogspot.com/"],
    "under_score.example.com": ["http://under_score.example.com/"],
}

INVALID: list[tuple[Any, str]] = [
    (None, "not_text"),
    (7, "not_text"),
    (b"http://a.com", "not_text"),
    ("", "empty"),
    ("http://", "empty"),
    ("http:///?x", "empty"),
    ("\ud800.com", "bad_character"),
    ("http://a b.com", "bad_character"),
    ("http://a℀b.com", "bad_character"),
    ("http://a\ufffd.com", "bad_character"),
    ("mailto://me@a.com", "other_scheme"),
    ("javascript://a.com/%0aalert(1)", "other_scheme"),
    ("http://a.com:x/", "bad_port"),
    ("http://a.com:65536/", "bad_port"),
    ("http://localhost/", "bare_name"),
    ("http://a..com", "empty_label"),
    ("http://.a.com", "empty_label"),
    ("http://a.com。。", "empty_label"),
    ("http://" + "a" * 64 + ".com", "label_too_long"),
    ("http://" + "a." * 127 + "com", "too_long"),
    ("http://a.com/" + "a" * 8192, "too_long"),
    ("http://a.com/" + " x" * 3000, "too_long"),
    ("http://xn--zzzzzz.com", "bad_punycode"),
    ("http://1.2.3.4.5/", "bad_address"),
    ("http://1.2.3.256/", "bad_address"),
    ("http://[1::2::3]/", "bad_address"),
    ("http://[fe80::1/", "bad_address"),
]


@pytest.mark.parametrize(("canonical", "spellings"), SAME.items())
def test_every_spelling_of_a_url_is_one_url(canonical: str, spellings: list[str]) -> None:
    assert parse({"url": [*spellings, canonical]}).rows["url"] == [canonical] * (len(spellings) + 1)


@pytest.mark.parametrize(("value", "reason"), INVALID, ids=lambda value: repr(value)[:30])
def test_what_is_no_url_is_rejected_with_a_reason(value: Any, reason: str) -> None:
    assert [item.reason for item in parse({"url": [value]}).rejected] == [reason]


def test_every_documented_reason_occurs() -> None:
    assert {reason for _, reason in INVALID} == set(REASONS)


def test_a_url_is_cut_at_its_registered_domain_and_its_suffix() -> None:
    rows = parse({"url": ["http://a.b.co.uk/x", "http://me.github.io", "1.2.3.4/x", "http://co.uk"]}).rows
    assert rows["domain"] == ["b.co.uk", "me.github.io", "1.2.3.4", "co.uk"]
    assert rows["suffix"] == ["co.uk", "github.io", "", "uk"]


def test_what_was_mended_is_said() -> None:
    values = ["a.com/x", " a.com/x", "a.com/?a&amp;b", "a.com/{}", " a.com/ü&amp;"]
    assert parse({"url": values}).rows["mended"] == [
        "",
        "blanks",
        "entity",
        "encoded",
        "blanks entity encoded",
    ]


def test_a_host_of_another_script_is_told_by_what_it_looks_like() -> None:
    values = ["http://раураl.com/", "http://bücher.de/", "http://paypal.com/"]
    assert parse({"url": values}).rows["look"] == ["paypal.com", "bucher.de", ""]
