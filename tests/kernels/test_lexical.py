"""The kernel of the numbers of a text holds to its table."""

from __future__ import annotations

import pytest

from detectory.kernels import lexical


def test_the_letters_of_english_are_all_of_them() -> None:
    assert len(lexical.LETTER_PERCENT) == 26
    assert sum(lexical.LETTER_PERCENT) == pytest.approx(100, abs=0.1)
