"""The twin of what ``phrases`` and ``url_lexical`` say of a URL: every feature of one, in plain Python."""

from __future__ import annotations

import re
import string
from functools import cache
from itertools import pairwise

from detectory.detectors.phishing.features import BRANDS, PHRASES
from tests.kernels.twin_domain.features import dense_one, fnv1a
from tests.kernels.twin_url.parse import LOWER


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
