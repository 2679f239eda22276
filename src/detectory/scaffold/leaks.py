"""Which columns must not be features: they name the row, its time or its place, or they know the label.

Goes in: the facts of a column and the labels. Comes out: a `Reason`, or None. What is found here is told
with the evidence, so that a person may overrule it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detectory.metrics import roc_auc
from detectory.scaffold.labels import Labels
from detectory.scaffold.profile import Codes, Facts

KNOWS = 0.99
"""Above this area under the ROC curve, a single column knows the label; so it does for R² of a number."""

_IDENTIFIER = re.compile(
    r"(?i:(^|[^a-z])(id|ids|uid|uuid|guid|hash|md5|sha1|sha256|index|idx|rowid)$)"
    r"|[a-z]I[Dd]$|^Unnamed: 0$"
)
_ADDRESS = re.compile(r"(^|[^a-z])(ip|ipv4|ipv6|mac|addr|address)$", re.IGNORECASE)
_FEW = 20
_NAMELESS = re.compile(r"[0-9a-f]{8,}(-[0-9a-f]{4,})*", re.IGNORECASE)
_VERDICT = re.compile(
    r"(^|[^a-z])(label|labels|class|target|verdict|outcome|attack|cat|category|sub_?cat|subcategory|"
    r"truth|anomaly|fraud|malicious|phishing|prediction|predicted)([^a-z]|$)",
    re.IGNORECASE,
)
_TELLS_MUCH = 0.8
_UNIQUE = 0.9
_SEEN_ENOUGH = 1_000
_BINS = 64
_HALVES = 20_261_121  # no seed that anybody makes a table with
_MOST_AFTER = 3
_TIMES_BEFORE = 4


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a column is no feature: a short stable ``code`` and a sentence with the evidence."""

    code: str
    why: str


@dataclass(frozen=True, slots=True)
class Setting:
    """The table that a column is judged in: its labels, the label's place, how many columns there are."""

    labels: Labels
    label: Facts
    columns: int
    has_names: bool


def reason_against(facts: Facts, within: Setting) -> Reason | None:
    """Why a column is no feature, or None. ``facts`` are of the labelled rows."""
    return next((found for check in _CHECKS if (found := check(facts, within))), None)


def _says_nothing(facts: Facts, within: Setting) -> Reason | None:
    if facts.kind == "nested":
        return Reason("nested", "it holds lists or objects")
    if facts.kind == "empty":
        return Reason("empty", "no row says anything")
    if facts.distinct == 1 and not facts.missing:
        return Reason("constant", f"it is {facts.words[0]} in every row")
    return None


def _is_time(facts: Facts, within: Setting) -> Reason | None:
    if facts.kind != "time":
        return None
    return Reason("time", "a model must not learn when the rows of this table happened")


def _is_address(facts: Facts, within: Setting) -> Reason | None:
    named = bool(_ADDRESS.search(facts.name)) and facts.distinct > _FEW
    if facts.kind != "address" and not named:
        return None
    return Reason("address", "it names a machine of this table, and others will come")


def _is_identifier(facts: Facts, within: Setting) -> Reason | None:
    named = bool(_IDENTIFIER.search(facts.name))
    if named and facts.distinct > _BINS:
        return Reason("identifier", f"its name is an identifier's, and it has {facts.distinct:,} values")
    unique = facts.distinct > _UNIQUE * len(facts.codes) * (1 - facts.missing)
    if unique and (_counts_up(facts) or _is_nameless(facts)):
        return Reason("identifier", f"it is another in nearly every row: {facts.distinct:,} values")
    return None


def _counts_up(facts: Facts) -> bool:
    """Whole numbers without gaps to speak of: a row number."""
    if facts.kind != "integer" or facts.numbers is None:
        return False
    return float(np.nanmax(facts.numbers) - np.nanmin(facts.numbers)) < 2 * facts.distinct


def _is_nameless(facts: Facts) -> bool:
    """Hexadecimal words, or words of one shape: ``flow-00017``."""
    words = [word for word in facts.words if word][:_SEEN_ENOUGH]
    if facts.is_number or any(" " in word for word in words):
        return False
    shapes = {re.sub(r"[a-z]+", "a", re.sub(r"\d+", "0", word.lower())) for word in words}
    return all(map(_NAMELESS.fullmatch, words)) or (
        len(shapes) <= 2 and any("0" in shape for shape in shapes)
    )


def _is_named_so(facts: Facts, within: Setting) -> Reason | None:
    """Its name is that of a label, and it tells much of this one."""
    label = within.label.name.strip().lower()
    alike = within.has_names and (len(label) > 3 and label in facts.name.lower())
    if not (alike or (within.has_names and _VERDICT.search(facts.name))):
        return None
    area = known_by(facts, within.labels)
    if area < _TELLS_MUCH:
        return None
    return Reason("named_so", f"its name is a label's; alone it reaches {_measure(area, within)}")


def _holds_labels(facts: Facts, within: Setting) -> Reason | None:
    """Its words are those of the label."""
    if within.labels.task == "regression" or facts.is_number:
        return None
    shared = sorted({word for word in facts.words if word and word in within.labels.counts})
    if len(shared) < min(2, facts.distinct):
        return None
    return Reason("holds_labels", f"its values are the label's: {', '.join(shared[:3])}")


def _knows_the_label(facts: Facts, within: Setting) -> Reason | None:
    area = known_by(facts, within.labels)
    if area <= KNOWS:
        return None
    return Reason("knows_the_label", f"alone it reaches {_measure(area, within)}")


def _stands_behind(facts: Facts, within: Setting) -> Reason | None:
    """One of the last columns, behind the label of a file without a header: no name tells what it is.

    Verdicts are annotated, and annotations are made from them.
    """
    at, after = within.label.position, within.columns - within.label.position
    if within.has_names or facts.position < at or after > _MOST_AFTER or at <= _TIMES_BEFORE * after:
        return None
    area = known_by(facts, within.labels)
    why = "it stands behind the label, where what is made from a label is written"
    return Reason("behind_the_label", f"{why}; alone it reaches {_measure(area, within)}")


_CHECKS: tuple[Callable[[Facts, Setting], Reason | None], ...] = (
    _says_nothing,
    _is_time,
    _is_address,
    _is_identifier,
    _knows_the_label,
    _is_named_so,
    _holds_labels,
    _stands_behind,
)


def _measure(area: float, within: Setting) -> str:
    return f"an R² of {area:.3f}" if within.labels.task == "regression" else f"an AUC of {area:.3f}"


def known_by(facts: Facts, labels: Labels) -> float:
    """How well one column gives the label away: as `alone` says, or value by value.

    What a value means is learned on half the rows and told on the other half, so that a value of its own
    for every row tells nothing.
    """
    return max(alone(facts, labels), _quality(_out_of_fold(facts.codes, labels.target), labels))


def alone(facts: Facts, labels: Labels) -> float:
    """How well one column tells the label: an AUC of 0.5 … 1, or R² for a regression.

    Words tell it by what each means, numbers by their order or by what each of 64 bins means.
    """
    if facts.numbers is None:
        return _quality(_out_of_fold(facts.codes, labels.target), labels)
    binned = _quality(_out_of_fold(_binned(facts), labels.target), labels)
    order = np.where(np.isnan(facts.numbers), np.inf, facts.numbers)
    return binned if labels.task == "regression" else max(binned, _area(order, labels.target))


def _quality(told: NDArray[np.float64], labels: Labels) -> float:
    measure = _r_squared if labels.task == "regression" else _area
    return measure(told, labels.target)


def _binned(facts: Facts) -> Codes:
    """int64[N]: numbers in bins of equally many rows; nothing said in one of its own."""
    numbers = np.asarray(facts.numbers)
    edges = np.unique(np.nanquantile(numbers, np.linspace(0, 1, _BINS + 1)[1:-1]))
    return np.where(np.isnan(numbers), len(edges) + 1, np.searchsorted(edges, numbers, side="right"))


def _out_of_fold(codes: Codes, target: NDArray[np.float64]) -> NDArray[np.float64]:
    """float64[N]: the mean target of the other half's rows with the same code, drawn to the mean of all."""
    half = np.random.default_rng(_HALVES).random(len(codes)) < 0.5
    told = np.empty(len(codes))
    for learned, asked in ((half, ~half), (~half, half)):
        size = int(codes.max()) + 1
        rows = np.bincount(codes[learned], minlength=size)
        sums = np.bincount(codes[learned], weights=target[learned], minlength=size)
        told[asked] = ((sums + target[learned].mean()) / (rows + 1))[codes[asked]]
    return told


def _area(score: NDArray[np.float64], target: NDArray[np.float64]) -> float:
    area = roc_auc(score, target > 0)
    return max(area, 1 - area)


def _r_squared(told: NDArray[np.float64], target: NDArray[np.float64]) -> float:
    spread = float(((target - target.mean()) ** 2).sum())
    return max(0.0, 1 - float(((target - told) ** 2).sum()) / spread)
