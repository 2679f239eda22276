"""A number with the interval that holds it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from detectory.metrics.arithmetic import NAN

LEVEL = 0.95


class Interval(NamedTuple):
    """A number and the interval that holds it with 95 % confidence.

    >>> Interval(0.9, 0.85, 0.93).as_dict()
    {'value': 0.9, 'low': 0.85, 'high': 0.93}
    """

    value: float
    low: float
    high: float

    def as_dict(self) -> dict[str, float | None]:
        """The interval for JSON, which has no NaN: what is undefined becomes null."""
        return {key: float(part) if np.isfinite(part) else None for key, part in self._asdict().items()}

    @classmethod
    def from_dict(cls, facts: Mapping[str, float | None]) -> Interval:
        """The interval that ``as_dict`` gave."""
        return cls(**{end: NAN if value is None else value for end, value in facts.items()})


UNDEFINED = Interval(NAN, NAN, NAN)
