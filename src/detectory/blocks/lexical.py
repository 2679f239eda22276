"""What the columns of the kernel ``lexical`` are, in words: the one list that every detector of names reads.

A column that holds yes or no ends in a question mark. Those from ``word_share`` on are of the longest label
alone, as the dictionary spells it cheapest (``kernels/lexicon.pyx``).
"""

from __future__ import annotations

from collections.abc import Mapping

__all__ = ["WORDS", "words_of"]

WORDS: Mapping[str, str] = {
    "length": "characters, the suffix and dots included,",
    "name_length": "characters, dots included,",
    "label_count": "labels",
    "longest_label": "characters of the longest label",
    "last_label": "characters of the last label",
    "encoded": "a label that begins xn--?",
    "entropy": "entropy, bits a character,",
    "entropy_share": "share of the most entropy that so many characters could have",
    "distinct": "different characters",
    "distinct_share": "different characters a character",
    "commonest_share": "share of the commonest character",
    "vowel_share": "share of vowels",
    "consonant_share": "share of consonants",
    "digit_share": "share of digits",
    "hyphen_share": "share of hyphens",
    "hex_share": "share of hexadecimal digits, 0-9 and a-f,",
    "longest_vowel_run": "longest run of vowels",
    "longest_consonant_run": "longest run of consonants",
    "longest_digit_run": "longest run of digits",
    "alternation": "share of vowel beside consonant among neighbouring letters",
    "digit_switches": "places where a digit stands beside a letter",
    "doubles": "characters that stand twice in a row",
    "repeated_bigrams": "pairs of neighbours that come again",
    "letter_bits": "bits a letter, by how common English letters are,",
    "word_share": "share of characters within English words",
    "words": "English words",
    "short_words": "English words of three letters",
    "longest_word": "characters of the longest English word",
    "mean_word": "characters an English word",
    "longest_gap": "longest run of characters of no English word",
    "gaps": "runs of characters of no English word",
    "word_bits": "bits an English word, more for rarer ones,",
    "word_concentration": "how much of it few long English words make up",
    "spelling_bits": "bits a character, spelt by a dictionary,",
}


def words_of(text: str) -> dict[str, str]:
    """The words for the columns of one text, such as ``the name``.

    >>> words_of("the name")["digit_share"], words_of("the name")["encoded"]
    ('share of digits in the name', 'a label that begins xn-- in the name?')
    """
    return {
        name: f"{words.removesuffix('?')} in {text}{'?' if words.endswith('?') else ''}"
        for name, words in WORDS.items()
    }
