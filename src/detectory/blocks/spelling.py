"""What the columns of the kernel ``spelling`` are, in words: how the longest label of a name is spelt."""

from __future__ import annotations

from collections.abc import Mapping

__all__ = ["WORDS"]

WORDS: Mapping[str, str] = {
    "leading_gap": "characters before the first English word",
    "trailing_gap": "characters behind the last English word",
    "head_bits": "bits of its first five characters, spelt by a dictionary,",
    "tail_bits": "bits a character from the fifth on, spelt by a dictionary,",
    "first_word": "characters of its first English word",
    "last_word": "characters of its last English word",
    "first_word_bits": "bits of its first English word, more for a rarer one,",
    "last_word_bits": "bits of its last English word, more for a rarer one,",
    "rarest_word_bits": "bits of its rarest English word",
    "commonest_word_bits": "bits of its commonest English word",
    "common_share": "share of characters within the 127 most frequent English words",
    "longest_alternation": "longest run of vowels and consonants in turn, y a vowel,",
}
