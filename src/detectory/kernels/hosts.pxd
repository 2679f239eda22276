cimport cython
from libc.stdint cimport int64_t, uint8_t

from detectory.kernels.table cimport Table

@cython.final
cdef class SuffixRules:
    cdef Table table
    cdef object _kept
    cdef const uint8_t* kinds

    cdef int64_t suffix_start(self, const uint8_t* name, int64_t length) noexcept nogil

cdef bint all_digits(const uint8_t* text, int64_t length) noexcept nogil
cdef bint encoded(const uint8_t* label, int64_t length) noexcept nogil
