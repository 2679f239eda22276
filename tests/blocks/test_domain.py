"""Host names: IDNA both ways and the public suffix list, against the libraries that know them."""

from __future__ import annotations

from importlib.resources import files

import idna
import pytest
from hypothesis import given, settings, strategies as st
from publicsuffixlist import PublicSuffixList

from detectory.blocks.domain import Refused, ascii_name, host_names
from tests.kernels.twin_domain.parse import suffix_rules

HOST_LABELS = st.text("abcdefghijklmnopqrstuvwxyz0123456789", min_size=1, max_size=5)
SUFFIX_LIST = PublicSuffixList()


@pytest.mark.parametrize("name", ["bücher.example", "ПРИМЕР.рф", "βόλος.com", "例え.テスト", "فارسی.com"])
def test_names_that_idna_2008_knows_are_encoded_as_it_says(name: str) -> None:
    assert ascii_name(name) == idna.encode(name, uts46=True).decode()


@pytest.mark.parametrize("name", ["bücher.example", "💩.ws", "食狮.公司.cn"])
def test_both_spellings_of_a_name_are_one(name: str) -> None:
    encoded = ascii_name(name)
    assert host_names([name]).domain == host_names([encoded]).domain == [encoded]


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("a\u200db.com", "bad_character"),  # a joiner with nothing to join
        ("\u0301a.com", "bad_character"),  # a combining mark first
        ("אa.com", "bad_character"),  # both directions in one label
        ("xn--99999999999.com", "bad_punycode"),
        ("xn--abc.com", "bad_punycode"),
        ("xn--BCHER-KVA".lower() + "-.com", "bad_punycode"),
    ],
)
def test_what_idna_refuses_is_refused(name: str, reason: str) -> None:
    with pytest.raises(Refused) as refused:
        ascii_name(name)
    assert refused.value.reason == reason


def test_the_vectors_of_the_public_suffix_list_hold() -> None:
    lines = files("publicsuffixlist").joinpath("test_psl.txt").read_text("utf-8").splitlines()
    calls = [line[len("checkPublicSuffix(") : -2] for line in lines if line.startswith("checkPublicSuffix(")]
    assert len(calls) > 60
    for domain, registered in (call.split(", ") for call in calls):
        if domain != "null":
            assert registrable(domain.strip("'")) == registered_name(registered)


def registrable(domain: str) -> str | None:
    """The public suffix and the label before it; None for what has none."""
    found = host_names([domain])
    return f"{found.name[0].rpartition('.')[2]}.{found.suffix[0]}" if found.domain else None


def registered_name(text: str) -> str | None:
    return None if text == "null" else ascii_name(text.strip("'"))


@settings(deadline=None)
@given(st.lists(HOST_LABELS, min_size=1, max_size=3), st.sampled_from(sorted(suffix_rules())))
def test_the_suffix_is_the_one_that_publicsuffixlist_finds(labels: list[str], rule: str) -> None:
    domain = ".".join([*labels, rule.lstrip("*!.")])
    found = host_names([domain])
    expected = SUFFIX_LIST.publicsuffix(domain)
    assert found.suffix == ([] if expected == domain else [expected])
