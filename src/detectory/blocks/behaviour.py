"""What a behaviour check is: a change made to inputs, and what it may do to the score.

Goes in: raw values of one field. Comes out: as many changed values. The judge scores both and holds them
to ``expect``; nothing here scores.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np

__all__ = ["Check", "Expect", "Kind", "Mutate", "Of"]

Kind = Literal["invariance", "directional", "evasion"]
Expect = Literal["same", "not_lower", "alert"]
Of = Literal["any", "benign", "target"]
Mutate = Callable[[list[str], np.random.Generator], list[str]]


@dataclass(frozen=True, slots=True)
class Check:
    """One named change and what must hold of the score after it.

    ``expect`` is ``same`` (equal bit for bit), ``not_lower`` (no less than before, but for the tolerance
    of the judge), or ``alert`` (the changed row alerts, reported as a share). ``of`` says which rows it is
    made of. ``mutate`` gets N raw values and gives N, in order; a value it has nothing to change in comes
    back as it was.

    >>> shout = Check("upper case", "invariance", lambda values, rng: [v.upper() for v in values], "same")
    >>> shout.mutate(["a.com"], np.random.default_rng(0))
    ['A.COM']
    """

    name: str
    kind: Kind
    mutate: Mutate
    expect: Expect
    of: Of = "any"
