"""A choice among candidates: which ones a run fits, and how they are set, where somebody says so.

Comes in: names and ``key=value`` pairs of a user, or what a search found. Goes out: the candidates of a
detector, fewer or set otherwise. Without a word it is all of them, but those that are by request.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

from detectory.errors import UnknownCandidate, UsageError
from detectory.models.candidate import Candidate, Fitted, Lesson, Value
from detectory.models.recipe import Recipe


class Given(Protocol):
    """A candidate that was trained elsewhere: it need not be fitted, only to fit."""

    @property
    def candidate(self) -> Candidate:
        """What it would be."""

    @property
    def label(self) -> str:
        """Head and name: what tells it from every other candidate."""

    @property
    def digest(self) -> str:
        """What tells its bytes from any others."""

    @property
    def said(self) -> Mapping[str, Any]:
        """Where it is from, for facts."""

    def fit(self, candidate: Candidate, lesson: Lesson) -> Fitted:
        """The model as it is; ``ModelUnfit`` where features or classes are no longer its own."""


@dataclass(frozen=True, slots=True)
class Choice:
    """Names of candidates, and parameters by name; ``given`` are the models from elsewhere that may be named.

    A name is that of a candidate (``forest``), of every head that has one, or of one head's
    (``score.forest``). ``only`` leaves out the heads that no name touches; else they keep all of theirs.
    ``searches`` are the documents of the studies, by HEAD.NAME, that parameters were found by.
    """

    names: tuple[str, ...] = ()
    params: Mapping[str, Mapping[str, Value]] = field(default_factory=dict)
    only: bool = False
    given: tuple[Given, ...] = ()
    searches: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    def of(self, candidates: Iterable[Candidate], recipes: Iterable[Recipe] = ()) -> list[Candidate]:
        """The chosen candidates, set as the choice says. Raises `UnknownCandidate`.

        Of ``recipes`` it may speak too: one that is named has what it starts from fitted.

        >>> trees = [Candidate(name, "score", "trees", ("dense",)) for name in ("tree", "forest")]
        >>> [one.params for one in Choice(("tree",), {"tree": {"max_depth": 3}}).of(trees)]
        [{'max_depth': 3}]
        """
        known = [*candidates, *(each.candidate for each in self.given)]
        made = list(recipes)
        _check((*self.names, *self.params), [*known, *made])
        wider = replace(self, names=(*self.names, *self._sources(known, made)))
        return [replace(one, params=self._params(one)) for one in known if wider._is_chosen(one, known)]

    def recipes(self, recipes: Iterable[Recipe]) -> list[Recipe]:
        """The recipes to make, set as the choice says: all but those by request, and those that are named.

        One that another starts from is made for it.
        """
        known = list(recipes)
        named = [(one.head, one.name) for one in known if not one.by_request or self.names_one(one)]
        wanted = _with_sources(named, known)
        return [replace(one, params=self._params(one)) for one in known if (one.head, one.name) in wanted]

    def document(self, but: Iterable[Recipe] = ()) -> dict[str, Any]:
        """What was said, for digests and for the journal, ``but`` how these recipes are set.

        >>> Choice(params={"int8": {"rows": 9}}).document([Recipe("int8", "score", "quantize")])["params"]
        {}
        """
        others = {name for name in self.params for one in but if _means(name, one)}
        params = {
            name: dict(sorted(values.items()))
            for name, values in sorted(self.params.items())
            if name not in others
        }
        given = {each.label: each.digest for each in self.given if self.names_one(each.candidate)}
        searches = {name: found["artifact"] for name, found in sorted(self.searches.items())}
        said = {"names": sorted(self.names), "params": params, "only": self.only}
        return said | {"given": given, "searches": searches}

    def elsewhere(self, candidate: Candidate) -> Given | None:
        """The model from elsewhere that a candidate is, if it is one."""
        return next((each for each in self.given if each.label == f"{candidate.head}.{candidate.name}"), None)

    def _sources(self, known: Sequence[Candidate], recipes: Sequence[Recipe]) -> Iterator[str]:
        """What the named recipes start from; where one names nothing, all that are not by request."""
        named = [(one.head, one.name) for one in recipes if self.names_one(one)]
        for head, name in _with_sources(named, recipes).difference(named):
            every = [one.name for one in known if one.head == head and not one.by_request]
            yield from (f"{head}.{each}" for each in ([name] if name else every))

    def names_one(self, one: Candidate | Recipe) -> bool:
        """Whether a candidate or a recipe is named itself."""
        return any(_means(name, one) for name in self.names)

    def _is_chosen(self, one: Candidate, known: Sequence[Candidate]) -> bool:
        if self.names_one(one):
            return True
        touched = {each.head for each in known for name in self.names if _means(name, each)}
        return not one.by_request and one.head not in touched and not (self.only and self.names)

    def _params(self, one: Candidate | Recipe) -> dict[str, Value]:
        said = [values for name, values in self.params.items() if _means(name, one)]
        return {**one.params, **{key: each[key] for each in said for key in each}}


def chosen(
    names: Sequence[str],
    pairs: Sequence[str],
    *,
    searches: Mapping[str, Mapping[str, Any]] | None = None,
    only: bool = False,
) -> Choice:
    """A choice as the command line says it: names, and pairs ``[HEAD.]NAME.PARAMETER=VALUE``.

    Where one name is given, its parameters need no more than ``PARAMETER=VALUE``. What ``searches`` found
    to be best the pairs overrule. Raises `UsageError` for a pair that names nobody.

    >>> chosen(["forest"], ["n_estimators=25"]).params
    {'forest': {'n_estimators': 25}}
    """
    searched = searches or {}
    params = {name: dict(found["params"]) for name, found in searched.items()}
    for pair in pairs:
        key, _, value = pair.partition("=")
        name, _, parameter = key.rpartition(".")
        if not name and len(names) != 1:
            why = f"'{key}' is no setting, and no one candidate is named whose parameter it could be"
            raise UsageError(why, fix=f"--set NAME.{key}={value}, or --candidate NAME --set {pair}")
        params.setdefault(name or names[0], {})[parameter] = _read(value)
    return Choice(tuple(names), params, only, searches=searched)


def _check(names: Iterable[str], known: Sequence[Candidate | Recipe]) -> None:
    """Raises `UnknownCandidate` for the first name that means none of those known."""
    for name in names:
        if not any(_means(name, one) for one in known):
            raise UnknownCandidate(name, known={one.name for one in known})


def _with_sources(wanted: Iterable[tuple[str, str]], recipes: Sequence[Recipe]) -> set[tuple[str, str]]:
    """Heads and names of recipes, and of all that these start from."""
    found = set(wanted)
    for one in reversed(recipes):  # a recipe starts from what an earlier one made
        if (one.head, one.name) in found:
            found.add((one.head, one.of))
    return found


def _means(name: str, one: Candidate | Recipe) -> bool:
    return name in (one.name, f"{one.head}.{one.name}")


def _read(value: str) -> Value:
    """A whole number, a finite number, or else text.

    >>> _read("25"), _read("1e-3"), _read("gini"), _read("nan")
    (25, 0.001, 'gini', 'nan')
    """
    for kind in (int, float):
        try:
            number = kind(value)
        except ValueError:
            continue
        return number if abs(number) < math.inf else value
    return value
