# cython: boundscheck=True, wraparound=False, cdivision=True
"""Texts that list numbers (``5 22``, ``E5,E22``, ``[E5, E22]``) to those numbers, in one pass."""

import numpy as np

cimport numpy as cnp
from libc.stdint cimport int32_t, int64_t, uint8_t

from detectory.kernels.columns cimport Packed

cnp.import_array()


cdef inline bint is_digit(uint8_t byte) noexcept nogil:
    return 48 <= byte <= 57


def numbers(Packed texts not None, *, int32_t most):
    """The numbers of each text: ``(offsets int64[N + 1], ids int32[K], wrong bool[N])``.

    Numbers stand apart by blanks, commas, brackets or quotes, with or without an ``E`` before them. One
    above ``most`` is 0. A text with anything else in it has no numbers and is wrong.

    >>> from detectory.kernels.columns import pack
    >>> [part.tolist() for part in numbers(pack(["5 22", "[E5,E99]", "5 x"]), most=33)]
    [[0, 2, 4, 4], [5, 22, 5, 0], [False, False, True]]
    """
    cdef int64_t rows = texts.rows
    offsets = np.zeros(rows + 1, dtype=np.int64)
    ids = np.empty((len(texts.data) + rows) // 2 + 1, dtype=np.int32)  # two bytes a number, a row's last one
    wrong = np.zeros(rows, dtype=bool)
    cdef int64_t* ends = <int64_t*>cnp.PyArray_DATA(offsets)
    cdef int32_t* into = <int32_t*>cnp.PyArray_DATA(ids)
    cdef uint8_t* bad = <uint8_t*>cnp.PyArray_DATA(wrong)
    cdef int64_t row, count
    with nogil:
        for row in range(rows):
            count = read_ids(texts, row, into + ends[row], most)
            bad[row] = count < 0
            ends[row + 1] = ends[row] + max(count, <int64_t>0)
    return offsets, ids[: ends[rows]].copy(), wrong


cdef inline bint stands_between(uint8_t byte) noexcept nogil:
    """Blank, tab, line end, quotes, comma, brackets."""
    return byte == 32 or 9 <= byte <= 13 or byte == 34 or byte == 39 or byte == 44 or byte == 91 or byte == 93


cdef int64_t read_ids(Packed texts, int64_t row, int32_t* into, int32_t most) noexcept nogil:
    """Write a row's numbers, at most one for two bytes and one; -1 for a row that holds anything else."""
    cdef const uint8_t* at = texts.bytes_ + texts.starts[row]
    cdef const uint8_t* end = texts.bytes_ + texts.starts[row + 1]
    cdef int64_t count = 0
    cdef int64_t number
    while at < end:
        if stands_between(at[0]):
            at += 1
            continue
        at += at[0] == 69
        if at == end or not is_digit(at[0]):
            return -1
        number = 0
        while at < end and is_digit(at[0]):
            number = min(number * 10 + (at[0] - 48), <int64_t>most + 1)
            at += 1
        if at < end and not stands_between(at[0]):
            return -1
        into[count] = <int32_t>number if number <= most else 0
        count += 1
    return count
