"""The words that word families draw from where the malware's own list may not be shipped.

They are the most frequent of the web (P. Norvig's ``count_1w.txt``, which the package ``wordsegment``
carries). A rule goes in, a tuple of words comes out, always the same.
"""

from __future__ import annotations

from collections.abc import Container
from functools import cache
from itertools import islice
from string import ascii_lowercase

from detectory.blocks.words import ranked_words


@cache
def _ranked() -> tuple[str, ...]:
    return tuple(word.decode("ascii") for word, _ in islice(ranked_words(), 20_000) if word.isalpha())


def frequent(count: int, *, letters: Container[int], initials: str = ascii_lowercase) -> tuple[str, ...]:
    """The ``count`` most frequent words with so many letters and one of these initials.

    >>> frequent(3, letters=range(5, 10))
    ('about', 'search', 'other')
    """
    fitting = (word for word in _ranked() if len(word) in letters and word[0] in initials)
    return tuple(islice(fitting, count))
