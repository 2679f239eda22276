"""A choice among candidates: which of them a run fits, and with which parameters.

Comes in: names and ``key=value`` pairs of a user, or the results of searches. Goes out: the chosen candidates
of a detector, with their parameters. Where nothing is chosen, these are all candidates but those by request.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

from detectory.errors import HeadAbsent, SetInVain, UnknownCandidate, UsageError
from detectory.models.candidate import Candidate, Fitted, Lesson, Value
from detectory.models.recipe import Recipe


class Given(Protocol):
    """A model that was trained elsewhere and was imported as a candidate."""

    @property
    def candidate(self) -> Candidate:
        """The candidate that it stands for."""

    @property
    def label(self) -> str:
        """``HEAD.NAME``, which no other candidate has."""

    @property
    def digest(self) -> str:
        """The digest of the imported artifact."""

    @property
    def said(self) -> Mapping[str, Any]:
        """Where it is from, to be stated as a fact."""

    def fit(self, candidate: Candidate, lesson: Lesson) -> Fitted:
        """The model as imported; raises ``ModelUnfit`` where features or classes have changed since."""


@dataclass(frozen=True, slots=True)
class Choice:
    """Names of candidates, and parameters by name.

    A name is ``forest``, for the candidates of all heads that are called so, or ``score.forest``, for that of
    one head. Heads of which no candidate is named keep all of theirs; with ``only`` they keep none. ``given``
    are the imported models that may be named. ``searches`` are the documents of the studies, by HEAD.NAME,
    whose parameters hold where ``params`` has none.
    """

    names: tuple[str, ...] = ()
    params: Mapping[str, Mapping[str, Value]] = field(default_factory=dict)
    only: bool = False
    given: tuple[Given, ...] = ()
    searches: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    def of(self, candidates: Iterable[Candidate], recipes: Iterable[Recipe] = ()) -> list[Candidate]:
        """The chosen candidates, with the parameters of the choice. Raises `UnknownCandidate`.

        ``recipes`` may be named too: what a named recipe starts from is then fitted.

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
        """The chosen recipes, with their parameters: all but those by request, and the named ones.

        A recipe that a chosen one starts from is chosen too.
        """
        known = list(recipes)
        named = [(one.head, one.name) for one in known if not one.by_request or self.mentions(one)]
        wanted = _with_sources(named, known)
        return [replace(one, params=self._params(one)) for one in known if (one.head, one.name) in wanted]

    def kinds(self, candidates: Iterable[Candidate], recipes: Iterable[Recipe] = ()) -> set[str]:
        """The kinds of model that are fitted: as candidates, or as students where a teacher is."""
        known, made = list(candidates), list(recipes)
        fitted = self.of(known, made)
        there, found = {(one.head, one.name) for one in fitted}, {one.kind for one in fitted}
        for recipe in self.recipes(made):
            if not recipe.of or (recipe.head, recipe.of) in there:
                there.add((recipe.head, recipe.name))
                student = (recipe.head, recipe.params.get("student"))
                found |= {one.kind for one in known if (one.head, one.name) == student}
        return found

    def document(self, but: Iterable[Recipe] = ()) -> dict[str, Any]:
        """The choice for digests and for the journal, without the parameters of the recipes in ``but``.

        >>> Choice(params={"int8": {"rows": 9}}).document([Recipe("int8", "score", "quantize")])["params"]
        {}
        """
        others = {name for name in self.params for one in but if _means(name, one)}
        params = {
            name: dict(sorted(values.items()))
            for name, values in sorted(self._all_params().items())
            if name not in others
        }
        given = {each.label: each.digest for each in self.given if self.mentions(each.candidate)}
        searches = {name: found["artifact"] for name, found in sorted(self.searches.items())}
        chosen = {"names": sorted(self.names), "params": params, "only": self.only}
        return chosen | {"given": given, "searches": searches}

    def check_heads(self, heads: Collection[str], made: Iterable[Candidate | Recipe]) -> None:
        """Raises `HeadAbsent` for a name by which only what is of other heads is called.

        >>> Choice(("tree",)).check_heads(["score"], [Candidate("tree", "family", "trees", ("dense",))])
        Traceback (most recent call last):
        detectory.errors.usage.HeadAbsent: error[E2162]: 'tree' is for the head 'family', which is not there
          why: there is: score
          fix: name another candidate, or give the rows two families and [label] families = true
        """
        known = [*made, *(each.candidate for each in self.given)]
        for name in self.names:
            meant = [one.head for one in known if _means(name, one)]
            if meant and not set(meant) & set(heads):
                raise HeadAbsent(name, head=meant[0], heads=heads)

    def check_used(self, made: Iterable[Candidate | Recipe]) -> None:
        """Raises `SetInVain` for parameters that belong to none of these.

        >>> Choice(("tree",), {"forest": {"max_depth": 3}}).check_used([Recipe("tree", "score", "prune")])
        Traceback (most recent call last):
        detectory.errors.usage.SetInVain: error[E2150]: parameters of 'forest' are set, and it is not fitted
          why: what is fitted, and made of that: score.tree
          fix: name it as well: --candidate forest; or leave out what sets it
        """
        known = list(made)
        for name in self.params:
            if not any(_means(name, one) for one in known):
                raise SetInVain(name, fitted=[f"{one.head}.{one.name}" for one in known])

    def elsewhere(self, candidate: Candidate) -> Given | None:
        """The imported model that a candidate stands for; None for a candidate that is fitted here."""
        return next((each for each in self.given if each.label == f"{candidate.head}.{candidate.name}"), None)

    def _sources(self, known: Sequence[Candidate], recipes: Sequence[Recipe]) -> Iterator[str]:
        """What the named recipes start from: one candidate, or all that are not by request."""
        named = [(one.head, one.name) for one in recipes if self.mentions(one)]
        for head, name in _with_sources(named, recipes).difference(named):
            every = [one.name for one in known if one.head == head and not one.by_request]
            yield from (f"{head}.{each}" for each in ([name] if name else every))

    def mentions(self, one: Candidate | Recipe) -> bool:
        """Whether this very candidate or recipe is named."""
        return any(_means(name, one) for name in self.names)

    def _is_chosen(self, one: Candidate, known: Sequence[Candidate]) -> bool:
        if self.mentions(one):
            return True
        touched = {each.head for each in known for name in self.names if _means(name, each)}
        return not one.by_request and one.head not in touched and not (self.only and self.names)

    def _params(self, one: Candidate | Recipe) -> dict[str, Value]:
        chosen = [values for name, values in self._all_params().items() if _means(name, one)]
        return {**one.params, **{key: values[key] for values in chosen for key in values}}

    def _all_params(self) -> dict[str, dict[str, Value]]:
        """Those that searches found, overruled by those that were set."""
        params = {name: dict(found["params"]) for name, found in self.searches.items()}
        for name, values in self.params.items():
            params.setdefault(name, {}).update(values)
        return params


def chosen(
    names: Sequence[str],
    pairs: Sequence[str],
    *,
    searches: Mapping[str, Mapping[str, Any]] | None = None,
    only: bool = False,
) -> Choice:
    """A choice from the command line: names, and pairs ``[HEAD.]NAME.PARAMETER=VALUE``.

    Where one name is given, ``PARAMETER=VALUE`` is enough. The pairs overrule the parameters that
    ``searches`` found. Raises `UsageError` for a pair without a candidate.

    >>> chosen(["forest"], ["n_estimators=25"]).params
    {'forest': {'n_estimators': 25}}
    """
    params: dict[str, dict[str, Value]] = {}
    for pair in pairs:
        key, equals, value = pair.partition("=")
        if not (key and equals):
            raise UsageError(f"--set takes KEY=VALUE, and was given '{pair}'", fix="--set forest.max_depth=9")
        name, _, parameter = key.rpartition(".")
        if not name and len(names) != 1:
            why = f"'{key}' is no setting, and no one candidate is named whose parameter it could be"
            raise UsageError(why, fix=f"--set NAME.{key}={value}, or --candidate NAME --set {pair}")
        params.setdefault(name or names[0], {})[parameter] = _read(value)
    return Choice(tuple(names), params, only, searches=searches or {})


def _check(names: Iterable[str], known: Sequence[Candidate | Recipe]) -> None:
    """Raises `UnknownCandidate` for the first name that means none of those known."""
    for name in names:
        if not any(_means(name, one) for one in known):
            raise UnknownCandidate(name, known={one.name for one in known})


def _with_sources(wanted: Iterable[tuple[str, str]], recipes: Sequence[Recipe]) -> set[tuple[str, str]]:
    """Heads and names of recipes, and of everything that these start from."""
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
