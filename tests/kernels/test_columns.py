"""Packing text: any list goes in, offsets that leave the data do not."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, strategies as st

from detectory.kernels.columns import NOT_TEXT, NOT_UNICODE, TEXT, Packed, pack

Texts = st.lists(st.one_of(st.text(st.characters(exclude_categories=())), st.integers(), st.none()))


@given(Texts)
def test_every_row_is_its_utf8_or_empty_with_the_reason(values: list[Any]) -> None:
    packed = pack(values)
    for value, start, stop, kind in zip(
        values, packed.offsets[:-1], packed.offsets[1:], packed.kind, strict=True
    ):
        held = packed.data[start:stop].tobytes()
        if kind == TEXT:
            assert held == value.encode()
        else:
            assert held == b""
            assert kind == (NOT_UNICODE if isinstance(value, str) else NOT_TEXT)


@pytest.mark.parametrize("offsets", [[0, 3], [-1, 2], [2, 1]])
def test_offsets_that_leave_the_data_or_fall_are_refused(offsets: list[int]) -> None:
    with pytest.raises(ValueError, match="offsets must begin at 0 or later, never fall"):
        Packed(np.zeros(2, np.uint8), np.array(offsets), np.zeros(1, np.uint8))


def test_a_wrong_number_of_offsets_is_refused() -> None:
    with pytest.raises(ValueError, match="2 rows need 3 offsets, there are 2"):
        Packed(np.zeros(2, np.uint8), np.array([0, 1]), np.zeros(2, np.uint8))


def test_only_a_list_is_packed() -> None:
    with pytest.raises(TypeError, match="list"):
        pack("a.com")  # type: ignore[arg-type]  # the refusal is what is tested
