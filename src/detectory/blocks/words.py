"""The English dictionary that names are cut into words by.

Goes in: nothing. Comes out: the compiled ``Lexicon``, read once when first asked for. Its words are the
most frequent of the web (P. Norvig's ``count_1w.txt``, in the package ``wordsegment`` as ``unigrams.txt``,
most frequent first), so names and abbreviations that are common there are words too. A list of the web:
mostly English; a name of another language's words looks less wordy than it is.
"""

from __future__ import annotations

import importlib.util
from array import array
from collections.abc import Iterator
from functools import cache
from itertools import islice
from pathlib import Path

from detectory.kernels import lexicon as kernel

__all__ = ["MOST_RANK", "lexicon", "ranked_words"]

MOST_RANK = 200_000
"""Words behind this rank are misspellings and names of few."""


@cache
def lexicon() -> kernel.Lexicon:
    """The dictionary, compiled for the kernel; read once, in a tenth of a second."""
    ranks = array("l")
    return kernel.Lexicon(_noted(ranks), ranks)


def _noted(ranks: array[int]) -> Iterator[bytes]:
    """The words, one at a time; the rank of each is put at the end of ``ranks``."""
    for word, rank in ranked_words():
        ranks.append(rank)
        yield word


def ranked_words() -> Iterator[tuple[bytes, int]]:
    """Each word of the dictionary with its rank, from 1, the most frequent first.

    >>> words = dict(ranked_words())
    >>> words[b"google"] < words[b"dictionary"], b"of" in words
    (True, False)
    """
    with _word_list().open("rb") as lines:
        for rank, line in enumerate(islice(lines, MOST_RANK), start=1):
            word = line.partition(b"\t")[0]
            if kernel.MIN_WORD <= len(word) <= kernel.MAX_WORD:
                yield word, rank


def _word_list() -> Path:
    # find_spec, because importing the package would run it; only its table is wanted.
    spec = importlib.util.find_spec("wordsegment")
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError("wordsegment")
    return Path(spec.origin).with_name("unigrams.txt")
