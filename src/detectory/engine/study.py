"""A study: something that is searched for, and what was found.

Comes in: a name, a space, the parameters that it has, and what evaluates them. Goes out: a document with
every trial, the best one, which parameters mattered, and what a reader should doubt. Nothing here knows
whether a model or a recipe is searched for.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from detectory.engine.search import Evaluate, Trial
from detectory.engine.suggest import importance
from detectory.models.candidate import Categorical, Float, Range, Value

#: how near to an end of its range a best value is noted, as a share of the range
NEAR = 0.05


@dataclass(frozen=True, slots=True)
class Study:
    """What is searched for: ``name`` is HEAD.NAME, ``own`` the parameters that it has without a search.

    ``metric`` says what the quality is. ``rows`` are the digests of what is read, and ``about`` is what
    else a trial depends on: with name, space and own parameters they decide whether it is the same study.
    """

    name: str
    space: Mapping[str, Range]
    own: Mapping[str, Value]
    evaluate: Evaluate
    metric: str
    rows: Mapping[str, str]
    about: Mapping[str, Any]

    def document(self) -> dict[str, Any]:
        """What decides whether two studies are the same, for digests."""
        space = {name: [type(one).__name__, *_ends(one)] for name, one in sorted(self.space.items())}
        return {"name": self.name, "space": space, "own": dict(self.own), "about": dict(self.about)}


def found(study: Study, trials: Sequence[Trial]) -> dict[str, Any]:
    """What came of a study, without a clock: the same trials give the same document.

    ``best`` is None where no trial gave a quality. ``params`` are what is to be set: those of the best
    trial, and nothing where the own parameters are as good.
    """
    own = next((one.value for one in trials if one.number == 0 and study.own), None)
    best = max((one for one in trials if one.value is not None), key=_quality, default=None)
    is_better = best is not None and best.number > 0 and (own is None or _quality(best) > own)
    return {
        "name": study.name,
        "metric": study.metric,
        "own": _rounded(own),
        "best": best and _shown(best),
        "params": dict(best.params) if best and is_better else {},
        "counts": dict(Counter(one.state for one in trials)),
        "importance": importance(trials, study.space),
        "notes": list(_notes(study, best, trials)),
        "trials": [_shown(one) for one in trials],
    }


def _quality(trial: Trial) -> float:
    return -math.inf if trial.value is None else trial.value


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 6)


def _shown(trial: Trial) -> dict[str, Any]:
    return {
        "number": trial.number,
        "params": dict(trial.params),
        "state": trial.state,
        "value": _rounded(trial.value),
        "why": trial.why,
        "noted": dict(trial.noted),
    }


def _notes(study: Study, best: Trial | None, trials: Sequence[Trial]) -> Iterator[str]:
    """What a reader should doubt."""
    failed = Counter(one.why for one in trials if one.state == "failed")
    for why, count in failed.most_common(3):
        yield f"{count} of {len(trials)} trials failed: {why}"
    if best is None:
        return
    if best.number == 0 and study.own:
        yield "no trial was better than the own parameters"
        return
    if (equal := sum(one.value == best.value for one in trials)) > 1:
        yield f"{equal} trials are equally good: these rows cannot tell them apart"
    yield from edges(best.params, study.space)
    yield from _unused(best)


def edges(params: Mapping[str, Value], space: Mapping[str, Range]) -> Iterator[str]:
    """Notes on values near an end of their range: what is best may lie beyond it.

    >>> from detectory.models.candidate import Integer
    >>> list(edges({"max_depth": 15}, {"max_depth": Integer(1, 15)}))
    ['max_depth = 15 lies at the upper end of 1 … 15: a wider range may hold better']
    """
    for name, range_ in space.items():
        value = params.get(name)
        if isinstance(range_, Categorical) or value is None or isinstance(value, str):
            continue
        at = _place(range_, value)
        if at is not None and not NEAR < at < 1 - NEAR:
            end = "lower" if at <= NEAR else "upper"
            shown = f"{name} = {value:.4g} lies at the {end} end of {range_.low:g} … {range_.high:g}"
            yield f"{shown}: a wider range may hold better"


def _place(range_: Range, value: float) -> float | None:
    """Where in its range a value lies, from 0 to 1; nowhere in a range of one value."""
    low, high = _ends(range_)[:2]
    if low == high:
        return None
    if isinstance(range_, Float) and range_.log:
        low, high, value = math.log(low), math.log(high), math.log(value)
    return float((value - low) / (high - low))


def _ends(range_: Range) -> list[Any]:
    if isinstance(range_, Categorical):
        return list(range_.values)
    return [range_.low, range_.high, *([range_.log] if isinstance(range_, Float) else [])]


def _unused(best: Trial) -> Iterator[str]:
    """A ceiling that early stopping kept the best trial from."""
    used, ceiling = best.noted.get("used_steps"), best.noted.get("steps")
    if isinstance(used, int) and isinstance(ceiling, int) and used < ceiling:
        yield f"early stopping used {used} of {ceiling} steps: the ceiling had no say"
