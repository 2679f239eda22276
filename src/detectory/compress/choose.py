"""Choose: which of the measured models of a head ships, and why the others do not.

The models are compared with the best one within the limits, on validation rows. A model is as good if it
loses no more than ``detector.toml`` allows, and if its loss cannot be told from zero on the same resamples.
The cheapest of the models that are as good ships. By default no loss is allowed: then the best one ships.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from detectory.compress.measure import Compared, Measured
from detectory.spec import Compress, Limits

#: clocks are noisy: a model is refused for its time only when it is this many times over the limit
SLACK = 3.0
#: why nothing ships whose answers depend on which rows share a batch
UNSTEADY = "answers a row otherwise when others stand beside it"
#: sums in another order differ by less, so this is no loss
ROUNDING = 1e-9


@dataclass(frozen=True, slots=True)
class Chosen:
    """What ships, and for every entry by name why it does or does not."""

    name: str
    why: dict[str, str]


def refusal(one: Measured, limits: Limits) -> str:
    """Why an entry may not ship whatever its quality; empty when it may."""
    if one.entry.size_bytes > limits.size_mib * 2**20:
        return f"larger than the limit of {limits.size_mib:g} MiB"
    if not one.steady:
        return UNSTEADY
    if one.cost.p50_us > SLACK * limits.row_us:
        return f"far slower than the limit of {limits.row_us:g} µs a row"
    return ""


def best_of(found: Sequence[Measured]) -> Measured:
    """The model of the highest quality, the first of equals; an undefined quality is the lowest."""
    return max(found, key=lambda one: -np.inf if np.isnan(one.quality) else one.quality)


def choose(found: Sequence[Compared], *, refused: dict[str, str], words: Compress) -> Chosen:
    """The cheapest model that is as good as the best; ``refused`` says by name why some may not ship."""
    why = refused | {one.entry.name: _worse(one, words) for one in found if one.entry.name not in refused}
    may_ship = [one for one in found if one.entry.name not in refused]
    fitting = [one for one in may_ship if not why[one.entry.name]] or may_ship[:1]  # of none it is defined
    cheapest = min(fitting, key=lambda one: _price(one, words)).entry.name
    than = "as good, but larger" if words.prefer == "size" else "as good, but slower"
    reasons = {name: reason or than for name, reason in why.items()}
    return Chosen(cheapest, reasons | {cheapest: _reason(cheapest, fitting, words)})


def _worse(one: Compared, words: Compress) -> str:
    """How an entry is worse than the best; empty when it is as good."""
    if np.isnan(one.quality.value):
        return "its quality is not defined on the validation rows"
    if one.lost.value > words.lose + ROUNDING:
        return f"loses {one.lost.value:.2g}" + (f", more than {words.lose:g}" if words.lose else "")
    if one.lost.low > ROUNDING:
        return "can be told from the best: it loses on the same resamples"
    return ""


def _price(one: Compared, words: Compress) -> float:
    return one.entry.size_bytes if words.prefer == "size" else one.cost.p50_us


def _reason(name: str, fitting: Sequence[Compared], words: Compress) -> str:
    if len(fitting) == 1:
        return "the best"
    price = "smallest" if words.prefer == "size" else "fastest"
    return f"the {price} of {len(fitting)} that are as good"
