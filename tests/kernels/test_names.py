"""The kernel of names: as many suffixes as names, and tokens that say how a label is spelt."""

from __future__ import annotations

import numpy as np
import pytest

from detectory.kernels import names
from detectory.kernels.columns import pack
from detectory.kernels.lexicon import Lexicon

WORDS = Lexicon([b"fire", b"fox", b"river", b"stone"], [1, 300, 500, 700])


def tokens(label: str) -> set[int]:
    word_ids = names.describe(pack([label]), pack(["com"]), WORDS)[3]
    return set(word_ids[0].tolist()) - {0}


def column(label: str, name: str) -> float:
    dense = names.describe(pack([label]), pack(["com"]), WORDS)[0]
    return float(dense[0, names.COLUMNS.index(name)])


def test_a_name_without_its_suffix_is_refused() -> None:
    with pytest.raises(ValueError, match="2 names and 1 suffixes"):
        names.describe(pack(["a", "b"]), pack(["com"]), WORDS)


def test_names_that_share_a_word_share_its_token_wherever_it_stands() -> None:
    assert tokens("x9-fire-7") & tokens("qqfireqq")
    assert tokens("firefox") & tokens("foxriver") - tokens("zzzz")


def test_words_of_the_same_lengths_have_the_same_outline() -> None:
    same, other = tokens("riverfire") & tokens("stonefire"), tokens("riverfire") & tokens("fireriver")
    assert same - other


def test_what_stands_before_the_first_word_and_behind_the_last_is_counted() -> None:
    assert (column("zqxjriver", "leading_gap"), column("zqxjriver", "trailing_gap")) == (4, 0)
    assert (column("firezq", "leading_gap"), column("firezq", "trailing_gap")) == (0, 2)
    assert column("zqxj", "leading_gap") == column("zqxj", "trailing_gap") == 4


def test_the_tail_is_told_apart_from_four_letters_before_it() -> None:
    assert column("zqxjriver", "tail_bits") == pytest.approx((np.log2(501) + 4) / 5)
    assert column("zqxj", "tail_bits") == 0


def test_a_long_label_has_no_more_tokens_than_there_is_room_for() -> None:
    assert len(tokens("firefox" * 9)) <= 48
