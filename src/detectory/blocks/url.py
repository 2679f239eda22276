"""URLs: one column of anything to canonical URLs, cut at their registered domain and public suffix.

Goes in: a column. Comes out: the valid URLs in the form of the kernel ``urls`` (no scheme, no ``www.``, no
fragment), and for every other row why it is none. Never raises on a value, never fetches or looks up.

Hosts that are not plain ASCII names come through Python: IDNA (see ``blocks.domain``), IPv6 in brackets
(RFC 5952), and IPv4 in the forms that browsers take (``0x7f.1``; the IPv4 parser of url.spec.whatwg.org).
"""

from __future__ import annotations

import ipaddress
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detectory.blocks.domain import Refused, ascii_name, suffix_rules
from detectory.blocks.text import pack
from detectory.kernels import urls
from detectory.schema import Column

__all__ = ["REASONS", "NoAddress", "Urls", "ascii_host", "canonical", "host_look", "without_parts"]

REASONS: dict[str, str] = {
    "not_text": "the value is not a string",
    "bad_character": "a character that no host has, or half a surrogate",
    "empty": "nothing is left of the URL or of its host",
    "other_scheme": "a scheme that browsers load no page by: only http, https and ftp, or none, are taken",
    "bad_port": "what stands behind the host's colon is no port",
    "bare_name": "a host of one label, as machines of a local network have",
    "too_long": "more than 8,192 bytes, or a host of more than 253 characters",
    "label_too_long": "a label of the host has more than 63 characters",
    "empty_label": "two dots in a row in the host, or a dot at its beginning",
    "bad_punycode": "a label of the host begins 'xn--' and is no one's Punycode",
    "bad_address": "a host that begins as an IP address, or ends in a number, and is no address",
}
"""Every reason a row is rejected for, and what it means."""

_ASCII_HOST = re.compile(r"[a-z0-9._-]+")
_LONGEST_HOST = 1024  # bytes; no more than 253 characters of four bytes each become a name
_MENDED = tuple(
    " ".join(word for at, word in enumerate(urls.MENDED) if bits >> at & 1)
    for bits in range(1 << len(urls.MENDED))
)
# Letters of other scripts that look like these (Unicode Technical Standard 39, the common ones).
_LOOKS = str.maketrans(
    dict(
        zip("аԁеһіјкӏмпорԛгѕтυѵԝхуьɑɡıłøđℓαιονρτκηωγ", "adehijklmnopqrstuvwxybagilodlaiovptknwy", strict=True)
    )
    | {"ß": "ss", "æ": "ae", "œ": "oe", "þ": "p"}
)


class NoAddress(ValueError):
    """A host that browsers take for an address, and that is none."""

    reason = "bad_address"


@dataclass(frozen=True, slots=True)
class Urls:
    """The valid URLs of a column, equally long lists, and the rows that are none.

    ``look`` is what a host that is not ASCII looks like in ASCII, else empty; ``mended`` names what was
    mended in a row (``blanks``, ``entity``, ``encoded``). ``row`` int64[k] is where each URL stood in the
    column; ``refused`` holds ``(row, reason)``.
    """

    url: list[str]
    domain: list[str]
    suffix: list[str]
    look: list[str]
    mended: list[str]
    row: NDArray[np.int64]
    refused: list[tuple[int, str]]


def canonical(column: Column) -> Urls:
    """Canonical URLs of a column, cut at the registered domain and the public suffix.

    >>> found = canonical(["HTTP://www.Example.co.uk:80/a/../%7Eb?x#top", "http://bücher.de", "ftp://1.2", 7])
    >>> found.url, found.suffix
    (['example.co.uk/~b?x', 'xn--bcher-kva.de', '1.0.0.2'], ['co.uk', 'de', ''])
    >>> found.look, found.refused
    (['', 'bucher.de', ''], [(3, 'not_text')])
    """
    found = urls.split(pack(column), suffix_rules())
    foreign = np.flatnonzero(found.status == urls.FOREIGN)
    if len(foreign):
        found = _with_other_hosts(found, foreign)
    url, domain, suffix = found.texts()
    good = found.status == 0
    mended = [_MENDED[bits] for bits in found.mended[good].tolist()]
    look = [host_look(text) if "xn--" in text else "" for text in url]
    return Urls(url, domain, suffix, look, mended, np.flatnonzero(good), _refused(found.status))


def _refused(status: NDArray[np.uint8]) -> list[tuple[int, str]]:
    rows = np.flatnonzero(status)
    return [(row, urls.CODES[code]) for row, code in zip(rows.tolist(), status[rows].tolist(), strict=True)]


def _with_other_hosts(found: urls.Urls, rows: NDArray[np.int64]) -> urls.Urls:
    """Put a canonical host into each of the rows, and let the kernel judge what came out."""
    tried = [_try_host(found, cuts) for cuts in found.cuts[rows].tolist()]
    judged = urls.split(pack([text for text, _ in tried]), suffix_rules(), trusted=True)
    refused = np.array([urls.CODES.index(reason) for _, reason in tried], dtype=np.uint8)
    status = np.where(refused != 0, refused, judged.status).astype(np.uint8)
    status[status == urls.FOREIGN] = urls.CODES.index("bad_address")
    return urls.replaced(found, rows, urls.Urls(judged.data, judged.cuts, status, judged.mended))


def _try_host(found: urls.Urls, cuts: list[int]) -> tuple[str, str]:
    """The URL with its host in ASCII and no reason, or no URL and the reason."""
    start, host, _, _, end, stop = cuts
    before, name, after = (
        found.data[a:b].tobytes().decode("utf-8", "replace")
        for a, b in ((start, host), (host, end), (end, stop))
    )
    try:
        return f"{before}{ascii_host(name)}{after}", ""
    except (Refused, NoAddress) as refused:
        return "", refused.reason


def ascii_host(host: str) -> str:
    """The canonical form of a host that is not a plain name. Raises ``Refused`` or ``NoAddress``."""
    if host.startswith("["):
        return _ipv6(host)
    if len(host) > _LONGEST_HOST:
        raise Refused("too_long")
    name = ascii_name(host).lower()
    if not _ASCII_HOST.fullmatch(name):
        raise Refused("bad_character")
    bare = name.removesuffix(".")
    return _ipv4(bare) if _is_number(bare.rpartition(".")[2]) else name


def _ipv6(host: str) -> str:
    """RFC 5952, in brackets; without a zone, which means something on one machine only."""
    try:
        address = ipaddress.IPv6Address(host.removeprefix("[").removesuffix("]"))
    except ValueError as error:
        raise NoAddress from error
    if not host.endswith("]") or address.scope_id:
        raise NoAddress
    return f"[{address.compressed}]"


def _is_number(label: str) -> bool:
    return re.fullmatch(r"[0-9]+|0x[0-9a-f]*", label) is not None


def _ipv4(name: str) -> str:
    """An address as browsers read it: up to four decimal, octal or hexadecimal numbers, the last the rest.

    >>> _ipv4("0x7f.1"), _ipv4("3232235777"), _ipv4("010.0.0.1")
    ('127.0.0.1', '192.168.1.1', '8.0.0.1')
    """
    labels = name.split(".")
    if len(labels) > 4 or not all(map(_is_number, labels)):
        raise NoAddress
    *first, last = map(_number, labels)
    if max(first, default=0) > 255 or last >= 256 ** (4 - len(first)):
        raise NoAddress
    whole = sum(value << 24 - 8 * at for at, value in enumerate(first)) + last
    return str(ipaddress.IPv4Address(whole))


def _number(label: str) -> int:
    try:
        if label.startswith("0x"):
            return int(label[2:] or "0", 16)
        return int(label, 8) if label.startswith("0") and label != "0" else int(label[:20])
    except ValueError as error:
        raise NoAddress from error


def host_look(url: str) -> str:
    """The host of a canonical URL as the eye reads it: other scripts' letters as Latin ones they resemble.

    >>> host_look("xn--80ak6aa92e.com/login")
    'apple.com'
    """
    host = url.partition("/")[0].rpartition("@")[2].partition(":")[0]
    return ".".join(map(_label_look, host.split(".")))


def _label_look(label: str) -> str:
    if not label.startswith("xn--"):
        return label
    text = label[4:].encode("ascii").decode("punycode").casefold()
    folded = unicodedata.normalize("NFKD", text.translate(_LOOKS)).translate(_LOOKS)
    return "".join(sign for sign in folded if sign.isascii() and sign.isprintable())


_CANONICAL = re.compile(
    r"(?P<userinfo>[^/]*@)?(?P<host>\[[^]]*\]|[^:/]*)(?P<port>:[0-9]+)?"
    r"(?P<folder>/[^?]*(?=/))?(?P<file>/[^?]*)?(?P<query>\?.*)?"
)
_OTHER = "example"  # RFC 2606: a name that belongs to nobody


def without_parts(url: str, *, domain: str, suffix: str) -> Iterator[tuple[str, str, str]]:
    """Each part of a canonical URL, its text, and the URL without it.

    What cannot be missing is another's instead: the registered name becomes ``example`` and the suffix
    ``com``. An address is one part with its port.

    >>> [part for part, _, _ in without_parts("me@a.b.com:81/c/d?e", domain="b.com", suffix="com")]
    ['userinfo', 'subdomain', 'name', 'port', 'folder', 'file', 'query']
    """
    cut = _CANONICAL.fullmatch(url)
    if cut is None:
        return
    name = domain.removesuffix(suffix).removesuffix(".")
    under = cut["host"].removesuffix(domain)
    parts = [
        ("userinfo", cut["userinfo"] or "", ""),
        ("subdomain", under, ""),
        ("name", name, _OTHER if suffix else f"{_OTHER}.com"),
        ("suffix", suffix and f".{suffix}", suffix and ".com"),
        *((part, cut[part] or "", "") for part in ("port", "folder", "file", "query")),
    ]
    for at, (part, text, other) in enumerate(parts):
        if text not in ("", other, "/"):
            rest = [other if at == place else whole for place, (_, whole, _) in enumerate(parts)]
            yield (
                part,
                text.strip(".@/") if part in ("subdomain", "userinfo", "file") else text,
                "".join(rest),
            )
