"""Which scorer answers for a bundle: the one place at run time that asks for the task."""

from __future__ import annotations

from detectory.bundle import Opened
from detectory.runtime.alerts import AlertScorer
from detectory.runtime.answers import DIGITS
from detectory.runtime.scorer import Scorer, spec_of
from detectory.runtime.values import ValueScorer
from detectory.spec import Binary, Regression


def open_scorer(bundle: Opened, *, version: str, digits: int = DIGITS) -> Scorer:
    """The scorer of an opened bundle, whose records have so many digits.

    Raises `BundleRefused` for a graph that cannot be loaded.
    """
    match spec_of(bundle):
        case Binary() as spec:
            return AlertScorer(bundle, spec=spec, version=version, digits=digits)
        case Regression() as spec:
            return ValueScorer(bundle, spec=spec, version=version, digits=digits)
