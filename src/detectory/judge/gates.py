"""Gates: the bars of ``detector.toml`` that a version must clear before it may be promoted.

In: the ``[[gates]]`` tables and the flat metrics of a verdict. Out: one `GateResult` a gate. A metric that
is missing or undefined never passes: a gate that could not be measured did not hold.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from detectory.errors import BadDetector, did_you_mean
from detectory.metrics import UNDEFINED, Interval

KEYS = ("metric", "at_least", "at_most")


@dataclass(frozen=True, slots=True)
class Gate:
    """A bar for one metric: ``at_least``, ``at_most`` or both."""

    metric: str
    at_least: float | None = None
    at_most: float | None = None

    def gap(self, value: float) -> float:
        """How far the value falls short: 0 or less when it holds, NaN when it is undefined.

        >>> round(Gate("recall", at_least=0.9).gap(0.81), 2)
        0.09
        """
        if math.isnan(value):
            return math.nan
        below = -math.inf if self.at_least is None else self.at_least - value
        above = -math.inf if self.at_most is None else value - self.at_most
        return max(below, above)

    def words(self) -> str:
        """The bar in words.

        >>> Gate("fpr", at_most=0.002).words()
        'at most 0.002'
        """
        low = "" if self.at_least is None else f"at least {self.at_least:g}"
        high = "" if self.at_most is None else f"at most {self.at_most:g}"
        return " and ".join(filter(None, (low, high)))


@dataclass(frozen=True, slots=True)
class GateResult:
    """What one gate asked for and what was measured; ``value`` is None for an unknown metric."""

    gate: Gate
    value: Interval | None
    why: str = ""

    @property
    def gap(self) -> float:
        """How far the value falls short; NaN when there is none."""
        return self.gate.gap((self.value or UNDEFINED).value)

    @property
    def passed(self) -> bool:
        """Whether the bar holds; what is undefined does not (NaN <= 0 is false)."""
        return self.gap <= 0

    @property
    def close(self) -> bool:
        """Whether the interval reaches over the bar, so that other test rows might decide otherwise."""
        ends = (self.value.low, self.value.high) if self.value else ()
        return any((self.gate.gap(end) <= 0) != self.passed for end in ends if not math.isnan(end))

    def sentence(self) -> str:
        """The result in one line.

        >>> check([Gate("recall", at_least=0.9)], {"recall": Interval(0.81, 0.8, 0.82)})[0].sentence()
        'recall 0.81 is 0.09 below its gate (at least 0.9)'
        """
        if self.value is None:
            return f"{self.gate.metric} was not measured ({self.why})"
        got, bar = self.value.value, self.gate.words()
        if math.isnan(got):
            return f"{self.gate.metric} is undefined on these rows ({bar} is asked for)"
        if self.passed:
            return f"{self.gate.metric} {got:.4g} is {bar}"
        side = "below" if self.gate.at_least is not None and got < self.gate.at_least else "above"
        return f"{self.gate.metric} {got:.4g} is {self.gap:.2g} {side} its gate ({bar})"

    def to_dict(self) -> dict[str, Any]:
        """The result as JSON."""
        gate = {key: getattr(self.gate, key) for key in KEYS}
        value = None if self.value is None else self.value.as_dict()
        return gate | {"value": value, "passed": self.passed, "sentence": self.sentence()}


def read(tables: Iterable[Mapping[str, Any]], *, detector: str) -> list[Gate]:
    """The gates of ``detector.toml``, in their order.

    Raises `BadDetector` for an unknown key, a bar that is no finite number, or a gate without a bar.

    >>> read([{"metric": "roc_auc", "at_least": 0.9}], detector="dga")
    [Gate(metric='roc_auc', at_least=0.9, at_most=None)]
    """
    return [_read_one(table, where=f"[[gates]] number {place}", detector=detector)
            for place, table in enumerate(tables, start=1)]  # fmt: skip


def check(gates: Iterable[Gate], metrics: Mapping[str, Interval]) -> list[GateResult]:
    """Hold every gate against the flat metrics of a verdict.

    A metric of a gate that is not among them fails, saying which name was probably meant.
    """
    return [_check_one(gate, metrics) for gate in gates]


def _check_one(gate: Gate, metrics: Mapping[str, Interval]) -> GateResult:
    if gate.metric in metrics:
        return GateResult(gate, metrics[gate.metric])
    return GateResult(gate, None, why=did_you_mean(gate.metric, metrics))


def _read_one(table: Mapping[str, Any], *, where: str, detector: str) -> Gate:
    unknown = sorted(set(table) - set(KEYS))
    if unknown:
        raise BadDetector(detector, why=did_you_mean(unknown[0], KEYS), where=f"{where}, key '{unknown[0]}'")
    if not isinstance(table.get("metric"), str):
        raise BadDetector(detector, why="a gate names its metric", where=where)
    bars = {key: _bar(table[key], where=where, detector=detector) for key in KEYS[1:] if key in table}
    if not bars:
        raise BadDetector(detector, why="a gate has at_least, at_most or both", where=where)
    return Gate(table["metric"], **bars)


def _bar(value: object, *, where: str, detector: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise BadDetector(detector, why=f"{value!r} is not a finite number", where=where)
    return float(value)
