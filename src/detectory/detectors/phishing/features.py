"""Parsed URLs to the numbers that the models read.

Goes in: the columns ``url``, ``suffix`` and ``look`` that ``parse`` gives. Comes out: ``dense``
float32[N, C] with a column for each of ``DENSE``, ``suffix_id`` int64[N], ``host_ids`` int32[N, 128] and
``rest_ids`` int32[N, 192]. Pure and stateless: a batch equals its rows one by one, bit for bit; nothing here
is fitted to data. One pass of the kernel ``url_lexical``.

``dense`` holds lengths, counts and flags of the whole URL; whether a brand's name stands where it does not
belong, or only looks as if it did; what ``dga`` counts of a name too (entropy, runs, words …) of the
registered label, of the subdomains, of the path and of the query; and how often the URL says each of
``PHRASES``. ``suffix_id`` is FNV-1a (63 bits) of the public suffix, a category. ``host_ids`` are
hashed character 2-, 3- and 4-grams of ``^host$``, ``rest_ids`` those of path and query, each once, 1 … 65535,
padded with 0: what is known of a host says nothing of its paths, so each has a model of its own. By request
there are ``chars`` uint8[N, 128] too: the URL's letters from its host on, padded with 0.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from detectory.blocks.lexical import words_of
from detectory.blocks.text import letters, pack
from detectory.blocks.words import lexicon
from detectory.kernels import url_lexical
from detectory.schema import Array, Features, Rows

__all__ = ["BRANDS", "BY_REQUEST", "CATEGORIES", "DENSE", "NAMES", "PHRASES", "WORDS", "features"]

# What kits ask for, where they are put on servers that were broken into, and how pages are made.
PHRASES: tuple[str, ...] = (
    *("login", "logon", "log-in", "signin", "sign-in", "auth", "session", "redirect", "dispatch", "token"),
    *("verif", "account", "update", "secur", "confirm", "valid", "unlock", "limited", "suspend", "recover"),
    *("bank", "wallet", "password", "webscr", "cmd=", "email", "mail", "webmail", "support", "service"),
    *("customer", "client", "user", "alert", "notif", "invoice", "payment", "billing", "refund", "bonus"),
    *("free", "gift", "promo", "mobile", "online", "doc", "drive", "form", "view", "index", "home"),
    *("wp-content", "wp-includes", "wp-admin", "includes", "plugins", "themes", "modules", "components"),
    *("images", "css", "js", "admin", "tmp", "cgi-bin", "upload", "file", "data", "assets"),
    *(".php", ".html", ".htm", ".asp", ".jsp", ".exe", ".zip", ".pdf", ".js", ".svg", ".png", ".jpg"),
    *("http", "www.", ".com", "%20", "id=", "search", "blog", "news", "article", "product", "about"),
    *("contact", "torrent", "wiki", "tag", "category", "page"),
)

# Whom phishing pretends to be (reports of the Anti-Phishing Working Group, targets that PhishTank names).
BRANDS: tuple[str, ...] = (
    *("paypal", "apple", "icloud", "itunes", "amazon", "netflix", "facebook", "instagram", "whatsapp"),
    *("microsoft", "office365", "onedrive", "outlook", "hotmail", "yahoo", "google", "gmail", "dropbox"),
    *("adobe", "docusign", "linkedin", "twitter", "steam", "alibaba", "aliexpress", "ebay", "rakuten"),
    *("allegro", "mercadolivre", "dhl", "usps", "fedex", "royalmail", "laposte", "chase", "wellsfargo"),
    *("citibank", "bankofamerica", "usaa", "capitalone", "americanexpress", "hsbc", "barclays", "lloyds"),
    *("natwest", "santander", "halifax", "itau", "bradesco", "caixa", "bancolombia", "bbva", "unicredit"),
    *("creditagricole", "societegenerale", "bnpparibas", "postbank", "sparkasse", "coinbase", "binance"),
    *("blockchain", "metamask", "paxful", "ameli", "impots", "hmrc", "orange", "vodafone", "spotify"),
)

DENSE = url_lexical.columns_of(PHRASES)

NAMES: dict[str, tuple[str, ...]] = {
    "dense": DENSE,
    "suffix_id": ("suffix_id",),
    "host_ids": (),
    "rest_ids": (),
    "chars": (),
}
LETTERS = 128

_PARTS = {
    "name": "the registered name",
    "subdomain": "the subdomains",
    "path": "the path",
    "query": "the query",
}
WORDS: dict[str, str] = {
    "length": "characters of the URL",
    "host_length": "characters of the host",
    "domain_length": "characters of the registered name",
    "subdomain_length": "characters of the subdomains",
    "suffix_length": "characters of the public suffix",
    "subdomain_labels": "labels before the registered name",
    "path_length": "characters of the path",
    "query_length": "characters of the query",
    "depth": "slashes in the path",
    "file_length": "characters of the file's name",
    "extension_length": "characters of the file's extension",
    "userinfo": "a user before the host?",
    "port": "a port?",
    "address": "an address instead of a name?",
    "encoded": "a label of the host that begins xn--?",
    "bare": "nothing behind the host?",
    "slash_end": "a slash at the end of the path?",
    "uppercase": "upper-case letters in the URL",
    "percents": "percent signs in the URL",
    "dots": "dots in the URL",
    "hyphens": "hyphens in the URL",
    "underscores": "underscores in the URL",
    "equals": "equals signs in the URL",
    "ampersands": "ampersands in the URL",
    "ats": "at signs in the URL",
    "double_slashes": "double slashes in the URL",
    "tildes": "tildes in the URL",
    "pluses": "plus signs in the URL",
    "commas": "commas in the URL",
    "longest_token": "longest run of letters and digits in the URL",
    "longest_hex_run": "longest run of hexadecimal digits in the URL",
    "host_hyphens": "hyphens in the host",
    "host_digits": "digits in the host",
    "path_digits": "digits in the path",
    "query_digits": "digits in the query",
    "brand_is_name": "a brand as the registered name?",
    "brand_in_name": "a brand inside the registered name?",
    "brand_in_subdomain": "a brand in the subdomains?",
    "brand_in_path": "a brand in path or query?",
    "brand_look_alike": "a host that looks like a brand and is none?",
    **{f"{name}_of_{part}": words for part, text in _PARTS.items() for name, words in words_of(text).items()},
    **{f"says_{phrase}": f"how often it says {phrase}" for phrase in PHRASES},
    "suffix_id": "the public suffix",
    "host_ids": "what the host's groups of two to four letters say, in log-odds",
    "rest_ids": "what those of path and query say, in log-odds",
    "chars": "its letters, one by one",
}
CATEGORIES: dict[str, str] = {"suffix_id": "suffix"}


def features(rows: Rows) -> Features:
    """The four tensors of N parsed URLs.

    >>> made = features({"url": ["paypa1-login.com/x?a=1"], "suffix": ["com"], "look": [""]})
    >>> found = dict(zip(DENSE, made["dense"][0].tolist()))
    >>> found["brand_look_alike"], found["says_login"], found["query_length"]
    (1.0, 1.0, 4.0)
    """
    url, suffix, look = (pack(rows[name]) for name in ("url", "suffix", "look"))
    dense, suffix_id, host_ids, rest_ids = url_lexical.describe(url, suffix, look, _words())
    return {"dense": dense, "suffix_id": suffix_id, "host_ids": host_ids, "rest_ids": rest_ids}


@cache
def _words() -> url_lexical.Words:
    brands = [brand.encode() for brand in BRANDS]
    return url_lexical.Words(lexicon(), [phrase.encode() for phrase in PHRASES], brands)


def _chars(rows: Rows) -> Array:
    return letters(rows["url"], width=LETTERS)


BY_REQUEST: dict[str, Callable[[Rows], Array]] = {"chars": _chars}
"""Tensors that are made where somebody reads them, and at no other time."""
