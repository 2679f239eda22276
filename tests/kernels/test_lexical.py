"""The kernel of the numbers holds to its shapes."""

from __future__ import annotations

import pytest

from detectory.kernels import lexical
from detectory.kernels.columns import pack
from detectory.kernels.lexicon import Lexicon


def test_a_name_without_its_suffix_is_refused() -> None:
    with pytest.raises(ValueError, match="2 names and 1 suffixes"):
        lexical.describe(pack(["a", "b"]), pack(["com"]), Lexicon([b"word"], [1]))


def test_the_letters_of_english_are_all_of_them() -> None:
    assert len(lexical.LETTER_PERCENT) == 26
    assert sum(lexical.LETTER_PERCENT) == pytest.approx(100, abs=0.1)
