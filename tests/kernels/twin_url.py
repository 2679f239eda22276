"""The plain-Python twin of the kernels of URLs: what ``urls``, ``phrases`` and ``url_lexical`` must equal.

Written apart from the kernels, from the same rules, one URL at a time in one loop; a text is bytes, read as
Latin-1. It is also what ``benchmarks/url_features.py`` measures against.
"""

from __future__ import annotations

import re
import string
from functools import cache
from itertools import pairwise

from detectory.blocks.domain import Refused
from detectory.blocks.url import NoAddress, ascii_host
from detectory.detectors.phishing.features import BRANDS, PHRASES
from tests.kernels.twin_domain import dense_one, fnv1a, suffix_of

UNRESERVED = frozenset(string.ascii_letters + string.digits + "-._~")
SAFE = frozenset(map(chr, range(33, 127))) - frozenset('"<>\\^`{|}')
SCHEME = re.compile(r"([A-Za-z0-9._~+-]*):[/\\]{2}")
ESCAPED = re.compile(r"%([0-9A-Fa-f]{2})")
ENTITY = re.compile(r"&#(?:([0-9]{1,6})|[xX]([0-9A-Fa-f]{1,6}));")
HOST = re.compile(r"[a-z0-9._-]*")
LABELS = re.compile(r"[0-9]+|0x[0-9a-f]*")
ADDRESS = re.compile(r"(?:(?:0|[1-9][0-9]?|1[0-9]{2}|2[0-4][0-9]|25[0-5])(?:\.(?!$)|$)){4}")
LOWER = str.maketrans(string.ascii_uppercase, string.ascii_lowercase)

Parsed = tuple[str, str, str]  # URL, registered domain, suffix


class Bad(ValueError):
    """The reason is the text."""


# ── parse ────────────────────────────────────────────────────────────────────────────────────────


def parse_one(value: object) -> Parsed | str:
    """``(url, domain, suffix)``, or the reason there is none."""
    if not isinstance(value, str):
        return "not_text"
    try:
        return canonical(value.encode().decode("latin-1"))
    except UnicodeEncodeError:
        return "bad_character"
    except Bad as fault:
        return str(fault)


def canonical(raw: str) -> Parsed:
    if len(raw) > 8192:
        raise Bad("too_long")
    text = re.sub(r"[\t\r\n]", "", raw.strip("".join(map(chr, range(33)))))
    if not text:
        raise Bad("empty")
    scheme = SCHEME.match(text)
    if scheme and scheme[1].lower() not in ("http", "https", "ftp"):
        raise Bad("other_scheme")
    text = text[len(scheme[1]) + 1 if scheme else 0 :].lstrip("/\\")
    end = re.search(r"[/\\?#]|$", text)
    assert end
    authority, rest = text[: end.start()], text[end.start() :]
    userinfo, _, place = authority.rpartition("@")
    before = escaped(userinfo).replace("@", "%40") + "@" if userinfo else ""
    name, port = cut_port(place)
    plain = plain_host(name)
    after = port_of(port)
    host, domain, suffix = plain or other_host(name)
    url = before + host + after + rest_of(rest)
    if len(url) > 8192:
        raise Bad("too_long")
    return url, domain, suffix


def escaped(text: str) -> str:
    """Unreserved characters plain, what no URL holds encoded, encodings in upper case."""
    out, at = [], 0
    while at < len(text):
        found = ESCAPED.match(text, at)
        sign = chr(int(found[1], 16)) if found else text[at]
        kept = sign in UNRESERVED if found else sign in SAFE and sign != "%"
        out.append(sign if kept else f"%{ord(sign):02X}")
        at += 3 if found else 1
    return "".join(out)


def cut_port(place: str) -> tuple[str, str]:
    at = max(place.rfind(":"), place.rfind("]"))
    return (place[:at], place[at + 1 :]) if at >= 0 and place[at] == ":" else (place, "")


def port_of(text: str) -> str:
    number = text.lstrip("0")
    if not number:
        return ""
    if re.fullmatch(r"[0-9]{1,5}", number) is None or int(number) > 65535:
        raise Bad("bad_port")
    return "" if number in ("80", "443") else f":{number}"


def decoded(raw: str) -> str:
    """A host in lower case, percent-decoded, without its last dot."""
    return ESCAPED.sub(lambda found: chr(int(found[1], 16)), raw).translate(LOWER).removesuffix(".")


def plain_host(raw: str) -> Parsed | None:
    """A host of plain ASCII with its registered domain and suffix; None where IDNA or an address decides."""
    text = decoded(raw)
    if not all(sign in "[]:" or ord(sign) >= 128 or HOST.fullmatch(sign) for sign in text):
        raise Bad("bad_character")
    if not text:
        raise Bad("empty")
    if not HOST.fullmatch(text):
        return None
    fault_of(text)
    if ADDRESS.fullmatch(text):
        return text, text, ""
    labels = text.split(".")
    if LABELS.fullmatch(labels[-1]) or any(label.startswith("xn--") for label in labels):
        return None
    return named(text)


def other_host(raw: str) -> Parsed:
    try:
        host = ascii_host(decoded(raw).encode("latin-1").decode("utf-8", "replace"))
    except (Refused, NoAddress) as refused:
        raise Bad(refused.reason) from refused
    host = host.removesuffix(".")
    if not host:
        raise Bad("empty")
    if host.startswith("[") or ADDRESS.fullmatch(host):
        return host, host, ""
    fault_of(host)
    return named(host)


def fault_of(text: str) -> None:
    if len(text) > 253:
        raise Bad("too_long")
    for label in text.split("."):
        if not label:
            raise Bad("empty_label")
        if len(label) > 63:
            raise Bad("label_too_long")


def named(text: str) -> Parsed:
    if "." not in text:
        raise Bad("bare_name")
    while text.startswith("www.") and "." in text[4:]:
        text = text[4:]
    suffix = suffix_of(text)
    if suffix == text:
        suffix = text.partition(".")[2]
    return text, text[: -len(suffix) - 1].rpartition(".")[2] + "." + suffix, suffix


def rest_of(text: str) -> str:
    """Path and query in canonical form, empty for the root alone."""
    path, _, query = mended(text).partition("?")
    segments: list[str] = []
    parts = [amp(escaped(part)) for part in path.replace("\\", "/").split("/")[1:]] or [""]
    for at, part in enumerate(parts):
        is_last = at == len(parts) - 1
        if part == "..":
            segments = segments[:-1]
        if part not in (".", ".."):
            segments.append(part)
        elif is_last:
            segments.append("")
    whole = "/" + "/".join(segments)
    asked = amp(escaped(query))
    return whole + f"?{asked}" if asked else whole if whole != "/" else ""


def mended(text: str) -> str:
    """Ampersands and blanks that are written as numbers of HTML; any other ``#`` begins the fragment."""
    out, at = "", 0
    while (sign := text.find("#", at)) >= 0:
        entity = ENTITY.match(text, sign - 1) if sign else None
        code = entity and (int(entity[1]) if entity[1] else int(entity[2], 16))
        if entity is None or code not in (38, 9, 10, 13, 32):
            return out + text[at:sign]
        out += text[at : sign - 1] + ("&" if code == 38 else "")
        at = entity.end()
    return out + text[at:]


def amp(text: str) -> str:
    while "&amp;" in text:
        text = text.replace("&amp;", "&", 1)
    return text


# ── features ─────────────────────────────────────────────────────────────────────────────────────


def features_of(url: str, suffix: str, look: str = "") -> tuple[list[float], int, list[int], list[int]]:
    """``dense``, ``suffix_id``, ``host_ids`` and ``rest_ids`` of one canonical URL."""
    front, slash, tail = url.partition("/")
    userinfo, at, place = front.partition("@") if "@" in front else ("", "", front)
    end = place.find("]") + 1 if place.startswith("[") else place.find(":")
    closed = end > 0 if place.startswith("[") else end >= 0
    host = place[:end] if closed else place
    path, mark, query = (slash + tail).partition("?")
    above = host[: max(0, len(host) - len(suffix) - 1)] if suffix else host
    name = above.rpartition(".")[2] if suffix else host
    under = above[: len(above) - len(name)]
    dense = [
        *lengths(url, host, name, under, suffix, path, mark + query),
        *map(float, (bool(at), place != host, not suffix)),
        float(any(label.startswith("xn--") for label in host.split("."))),
        *map(float, (not slash + tail, path.endswith("/"))),
        *signs(url, host, path, mark + query),
        *brands(above, name, under, path + mark + query, look),
    ]
    for text in (name.translate(LOWER), *map(dotted, (under[:-1], path[1:], query))):
        dense += dense_one(text[:253], "")
    said = url[len(userinfo + at) :].translate(LOWER)
    dense += [float(occurrences(said, phrase)) for phrase in PHRASES]
    return dense, fnv1a(suffix, 64) & 0x7FFFFFFFFFFFFFFF, *gram_ids(host, path + mark + query)


def lengths(url: str, host: str, name: str, under: str, suffix: str, path: str, query: str) -> list[float]:
    file = path.rpartition("/")[2]
    extension = file.partition(".")[2]
    sizes = (len(url), len(host), len(name), max(len(under) - 1, 0), len(suffix), under.count("."))
    return [
        *map(float, sizes),
        *map(float, (len(path), len(query), path.count("/"), len(file), len(extension))),
    ]


def signs(url: str, host: str, path: str, query: str) -> list[float]:
    counted = [sum(sign in string.ascii_uppercase for sign in url), *(url.count(sign) for sign in "%.-_=&@")]
    counted += [sum(pair == ("/", "/") for pair in pairwise(url))]
    counted += [url.count(sign) for sign in "~+,"]
    counted += [longest(r"[A-Za-z0-9]+", url), longest(r"[A-Fa-f0-9]+", url), host.count("-")]
    return [
        *map(float, counted),
        *(float(sum(sign in string.digits for sign in part)) for part in (host, path, query)),
    ]


def longest(pattern: str, text: str) -> int:
    return max(map(len, re.findall(pattern, text)), default=0)


def dotted(text: str) -> str:
    return re.sub(r"[^a-z0-9]", ".", text.translate(LOWER))


def brands(above: str, name: str, under: str, rest: str, look: str) -> list[float]:
    def held(text: str) -> bool:
        return any(brand in text[:253].translate(LOWER) for brand in BRANDS)

    looks = any(brand in look_of(look or above) for brand in map(look_of, BRANDS))
    is_name = name in BRANDS
    found = (is_name, held(name) and not is_name, held(under), held(rest), looks and not held(above))
    return list(map(float, found))


@cache
def look_of(text: str) -> str:
    out = ""
    for sign in text[:253].translate(LOWER).translate(str.maketrans("0134578i", "oleastbl")):
        if sign == "-":
            continue
        if sign == "n" and out.endswith("r"):
            out = out[:-1] + "m"
        elif sign == "v" and out.endswith("v"):
            out = out[:-1] + "w"
        else:
            out += sign
    return out


def occurrences(text: str, phrase: str) -> int:
    """How often, overlaps counted."""
    found, at = 0, text.find(phrase)
    while at >= 0:
        found, at = found + 1, text.find(phrase, at + 1)
    return found


def gram_ids(host: str, rest: str) -> tuple[list[int], list[int]]:
    """Each gram once: those of the host, 128 at most, and others of path and query, 192 at most."""
    known = list(dict.fromkeys(grams(host, "^")))[:128]
    others = list(dict.fromkeys([*known, *grams(rest, "/")]))[len(known) :] if rest else []
    return padded(known, 128), padded(others[:192], 192)


def padded(ids: list[int], width: int) -> list[int]:
    return ids + [0] * (width - len(ids))


def grams(text: str, mark: str) -> list[int]:
    ids = []
    whole = mark + text.translate(LOWER) + "$"
    for start in range(len(whole) - 1):
        h = fnv32(fnv32(0x811C9DC5, mark), whole[start])
        for sign in whole[start + 1 : start + 4]:
            h = fnv32(h, sign)
            ids.append(1 + h % 65535)
    return ids


def fnv32(h: int, sign: str) -> int:
    return (h ^ ord(sign)) * 0x01000193 & 0xFFFFFFFF
