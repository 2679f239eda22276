cimport cython
from libc.stdint cimport int32_t, int64_t, uint8_t, uint64_t

@cython.final
cdef class Table:
    cdef object _kept               # the arrays behind the pointers, so that they live as long as the table
    cdef uint64_t* slots            # high half: tag of the hash; low half: entry + 1, or 0 where empty
    cdef uint64_t mask
    cdef const uint8_t* pool
    cdef const int64_t* offsets
    cdef readonly int64_t size

    cdef int64_t find(self, const uint8_t* text, int64_t length, uint64_t h) noexcept nogil
    cdef int32_t _insert(self, int64_t entry) noexcept nogil

cdef uint64_t hash_from_right(const uint8_t* text, int64_t length) noexcept nogil
