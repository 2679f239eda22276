"""Raw rows to domain names: canonical ASCII form, cut at the public suffix.

Goes in: rows with ``domain``, anything. Comes out: entities with ``domain`` (``www.google.co.uk``),
``name`` (``www.google``: what stands under the suffix) and ``suffix`` (``co.uk``); a row is an entity.
Every other row is rejected with a reason. Stateless; never raises on a value, never resolves a name.
"""

from __future__ import annotations

from typing import Literal

import numpy as np

from detectory.blocks import domain as names
from detectory.schema import Parsed, Rejected, Rows

__all__ = ["REASONS", "parse"]

REASONS = names.REASONS
"""Every reason a row is rejected for, and what it means."""


def parse(rows: Rows, *, door: Literal["domain"] = "domain") -> Parsed:
    """Domain names of a column of anything.

    >>> parsed = parse({"domain": ["WWW.Google.co.uk.", "http://example.com/"]})
    >>> parsed.rows["domain"], parsed.rows["name"], parsed.rows["suffix"]
    (['www.google.co.uk'], ['www.google'], ['co.uk'])
    >>> parsed.rejected
    [Rejected(row=1, field='domain', reason='url')]
    """
    found = names.host_names(rows[door])
    rejected = [Rejected(row, door, reason) for row, reason in found.refused]
    columns = {"domain": found.domain, "name": found.name, "suffix": found.suffix}
    entity = found.row if not rejected else np.arange(len(found.domain))
    return Parsed(columns, entity=entity, source=found.row, rejected=rejected)
