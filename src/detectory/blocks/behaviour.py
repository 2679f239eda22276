"""What a behaviour check is: a change made to inputs, and what it may do to the score.

Goes in: rows as a caller sends them, as columns. Comes out: as many changed rows. The judge scores both
and holds them to ``expect``; nothing here scores.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

__all__ = ["Check", "Expect", "Kind", "Mutate", "Of", "Sent", "of_field"]

Kind = Literal["invariance", "directional", "evasion"]
Expect = Literal["same", "not_lower", "alert"]
Of = Literal["any", "benign", "target"]
Sent = dict[str, list[Any]]
Mutate = Callable[[Sent, np.random.Generator], Sent]


@dataclass(frozen=True, slots=True)
class Check:
    """One named change and what must hold of the score after it.

    ``expect`` is ``same`` (equal bit for bit), ``not_lower`` (no less than before, but for the tolerance
    of the judge), or ``alert`` (the changed row alerts, reported as a share). ``of`` says which rows it is
    made of. ``mutate`` gets N rows and gives N, in order; a row it has nothing to change in comes back
    as it was.

    >>> upper = of_field("domain", lambda names, rng: [name.upper() for name in names])
    >>> shout = Check("upper case", "invariance", upper, "same")
    >>> shout.mutate({"domain": ["a.com"]}, np.random.default_rng(0))
    {'domain': ['A.COM']}
    """

    name: str
    kind: Kind
    mutate: Mutate
    expect: Expect
    of: Of = "any"


def of_field(name: str, change: Callable[[list[Any], np.random.Generator], list[Any]]) -> Mutate:
    """A change of one field's values, as a change of rows."""

    def mutate(rows: Sent, rng: np.random.Generator) -> Sent:
        return {**rows, name: change(rows[name], rng)}

    return mutate
