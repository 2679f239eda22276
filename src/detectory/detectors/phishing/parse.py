"""Raw rows to URLs: one canonical form for every spelling, cut at the registered domain.

Goes in: rows with ``url``, anything. Comes out: entities with ``url`` (no scheme, no ``www.``, no fragment:
what is left of it is what phishing and other pages differ by and not how a list was made), ``domain`` (the
registered one), ``suffix`` (its public suffix, empty for an address), ``look`` (what a host that is not ASCII
looks like) and ``mended`` (what was wrong and is not any more); a row is an entity. Every other row is
rejected with a reason. Stateless; never raises on a value, never fetches a URL.
"""

from __future__ import annotations

from typing import Literal

import numpy as np

from detectory.blocks import url as urls
from detectory.schema import Parsed, Rejected, Rows, Without

__all__ = ["REASONS", "parse", "without_parts"]

REASONS = urls.REASONS
"""Every reason a row is rejected for, and what it means."""


def parse(rows: Rows, *, door: Literal["url"] = "url") -> Parsed:
    """URLs of a column of anything.

    >>> parsed = parse({"url": ["HTTPS://www.Example.co.uk:443/%7Ejoe/#top", "mailto://joe"]})
    >>> parsed.rows["url"], parsed.rows["domain"], parsed.rows["suffix"]
    (['example.co.uk/~joe/'], ['example.co.uk'], ['co.uk'])
    >>> parsed.rejected
    [Rejected(row=1, field='url', reason='other_scheme')]
    """
    found = urls.canonical(rows[door])
    rejected = [Rejected(row, door, reason) for row, reason in found.refused]
    columns = {name: getattr(found, name) for name in ("url", "domain", "suffix", "look", "mended")}
    entity = found.row if not rejected else np.arange(len(found.url))
    return Parsed(columns, entity=entity, source=found.row, rejected=rejected)


def without_parts(rows: Rows) -> Without:
    """The parsed URLs, each without one of its parts; a registered name and its suffix become another's.

    >>> without = without_parts(parse({"url": ["login.paypa1.top/a/x.php?id=7"]}).rows)
    >>> list(zip(without.part, without.text, without.rows["url"]))[:2]
    [('subdomain', 'login', 'paypa1.top/a/x.php?id=7'), ('name', 'paypa1', 'login.example.top/a/x.php?id=7')]
    >>> list(zip(without.part, without.text, without.rows["url"]))[3:]
    [('folder', '/a', 'login.paypa1.top/x.php?id=7'), ('file', 'x.php', ...), ('query', '?id=7', ...)]
    """
    without = Without({"url": []})
    columns = zip(rows["url"], rows["domain"], rows["suffix"], strict=True)
    for entity, (url, domain, suffix) in enumerate(columns):
        for part, text, rest in urls.without_parts(url, domain=domain, suffix=suffix):
            without.add(entity, part, text, {"url": rest})
    return without
