"""What the label says: which value means that there is nothing to see, and which families there are.

Goes in: the label's column. Comes out: a `Labels`. A negative value that is not among the usual words is
not guessed: it is asked for.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from detectory.errors import NegativeUnknown, NothingToLearn
from detectory.formats import given
from detectory.scaffold.profile import profile

Task = Literal["binary", "regression"]

NEGATIVES = (
    *("normal", "benign", "legitimate", "legit", "clean", "good", "ham", "safe", "negative", "background"),
    *("false", "no", "0", "0.0"),
)
"""What tables call a row with nothing to see, in lower case; the first one that is there is taken."""

POSITIVE = "positive"
LEAST_ROWS = 200
LEAST_ROWS_A_SIDE = 40
_MOST_CLASSES = 50


@dataclass(frozen=True)
class Labels:
    """``words`` of the labelled rows; ``kept`` bool of all rows says which are labelled.

    ``negative`` and ``counts`` are of classes; for a regression, ``numbers`` float64 are the target.
    ``spellings`` are those that differ in case alone from the commonest, which stands for them.
    """

    task: Task
    words: list[str]
    kept: NDArray[np.bool_]
    counts: dict[str, int]
    negative: str = ""
    positive: str = POSITIVE
    numbers: NDArray[np.float64] | None = None
    spellings: Mapping[str, str] = field(default_factory=dict)

    @property
    def families(self) -> bool:
        """Whether positive rows have kinds."""
        return len(self.counts) > 2

    @cached_property
    def target(self) -> NDArray[np.float64]:
        """float64: 1 for positive rows, or the number to predict."""
        if self.numbers is not None:
            return self.numbers
        return np.array([word != self.negative for word in self.words], dtype=np.float64)

    @property
    def sides(self) -> dict[str, NDArray[np.bool_]]:
        """The labelled rows of each side, by what it is called; all of them for a regression."""
        if self.task == "regression":
            return {"labelled": np.ones(len(self.words), dtype=bool)}
        positive = self.target > 0
        return {self.negative: ~positive, f"not {self.negative}": positive}

    def of(self, rows: NDArray[np.intp]) -> Labels:
        """The labels of some rows, counted from the labelled ones."""
        numbers = None if self.numbers is None else self.numbers[rows]
        return replace(self, words=[self.words[row] for row in rows.tolist()], numbers=numbers)

    @property
    def unlabelled(self) -> int:
        """Rows without a label."""
        return int((~self.kept).sum())


def read(
    column: Sequence[Any], *, name: str, where: str, negative: str | None = None, positive: str | None = None
) -> Labels:
    """The labels of a column.

    Raises `NothingToLearn` for too few rows or one class, `NegativeUnknown` when it must be said.
    """
    words = [given.word(value) for value in column]
    kept = np.array([word != "" for word in words], dtype=bool)
    words = [word for word in words if word]
    spellings = _spellings(words)
    words = [spellings.get(word, word) for word in words]
    counts = dict(Counter(words).most_common())
    _check(words, counts, name=name, where=where)
    facts = profile(name, words, position=0)
    if negative is None and facts.is_number and facts.distinct > _MOST_CLASSES:
        return _numbers(words, kept, np.asarray(facts.numbers))
    found = _negative(negative, counts, name=name)
    _check_sides(counts, found, where=where)
    named = positive or _positive(counts, found)
    return Labels("binary", words, kept, counts, found, named, spellings=spellings)


def _numbers(words: list[str], kept: NDArray[np.bool_], numbers: NDArray[np.float64]) -> Labels:
    """A number to predict; a row whose label is none counts as one without a label."""
    known = ~np.isnan(numbers)
    kept[np.flatnonzero(kept)[~known]] = False
    said = [word for word, is_known in zip(words, known.tolist(), strict=True) if is_known]
    return Labels("regression", said, kept, {}, numbers=numbers[known])


def _spellings(words: list[str]) -> dict[str, str]:
    """The rarer spellings of a word in other case, and its commonest one."""
    by_word: dict[str, str] = {}
    commonest = {word: by_word.setdefault(word.casefold(), word) for word, _ in Counter(words).most_common()}
    return {word: other for word, other in commonest.items() if word != other}


def _check(words: list[str], counts: dict[str, int], *, name: str, where: str) -> None:
    if len(words) < LEAST_ROWS:
        why = f"{len(words):,} rows have a label in '{name}', and {LEAST_ROWS} are the least"
        raise NothingToLearn(where, why=why)
    if len(counts) == 1:
        raise NothingToLearn(where, why=f"every row has the same label in '{name}': {words[0]}")


def _check_sides(counts: dict[str, int], negative: str, *, where: str) -> None:
    rows = sum(counts.values())
    for side, count in ((negative, counts[negative]), (f"not {negative}", rows - counts[negative])):
        if count < LEAST_ROWS_A_SIDE:
            why = f"{count:,} rows are {side}, and {LEAST_ROWS_A_SIDE} are the least"
            raise NothingToLearn(where, why=why)


def _negative(wanted: str | None, counts: dict[str, int], *, name: str) -> str:
    by_word = {word.lower(): word for word in counts}
    if wanted is not None and wanted.lower() not in by_word:
        raise NegativeUnknown(name, wanted=wanted, known=counts)
    usual = NEGATIVES if wanted is None else (wanted.lower(),)
    found = next((by_word[word] for word in usual if word in by_word), None)
    if found is None:
        raise NegativeUnknown(name, wanted="", known=counts)
    return found


def _positive(counts: dict[str, int], negative: str) -> str:
    """The other class where there is one only: a number is no name, but it is what the data say."""
    others = [word for word in counts if word != negative]
    return others[0] if len(others) == 1 else POSITIVE
