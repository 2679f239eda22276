"""Parsed domain names to the numbers that the models read.

Goes in: the columns ``domain``, ``name`` and ``suffix`` that ``parse`` gives. Comes out: ``dense``
float32[N, 34], ``suffix_id`` int64[N] and ``ids`` int32[N, 128]. Pure and stateless: a batch equals its
rows one by one, bit for bit; nothing here is fitted to data. One pass of the kernel ``lexical``.

``suffix_id`` is FNV-1a (63 bits) of the suffix, a category. ``ids`` are hashed character 2-, 3- and
4-grams of ``^name$``, position by position, 1 … 65535, padded with 0; what is beyond 128 is cut.
"""

from __future__ import annotations

from detectory.blocks.text import pack
from detectory.blocks.words import lexicon
from detectory.kernels import lexical
from detectory.schema import Features, Rows

__all__ = ["DENSE", "NAMES", "features"]

# Of the name (what stands under the suffix, dots left out) unless it says otherwise.
DENSE: tuple[str, ...] = (
    "length",  # characters of the whole domain, suffix and dots included
    "name_length",  # characters of the name, dots included
    "label_count",  # labels of the name
    "longest_label",  # characters of the longest label
    "last_label",  # characters of the label under the suffix, the registered one
    "encoded",  # 1 where a label begins xn--
    "entropy",  # bits a character
    "entropy_share",  # entropy of the most that so many characters could have
    "distinct",  # different characters
    "distinct_share",  # different characters a character
    "commonest_share",  # share of the commonest character
    "vowel_share",  # aeiou
    "consonant_share",  # the other letters, y among them
    "digit_share",
    "hyphen_share",  # the only special character of a host name
    "hex_share",  # 0-9 and a-f
    "longest_vowel_run",
    "longest_consonant_run",
    "longest_digit_run",
    "alternation",  # share of vowel beside consonant among neighbouring letters
    "digit_switches",  # digit beside letter
    "doubles",  # equal neighbours
    "repeated_bigrams",  # neighbours that the name had before
    "letter_bits",  # bits a letter, coded by the frequency of English letters
    # Of the longest label, as the dictionary spells it cheapest (kernels/lexicon.pyx):
    "word_share",  # share of its characters within words
    "words",
    "short_words",  # words of three letters
    "longest_word",
    "mean_word",  # characters a word
    "longest_gap",  # longest run of characters within no word
    "gaps",  # runs of characters within no word
    "word_bits",  # bits a word: the rarer its words, the more
    "word_concentration",  # sum of word lengths squared, of the label's length squared
    "spelling_bits",  # bits a character of the whole label
)

NAMES: dict[str, tuple[str, ...]] = {"dense": DENSE, "suffix_id": ("suffix_id",), "ids": ()}


def features(rows: Rows) -> Features:
    """The three tensors of N parsed names.

    >>> made = features({"domain": ["google.com"], "name": ["google"], "suffix": ["com"]})
    >>> {key: (str(tensor.dtype), tensor.shape) for key, tensor in made.items()}
    {'dense': ('float32', (1, 34)), 'suffix_id': ('int64', (1,)), 'ids': ('int32', (1, 128))}
    >>> dict(zip(DENSE, made["dense"][0].tolist()))["longest_word"]
    6.0
    """
    dense, suffix_id, ids = lexical.describe(pack(rows["name"]), pack(rows["suffix"]), lexicon())
    return {"dense": dense, "suffix_id": suffix_id, "ids": ids}
