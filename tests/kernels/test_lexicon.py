"""Segmentation: long words win, hostile labels stay linear, bad words are refused."""

from __future__ import annotations

import pytest

from detectory.kernels.lexicon import Lexicon

WORDS = Lexicon([b"fire", b"fox", b"firefox", b"ire", b"a" * 24], [1, 3, 7, 15, 31])


def test_one_word_is_cheaper_than_two() -> None:
    found = WORDS.segments(b"firefox")
    assert (found["words"], found["longest"], found["covered"]) == (1, 7, 7)


def test_gaps_are_what_no_word_covers() -> None:
    found = WORDS.segments(b"x9fire--fox-")
    assert (found["covered"], found["gaps"], found["longest_gap"], found["short_words"]) == (7, 3, 2, 1)
    assert found["word_bits"] == (1 + 4) + (2 + 4)  # log2(rank + 1) and the constant of Zipf's law
    assert found["bits"] == found["word_bits"] + 5 * 8


def test_a_rare_word_of_three_letters_explains_no_more_than_its_letters() -> None:
    assert Lexicon([b"xqz"], [1 << 20]).segments(b"xqz")["words"] == 0


@pytest.mark.parametrize("label", [b"", b"fo", b"\xff" * 300, b"FIREFOX", b"fi\0re"])
def test_a_label_without_words_is_one_gap(label: bytes) -> None:
    found = WORDS.segments(label)
    assert (found["words"], found["longest_gap"]) == (0, min(len(label), 253))


def test_of_an_endless_label_only_what_a_host_name_may_have_is_cut() -> None:
    assert WORDS.segments(b"a" * 1_000_000)["covered"] == 240


@pytest.mark.parametrize("word", [b"ab", b"a" * 25, b"abC", b"ab\xff", b""])
def test_a_word_that_is_not_three_to_24_letters_is_refused(word: bytes) -> None:
    with pytest.raises(ValueError, match="word 0 is not 3 to 24 letters a-z"):
        Lexicon([word], [1])


def test_as_many_ranks_as_words() -> None:
    with pytest.raises(ValueError, match="1 words and 2 ranks"):
        Lexicon([b"fire"], [1, 2])
