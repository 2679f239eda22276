# cython: boundscheck=True, wraparound=False
"""Hashed character n-grams of a name: n = 2, 3, 4 over ``^name$``, at most 128 of them.

The grams come position by position (the 2-, 3- and 4-gram that begin there), so that cutting at 128 loses
the end of a long name and not all of its long grams. An id is FNV-1a of the gram's bytes, 32 bits, folded
to 1 … 65535; 0 is padding.
"""

from libc.stdint cimport int32_t, int64_t, uint8_t, uint32_t
from libc.string cimport memcpy

from detectory.kernels.fnv cimport fnv32, seed32

cdef enum:
    LONGEST_GRAM = 4
    BUCKETS = 65535
    ENOUGH = 48     # characters of a name: three grams a position fill 128 places before that

IDS = WIDTH


cdef void write_ids(const uint8_t* name, int64_t length, int32_t* ids) noexcept nogil:
    """Write the ids of one name; ``ids`` has 128 places, all 0."""
    cdef uint8_t text[ENOUGH + 2]
    cdef int64_t kept = min(length, <int64_t>ENOUGH)
    cdef int64_t size = kept + 1
    cdef int64_t start, end
    cdef int64_t count = 0
    cdef uint32_t h
    text[0] = 94
    memcpy(text + 1, name, <size_t>kept)
    if kept == length:
        text[size] = 36
        size += 1
    for start in range(size - 1):
        h = fnv32(seed32(), text[start])
        for end in range(start + 1, min(start + <int64_t>LONGEST_GRAM, size)):
            h = fnv32(h, text[end])
            ids[count] = <int32_t>(1 + h % <uint32_t>BUCKETS)
            count += 1
            if count == WIDTH:
                return
