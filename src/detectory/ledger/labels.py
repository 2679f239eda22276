"""Which labels a detector knows: the truth that may be told of its predictions."""

from __future__ import annotations

import math
from collections.abc import Sequence

from detectory.errors import UnknownLabel
from detectory.spec import Binary, Spec


def checked(label: str | float, spec: Spec, families: Sequence[str]) -> str:
    """A label as it is stored: one of a detector that alerts, or a finite number of one that predicts those.

    ``families`` are the kinds that the version can name. Raises `UnknownLabel`.
    """
    if not isinstance(spec, Binary):
        return _number(label, spec.name)
    known = dict.fromkeys([spec.label.negative, spec.label.positive, *families])
    if label not in known:
        raise UnknownLabel(str(label), detector=spec.name, known=known)
    return str(label)


def _number(label: str | float, detector: str) -> str:
    """
    >>> _number(6, "transit"), _number("6.50", "transit")
    ('6.0', '6.5')
    """
    try:
        value = float(label)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise UnknownLabel(str(label), detector=detector)
    return repr(value)
