"""Host names: one column of anything to canonical names cut at their public suffix.

Goes in: a column. Comes out: the valid names as ``domain``, ``suffix`` and ``name``, and for every other
row why it is none. Never raises on a value, never looks a name up, never goes to the network.

What is ASCII is done by the kernel ``hosts``; only names with other characters, or with a label that
begins ``xn--``, come through Python, for IDNA (UTS #46, non-transitional, as browsers do it: emoji are
names). The public suffix list is the file of the package ``publicsuffixlist``, ICANN and private section,
read once when the first name is parsed.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import idna
import numpy as np
from idna.core import check_bidi, check_initial_combiner, valid_contextj
from numpy.typing import NDArray

from detectory.blocks.text import pack
from detectory.kernels import hosts
from detectory.schema import Column

__all__ = ["REASONS", "Names", "Refused", "ascii_name", "host_names", "suffix_rules"]

REASONS: dict[str, str] = {
    "not_text": "the value is not a string",
    "bad_character": "a character that no host name has: a space, an underscore, half a surrogate …",
    "empty": "nothing is left of the name",
    "url": "a URL, an e-mail address, or a name with a port; give the host name alone",
    "ip_address": "an IP address, or a name whose last label is a number, as no top-level domain is",
    "too_long": "more than 253 characters in canonical form, or more than 1,024 bytes before IDNA",
    "label_too_long": "a label of more than 63 characters in canonical form",
    "empty_label": "two dots in a row, or a dot at the beginning",
    "bad_hyphen": "a label that begins or ends with a hyphen (RFC 1123, section 2.1)",
    "bare_suffix": "the name is itself a public suffix, or has one label only: nothing was registered",
    "bad_punycode": "a label that begins 'xn--' and is no one's Punycode",
}
"""Every reason a row is rejected for, and what it means."""

_LONGEST_NAME = 253
_LONGEST_ENCODED = 59  # 63 less 'xn--': Punycode spends one character at least on each that it encodes
_JOINERS = "\u200c\u200d"


class Refused(ValueError):
    """A text that IDNA does not make a name; ``reason`` is a key of ``REASONS``."""

    def __init__(self, reason: str) -> None:
        super().__init__(REASONS[reason])
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Names:
    """The valid names of a column, equally long lists, and the rows that are none.

    ``row`` int64[k] is where each name stood in the column; ``refused`` holds ``(row, reason)``.
    """

    domain: list[str]
    name: list[str]
    suffix: list[str]
    row: NDArray[np.int64]
    refused: list[tuple[int, str]]


def host_names(column: Column) -> Names:
    """Canonical host names of a column, cut at the public suffix.

    >>> names = host_names(["WWW.Google.co.uk.", "bücher.example", "1.2.3.4", None])
    >>> names.domain, names.name, names.suffix
    (['www.google.co.uk', 'xn--bcher-kva.example'], ['www.google', 'xn--bcher-kva'], ['co.uk', 'example'])
    >>> names.refused
    [(2, 'ip_address'), (3, 'not_text')]
    """
    values = column.tolist() if isinstance(column, np.ndarray) else list(column)
    found = hosts.split(pack(values), suffix_rules())
    if found.foreign:
        found = _with_idna(found, values)
    domain, name, suffix = found.texts()
    if found.accepted == found.rows:
        return Names(domain, name, suffix, np.arange(found.rows), [])
    return Names(domain, name, suffix, np.flatnonzero(found.status == 0), _refused(found.status))


def _refused(status: NDArray[np.uint8]) -> list[tuple[int, str]]:
    rows = np.flatnonzero(status)
    return [(row, hosts.CODES[code]) for row, code in zip(rows.tolist(), status[rows].tolist(), strict=True)]


def _with_idna(found: hosts.Hosts, values: list[object]) -> hosts.Hosts:
    """Decide the foreign rows: bring them to ASCII, and let the kernel judge what came out."""
    rows = np.flatnonzero(found.status == hosts.FOREIGN)
    tried = [_try_ascii(str(values[row])) for row in rows.tolist()]
    judged = hosts.split(pack([text for text, _ in tried]), suffix_rules())
    refused = np.array([hosts.CODES.index(reason) for _, reason in tried], dtype=np.uint8)
    status = np.where(judged.status == hosts.FOREIGN, 0, judged.status)  # its xn-- labels did decode
    status = np.where(refused != 0, refused, status).astype(np.uint8)
    judged = hosts.Hosts(judged.data, judged.starts, judged.cuts, judged.stops, status)
    return hosts.replaced(found, rows, judged)


def _try_ascii(text: str) -> tuple[str, str]:
    """The name in ASCII and no reason, or no name and the reason."""
    try:
        return ascii_name(text), ""
    except Refused as refused:
        return "", refused.reason


def ascii_name(text: str) -> str:
    """A host name with every label as an A-label (UTS #46 ToASCII; the kernel judges the rest).

    Raises ``Refused`` where a character or an ``xn--`` label cannot be one.

    >>> ascii_name("BÜCHER。example"), ascii_name("xn--bcher-kva.example")
    ('xn--bcher-kva.example', 'xn--bcher-kva.example')
    >>> ascii_name("xn--zzzzzz.com")
    Traceback (most recent call last):
    detectory.blocks.domain.Refused: a label that begins 'xn--' and is no one's Punycode
    """
    mapped = _mapped(text)
    if len(mapped) > _LONGEST_NAME + 1:  # no A-label is shorter than what it encodes; one dot may go yet
        raise Refused("too_long")
    return ".".join(map(_ascii_label, mapped.split(".")))


def _mapped(text: str) -> str:
    try:
        return idna.uts46_remap(text, std3_rules=False)
    except idna.IDNAError as error:
        raise Refused("bad_character") from error


def _ascii_label(label: str) -> str:
    if not label.isascii():
        return _encoded(label)
    if label.startswith("xn--"):
        _check_decodes(label)
    return label


def _encoded(label: str) -> str:
    if len(label) > _LONGEST_ENCODED:
        raise Refused("label_too_long")
    if not _is_u_label(label):
        raise Refused("bad_character")
    return "xn--" + label.encode("punycode").decode("ascii")


def _check_decodes(label: str) -> None:
    """An A-label must be the one way to write its U-label, or one name has two spellings."""
    try:
        decoded = label[4:].encode("ascii").decode("punycode")
    except (UnicodeError, ValueError, OverflowError) as error:
        raise Refused("bad_punycode") from error
    if decoded.isascii() or not _is_u_label(decoded) or _encoded(decoded) != label:
        raise Refused("bad_punycode")


def _is_u_label(label: str) -> bool:
    """Whether UTS #46 lets the label stand as it is (section 4.1, with joiners and bidi checked)."""
    try:
        return (
            idna.uts46_remap(label, std3_rules=False) == label
            and "." not in label
            and check_initial_combiner(label)
            and check_bidi(label)
            and all(valid_contextj(label, at) for at, sign in enumerate(label) if sign in _JOINERS)
        )
    except (idna.IDNAError, ValueError):
        return False


@cache
def suffix_rules() -> hosts.SuffixRules:
    """The public suffix list, both sections, compiled for the kernel; read once."""
    return hosts.SuffixRules(_rules(_suffix_list().read_text(encoding="utf-8").splitlines()))


def _suffix_list() -> Path:
    # find_spec, because importing the package builds its own tables of the same list, slowly.
    spec = importlib.util.find_spec("publicsuffixlist")
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError("publicsuffixlist")
    return Path(spec.origin).with_name("public_suffix_list.dat")


def _rules(lines: Iterable[str]) -> dict[bytes, int]:
    """What the list says of each text, and 0 for what a longer rule goes on from.

    >>> _rules(["// a comment", "*.ck", "!www.ck"])
    {b'ck': 2, b'www.ck': 4}
    """
    rules: dict[bytes, int] = {}
    for line in lines:
        if not line or line.startswith("//"):
            continue
        text, kind = _rule(line.split()[0])
        _add_rule(rules, text, kind)
    return rules


def _rule(text: str) -> tuple[str, int]:
    """A rule's text in A-labels, and its kind."""
    ascii_text = text if text.isascii() else ascii_name(text)
    if ascii_text.startswith("!"):
        return ascii_text[1:], hosts.EXCEPTION
    if ascii_text.startswith("*."):
        return ascii_text[2:], hosts.WILDCARD
    return ascii_text, hosts.RULE


def _add_rule(rules: dict[bytes, int], text: str, kind: int) -> None:
    key = text.encode("ascii")
    rules[key] = rules.get(key, 0) | kind
    while b"." in key:
        key = key.partition(b".")[2]
        rules.setdefault(key, 0)
