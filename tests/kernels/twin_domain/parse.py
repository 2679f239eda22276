"""The plain-Python twin of the kernel ``hosts``: a name as somebody sent it, cut at its public suffix.

Written apart from the kernels, from the same rules, one name at a time in one loop. It is also what
``benchmarks/parse_and_features.py`` measures against.
"""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files

from detectory.blocks.domain import Refused, ascii_name

HOST = re.compile(r"[A-Za-z0-9.\-]*", re.ASCII)
IPV6 = re.compile(r"[0-9A-Fa-f.]*:[0-9A-Fa-f.]*:[0-9A-Fa-f.:]*", re.ASCII)


@cache
def suffix_rules() -> frozenset[str]:
    """The lines of the public suffix list, in A-labels, ``*.`` and ``!`` left on."""
    lines = files("publicsuffixlist").joinpath("public_suffix_list.dat").read_text("utf-8").splitlines()
    rules = [line.split()[0] for line in lines if line and not line.startswith("//")]
    return frozenset(rule if rule.isascii() else ascii_name(rule) for rule in rules)


def parse_one(value: object) -> tuple[str, str, str] | str:
    """``(domain, name, suffix)``, or the reason there is none."""
    if not isinstance(value, str):
        return "not_text"
    try:
        size = len(value.encode())
    except UnicodeEncodeError:
        return "bad_character"
    fault = text_fault(value)
    if fault:
        return fault
    if value.isascii() and "xn--" not in value.lower():
        return canonical(value.lower())
    if not value.isascii() and size > 1024:
        return "too_long"
    return foreign(value)


def foreign(value: str) -> tuple[str, str, str] | str:
    if value.isascii():
        plain = canonical(value.lower())
        if isinstance(plain, str):
            return plain
    try:
        text = ascii_name(value)
    except Refused as refused:
        return refused.reason
    return text_fault(text) or canonical(text.lower())


def text_fault(value: str) -> str:
    if not value:
        return "empty"
    if not value.isascii() and not set(value) & set("[/@?#:"):
        return ""
    if HOST.fullmatch(value):
        return ""
    if value[0] == "[":
        return "ip_address"
    if set(value) & set("/@?#"):
        return "url"
    if ":" in value:
        return "ip_address" if IPV6.fullmatch(value) else "url"
    return "bad_character" if value.isascii() else ""


def canonical(text: str) -> tuple[str, str, str] | str:
    text = text.removesuffix(".")
    fault = host_fault(text)
    if fault:
        return fault
    suffix = suffix_of(text)
    if suffix == text:
        return "bare_suffix"
    return text, text[: -len(suffix) - 1], suffix


def suffix_of(text: str) -> str:
    """The longest rule that matches wins, an exception over all; publicsuffix.org/list says how."""
    rules = suffix_rules()
    rest = text
    while True:
        _, dot, parent = rest.partition(".")
        if not dot:
            return rest
        if "!" + rest in rules:
            return parent
        if rest in rules or "*." + parent in rules:
            return rest
        rest = parent


def host_fault(text: str) -> str:
    if not text:
        return "empty"
    if len(text) > 253:
        return "too_long"
    labels = text.split(".")
    for label in labels:
        if not label:
            return "empty_label"
        if len(label) > 63:
            return "label_too_long"
        if label[0] == "-" or label[-1] == "-":
            return "bad_hyphen"
    return "ip_address" if labels[-1].isdigit() else ""
