"""Parsed domain names to the numbers that the models read.

Goes in: the columns ``domain``, ``name`` and ``suffix`` that ``parse`` gives. Comes out: ``dense``
float32[N, 46], ``suffix_id`` int64[N], ``ids`` int32[N, 128] and ``word_ids`` int32[N, 48]. Pure and
stateless: a batch equals its rows one by one, bit for bit; nothing here is fitted to data. One pass of the
kernel ``names``.

``suffix_id`` is FNV-1a (63 bits) of the suffix, a category. ``ids`` are hashed character 2-, 3- and
4-grams of ``^name$``, position by position, 1 … 65535, padded with 0; what is beyond 128 is cut.
``word_ids`` are hashed tokens of how the longest label is spelt: its words, pairs of them, its outline.
By request there are ``chars`` uint8[N, 64] too: the name's letters, padded with 0.
"""

from __future__ import annotations

from collections.abc import Callable

from detectory.blocks import lexical as lexical_words, spelling
from detectory.blocks.text import letters, pack
from detectory.blocks.words import lexicon
from detectory.kernels import names
from detectory.schema import Array, Features, Rows

__all__ = ["BY_REQUEST", "CATEGORIES", "DENSE", "NAMES", "WORDS", "features"]

DENSE = (*lexical_words.WORDS, *spelling.WORDS)
"""Of the name (what stands under the suffix, dots left out) unless its words say otherwise."""

WORDS: dict[str, str] = {
    **lexical_words.words_of("the name"),
    **spelling.WORDS,
    "length": "characters of the whole domain, suffix and dots included",
    "last_label": "characters of the label under the suffix, the registered one",
    "suffix_id": "the public suffix",
    "ids": "what its groups of two to four letters say, in log-odds",
    "word_ids": "what its words say, and how it falls into them, in log-odds",
    "chars": "its letters, one by one",
}
CATEGORIES: dict[str, str] = {"suffix_id": "suffix"}
NAMES: dict[str, tuple[str, ...]] = {
    "dense": DENSE,
    "suffix_id": ("suffix_id",),
    "ids": (),
    "word_ids": (),
    "chars": (),
}
LETTERS = 64


def features(rows: Rows) -> Features:
    """The four tensors of N parsed names.

    >>> made = features({"domain": ["google.com"], "name": ["google"], "suffix": ["com"]})
    >>> {key: (str(tensor.dtype), *tensor.shape[1:]) for key, tensor in made.items()}
    {'dense': ('float32', 46), 'suffix_id': ('int64',), 'ids': ('int32', 128), 'word_ids': ('int32', 48)}
    >>> dict(zip(DENSE, made["dense"][0].tolist()))["longest_word"]
    6.0
    """
    made = names.describe(pack(rows["name"]), pack(rows["suffix"]), lexicon())
    return dict(zip(("dense", "suffix_id", "ids", "word_ids"), made, strict=True))


def _chars(rows: Rows) -> Array:
    return letters(rows["name"], width=LETTERS)


BY_REQUEST: dict[str, Callable[[Rows], Array]] = {"chars": _chars}
"""Tensors that are made where somebody reads them, and at no other time."""
