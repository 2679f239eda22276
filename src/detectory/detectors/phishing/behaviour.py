"""How the score of a URL must behave when the URL is changed.

Goes in: valid URLs, in canonical form. Comes out: checks, each a change with what it may do to the score.
All changes are made from the generator that is handed in.
"""

from __future__ import annotations

import string
from collections.abc import Callable

import numpy as np

from detectory.blocks.behaviour import Check, Mutate, of_field
from detectory.blocks.url import canonical

__all__ = ["directional", "evasions", "invariances"]

Change = Callable[[str, np.random.Generator], str]

_WORDS = ("news", "shop", "blog", "about", "garden", "music", "travel", "team", "products", "events")
_BRANDS = ("paypal", "apple", "amazon", "netflix", "facebook", "microsoft")
_SUFFIXES = ("com", "net", "org", "info", "xyz", "top", "ru", "de", "co.uk", "com.br")
_KIT_PATHS = ("/wp-includes/login/signin.php", "/secure/account/update/verify.php", "/webscr/login.php")


def invariances() -> list[Check]:
    """Spellings of the same URL: the score must not move at all.

    >>> [check.name for check in invariances()][:4]
    ['http', 'https', 'www', 'upper case host']
    """
    changes: dict[str, Change] = {
        "http": lambda url, rng: f"http://{url}",
        "https": lambda url, rng: f"https://{url}",
        "www": _with_www,
        "upper case host": lambda url, rng: _host_changed(url, str.upper),
        "trailing dot": lambda url, rng: _host_changed(url, "{}.".format),
        "default port": lambda url, rng: _host_changed(url, "https://{}:443".format),
        "fragment": lambda url, rng: f"{url}#{_random_letters(5, rng)}",
        "percent-encoded letters": _percent_encoded,
        "dot segments": lambda url, rng: url.replace("/", "/./a/../", 1),
        "entities": lambda url, rng: url.replace("&", "&amp;"),
        "blanks around": lambda url, rng: f" \t{url}\r\n",
        "backslash": lambda url, rng: url.replace("/", "\\", 1),
    }
    return [Check(name, "invariance", _urls(change), "same") for name, change in changes.items()]


def directional() -> list[Check]:
    """Changes that make a URL more like phishing: the score must not fall."""
    changes: dict[str, Change] = {
        "address instead of a name": _address,
        "brand in a subdomain": lambda url, rng: f"{_one_of(_BRANDS, rng)}.com.account.{url}",
        "path of a kit": lambda url, rng: url.partition("/")[0] + _one_of(_KIT_PATHS, rng),
    }
    return [
        Check(name, "directional", _urls(change), "not_lower", of="benign")
        for name, change in changes.items()
    ]


def evasions() -> list[Check]:
    """Changes that a phisher can afford: the URL must alert all the same."""
    changes: dict[str, Change] = {
        "harmless words in the path": _with_words,
        "other suffix": _other_suffix,
        "no path": lambda url, rng: url.partition("/")[0],
        "random subdomain": lambda url, rng: f"{_random_letters(6, rng)}.{url}",
        "longer query": lambda url, rng: (
            url + ("&" if "?" in url else "?") + f"ref={_random_letters(12, rng)}"
        ),
    }
    return [Check(name, "evasion", _urls(change), "alert", of="target") for name, change in changes.items()]


def _urls(change: Change) -> Mutate:
    def mutate(urls: list[str], rng: np.random.Generator) -> list[str]:
        changed = [change(url, rng) for url in urls]
        refused = {row for row, _ in canonical(changed).refused}
        return [urls[row] if row in refused else url for row, url in enumerate(changed)]

    return of_field("url", mutate)


def _host_span(url: str) -> tuple[int, int]:
    """Where the host of a canonical URL begins and ends."""
    end = len(url.partition("/")[0])
    start = url.rfind("@", 0, end) + 1
    bracket = url.find("]", start, end)
    colon = url.find(":", max(bracket, start), end)
    return start, end if colon < 0 else colon


def _host_changed(url: str, change: Callable[[str], str]) -> str:
    """The URL with another text for its host; as it was where it has userinfo, a port or an address."""
    start, end = _host_span(url)
    host = url[start:end]
    if start or url[end : end + 1] == ":" or host.startswith("["):
        return url
    return change(host) + url[end:]


def _with_www(url: str, rng: np.random.Generator) -> str:
    is_name = canonical([url]).suffix[0] != ""
    return _host_changed(url, "www.{}".format) if is_name else url


def _percent_encoded(url: str, rng: np.random.Generator) -> str:
    """Some letters of path and query as ``%XX``."""
    host, slash, rest = url.partition("/")
    signs = [f"%{ord(sign):02x}" if sign.isalpha() and rng.random() < 0.2 else sign for sign in rest]
    return url if "%" in rest else host + slash + "".join(signs)


def _address(url: str, rng: np.random.Generator) -> str:
    octets = ".".join(map(str, rng.integers(1, 255, size=4).tolist()))
    return octets + url[_host_span(url)[1] :]


def _with_words(url: str, rng: np.random.Generator) -> str:
    host, _, rest = url.partition("/")
    return f"{host}/{_one_of(_WORDS, rng)}/{_one_of(_WORDS, rng)}/{rest}"


def _other_suffix(url: str, rng: np.random.Generator) -> str:
    found = canonical([url])
    suffix, end = found.suffix[0], _host_span(url)[1]
    return f"{url[: end - len(suffix)]}{_one_of(_SUFFIXES, rng)}{url[end:]}" if suffix else url


def _random_letters(size: int, rng: np.random.Generator) -> str:
    return "".join(string.ascii_lowercase[at] for at in rng.integers(26, size=size).tolist())


def _one_of(words: tuple[str, ...], rng: np.random.Generator) -> str:
    return words[int(rng.integers(len(words)))]
