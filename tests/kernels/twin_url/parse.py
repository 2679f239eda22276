"""The plain-Python twin of the kernel ``urls``: a URL as somebody sent it, to its canonical form.

Written apart from the kernels, from the same rules, one URL at a time in one loop; a text is bytes, read as
Latin-1. It is also what ``benchmarks/url_features.py`` measures against.
"""

from __future__ import annotations

import re
import string

from detectory.blocks.domain import Refused
from detectory.blocks.url import NoAddress, ascii_host
from tests.kernels.twin_domain.parse import suffix_of

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
