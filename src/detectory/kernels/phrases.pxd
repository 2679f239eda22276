cimport cython
from libc.stdint cimport int32_t, int64_t, uint8_t

@cython.final
cdef class Phrases:
    cdef object _kept
    cdef const int32_t* next_       # states × symbols: where a byte leads
    cdef const int32_t* said        # of a state: the phrase that ends there, or -1
    cdef const int32_t* shorter     # of a state: the next shorter state at which a phrase ends, or 0
    cdef uint8_t symbol[256]
    cdef int64_t symbols
    cdef const int32_t* length      # of each phrase
    cdef readonly int64_t size

    cdef int32_t step(self, int32_t state, uint8_t byte) noexcept nogil
    cdef void add(self, int32_t state, float* counts) noexcept nogil
    cdef void count(self, const uint8_t* text, int64_t length, float* counts) noexcept nogil
    cdef bint any(self, const uint8_t* text, int64_t length) noexcept nogil
