"""Text that nobody should send as a host name, and text that nearly is one."""

from __future__ import annotations

import os

from hypothesis import strategies as st

SOAK = os.environ.get("DETECTORY_SOAK") == "1"

SUFFIXES = (
    *("com", "uk", "co.uk", "ck", "www.ck", "kawasaki.jp", "city.kawasaki.jp", "github.io", "公司.cn"),
    *("xn--55qx5d.cn", "unheard", "s3.amazonaws.com", "compute.amazonaws.com", "123", "0x1"),
)

anything = st.text(st.characters(exclude_categories=()), max_size=40)
"""Every code point there is, halves of surrogates among them."""

labels = st.one_of(
    st.text("abcdefghijklmnopqrstuvwxyz0123456789-", max_size=12),
    st.sampled_from(["www", "google", "secure", "login", "paypal", "update", "a" * 63, "a" * 64, "-"]),
    st.text("abcXYZ019-._ :/@[]?#\x00\x7f", max_size=8),
    st.text("aüß食é💩\u200d\u0301。．İａ", max_size=8),
    st.text("abcdefz0123456789-", max_size=10).map("xn--".__add__),
    st.text("aüß食é", min_size=1, max_size=8).map(lambda text: "xn--" + text.encode("punycode").decode()),
)

near_names = st.builds(
    lambda parts, suffix, end: ".".join([*parts, suffix]) + end,
    st.lists(labels, min_size=0, max_size=6),
    st.sampled_from(SUFFIXES),
    st.sampled_from(["", "", "", ".", "..", ":80", "/x"]),
)

values = st.one_of(near_names, near_names, near_names.map(str.upper), anything, st.none(), st.floats())


def examples(few: int) -> int:
    """So many examples a run, and 120 times as many under ``DETECTORY_SOAK=1`` (make soak)."""
    return few * 120 if SOAK else few
