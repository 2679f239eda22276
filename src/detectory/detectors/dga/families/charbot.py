"""CharBot: the label of a popular name with two characters replaced, under one of 22 suffixes.

Made by researchers to pass classifiers, never seen in malware. Peck et al., "CharBot: A Simple and
Effective Method for Evading DGA Classifiers" (IEEE Access 2019), which draws labels of six characters
or more from Alexa's list with a generator of its own. Ours are drawn from the HSTS preload list, with
Park and Miller's. Verified: suffixes, least length and characters of all 800 published sample names.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from string import ascii_lowercase, digits

from detectory.detectors.dga.families._arithmetic import park_miller, walk
from detectory.detectors.dga.families._family import Family, seeds

FAMILY = Family("charbot", "https://arxiv.org/abs/1905.01078", "derived", substituted=True)
BATCHES = seeds(0x1905, count=20)

SHORTEST = 6
ENDS = ascii_lowercase + digits
CHARACTERS = ENDS + "-"  # which no label may begin or end with
SUFFIX_LIST = "com at uk pl be biz co jp cz de eu fr info it ru lv me name net nz org us"
SUFFIXES = SUFFIX_LIST.split()


def domains(batch: str, count: int) -> list[str]:
    """The first names of a seed.

    Raises `MissingExtra` without the package ``hstspreload``.

    >>> domains("00001905", 2)
    ['ttealonas.be', 'ince3vafit.pl']
    """
    numbers = walk(park_miller, int(batch, 16))
    return [_name(numbers) for _ in range(count)]


def _name(numbers: Iterator[int]) -> str:
    labels = _labels()
    label = labels[next(numbers) % len(labels)]
    first = next(numbers) % len(label)
    second = (first + 1 + next(numbers) % (len(label) - 1)) % len(label)
    changed = list(label)
    for place in (first, second):
        allowed = CHARACTERS if 0 < place < len(label) - 1 else ENDS
        changed[place] = allowed[next(numbers) % len(allowed)]
    return f"{''.join(changed)}.{SUFFIXES[next(numbers) % len(SUFFIXES)]}"


@cache
def _labels() -> tuple[str, ...]:
    # here, because source imports this package
    from detectory.detectors.dga.source import preloaded

    pairs = (row.domain.split(".") for row in preloaded())
    labels = (pair[0] for pair in pairs if len(pair) == 2)
    return tuple(label for label in labels if len(label) >= SHORTEST and label.isalnum())
