"""The hash set finds what is in it, and nothing else."""

from __future__ import annotations

from hypothesis import given, strategies as st

from detectory.kernels.table import Table


@given(st.lists(st.binary(max_size=5)), st.lists(st.binary(max_size=5)))
def test_a_key_is_found_where_it_first_stood_and_others_are_not(
    keys: list[bytes], others: list[bytes]
) -> None:
    table = Table(keys)
    for key in keys + others:
        assert table.position(key) == (keys.index(key) if key in keys else -1)
