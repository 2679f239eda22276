"""How the score of a domain name must behave when the name is changed.

Goes in: valid domain names. Comes out: checks, each a change with what it may do to the score. All changes
are made from the generator that is handed in, and every changed name is a valid name again.
"""

from __future__ import annotations

import string
from collections.abc import Callable
from functools import cache
from itertools import islice

import numpy as np

from detectory.blocks.behaviour import Check, Mutate, of_field
from detectory.blocks.domain import host_names
from detectory.blocks.words import ranked_words

__all__ = ["directional", "evasions", "invariances"]

Change = Callable[[str, np.random.Generator], str]
Names = Callable[[list[str], np.random.Generator], list[str]]

_LETTERS = string.ascii_lowercase
_LETTERS_AND_DIGITS = string.ascii_lowercase + string.digits
_SUFFIXES = ("com", "net", "org", "info", "biz", "ru", "de", "co.uk", "xyz", "top")  # cheap and common
_MAX_LABEL = 63


def invariances() -> list[Check]:
    """Spellings of the same name: the score must not move at all.

    >>> [check.name for check in invariances()]
    ['upper case', 'random case', 'trailing dot', 'unicode form']
    """
    return [
        Check(
            "upper case", "invariance", _names(lambda names, rng: [name.upper() for name in names]), "same"
        ),
        Check("random case", "invariance", _names(_random_case), "same"),
        Check(
            "trailing dot", "invariance", _names(lambda names, rng: [f"{name}." for name in names]), "same"
        ),
        Check(
            "unicode form", "invariance", _names(lambda names, rng: [_unicode_form(n) for n in names]), "same"
        ),
    ]


def directional() -> list[Check]:
    """Changes that make a name more machine-like: the score must not fall."""
    return [
        Check("longer random label", "directional", _labels(_lengthened), "not_lower", of="target"),
        Check("random letters instead", "directional", _labels(_replaced), "not_lower", of="benign"),
        Check("vowels dropped", "directional", _labels(_without_vowels), "not_lower", of="benign"),
    ]


def evasions() -> list[Check]:
    """Changes that an author of malware can afford: a machine-made name must alert all the same.

    ``charbot`` is the attack of Peck et al., "CharBot: A Simple and Effective Method for Evading DGA
    Classifiers" (2019): two characters of a benign name replaced at random.
    """
    return [
        Check("other suffix", "evasion", _names(_other_suffixes), "alert", of="target"),
        Check("word inserted", "evasion", _labels(_with_word), "alert", of="target"),
        Check("hyphen inserted", "evasion", _labels(_with_hyphen), "alert", of="target"),
        Check("under www", "evasion", _names(_under_www), "alert", of="target"),
        Check("charbot", "evasion", _labels(_charbot), "alert", of="benign"),
    ]


def _labels(change: Change) -> Mutate:
    """Change the registered label of every name, the one under the suffix.

    An encoded one stays: with another character it would decode no more.
    """

    def mutate(names: list[str], rng: np.random.Generator) -> list[str]:
        changed = list(names)
        cut = host_names(names)
        for row, name, suffix in zip(cut.row.tolist(), cut.name, cut.suffix, strict=True):
            above, dot, label = name.rpartition(".")
            if label.startswith("xn--"):
                continue
            changed[row] = f"{above}{dot}{change(label, rng)[:_MAX_LABEL]}.{suffix}"
        return _valid_or_before(changed, names)

    return _names(mutate)


def _names(change: Names) -> Mutate:
    return of_field("domain", change)


def _valid_or_before(changed: list[str], names: list[str]) -> list[str]:
    """Take a change back that made no name of a name: too long, or now a public suffix itself."""
    refused = {row for row, _ in host_names(changed).refused}
    return [names[row] if row in refused else name for row, name in enumerate(changed)]


def _random_case(names: list[str], rng: np.random.Generator) -> list[str]:
    return ["".join(sign.upper() if rng.random() < 0.5 else sign for sign in name) for name in names]


def _unicode_form(name: str) -> str:
    """Every A-label as its U-label."""
    return ".".join(_u_label(label) for label in name.split("."))


def _u_label(label: str) -> str:
    return label[4:].encode("ascii").decode("punycode") if label.startswith("xn--") else label


def _random_letters(size: int, rng: np.random.Generator) -> str:
    return "".join(_LETTERS[at] for at in rng.integers(len(_LETTERS), size=size).tolist())


def _lengthened(label: str, rng: np.random.Generator) -> str:
    return label + _random_letters(int(rng.integers(1, 5)), rng)


def _replaced(label: str, rng: np.random.Generator) -> str:
    return _random_letters(len(label), rng)


def _without_vowels(label: str, rng: np.random.Generator) -> str:
    kept = label.translate(str.maketrans("", "", "aeiou")).strip("-")
    return kept if len(kept) >= 3 and not kept.startswith("xn--") else label


def _with_word(label: str, rng: np.random.Generator) -> str:
    words = _common_words()
    return words[int(rng.integers(len(words)))] + label


@cache
def _common_words() -> tuple[str, ...]:
    return tuple(word.decode("ascii") for word, _ in islice(ranked_words(), 1_000))


def _with_hyphen(label: str, rng: np.random.Generator) -> str:
    if len(label) < 2:
        return label
    at = int(rng.integers(1, len(label)))
    return f"{label[:at]}-{label[at:]}"


def _under_www(names: list[str], rng: np.random.Generator) -> list[str]:
    return _valid_or_before([f"www.{name}" for name in names], names)


def _charbot(label: str, rng: np.random.Generator) -> str:
    """Two characters at random places become others at random."""
    if len(label) < 2:
        return label
    signs = list(label)
    for at in rng.choice(len(signs), size=2, replace=False).tolist():
        signs[at] = str(rng.choice([sign for sign in _LETTERS_AND_DIGITS if sign != signs[at]]))
    return "".join(signs)


def _other_suffixes(names: list[str], rng: np.random.Generator) -> list[str]:
    changed = list(names)
    cut = host_names(names)
    for row, name, suffix in zip(cut.row.tolist(), cut.name, cut.suffix, strict=True):
        others = [other for other in _SUFFIXES if other != suffix]
        changed[row] = f"{name}.{others[int(rng.integers(len(others)))]}"
    return _valid_or_before(changed, names)
