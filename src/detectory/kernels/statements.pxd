from libc.stdint cimport int16_t, int32_t, int64_t, uint8_t, uint64_t

cdef enum:
    MOST_STATEMENTS = 64    # a bit each

# Bytes of a line: from `at` up to `end`, which is not part of it.
cdef struct Text:
    const uint8_t* at
    const uint8_t* end

cdef class Statements:
    cdef object _kept
    cdef int32_t count
    cdef int32_t numbers[MOST_STATEMENTS]
    cdef int32_t piece_from[MOST_STATEMENTS + 1]    # the pieces of a statement, the first at its own index
    cdef const uint8_t* bytes_
    cdef const int64_t* starts                      # piece i is bytes_[starts[i]:starts[i + 1]]
    cdef int32_t by_byte[257]                       # anchored statements by their first byte …
    cdef int32_t anchored[MOST_STATEMENTS]          # … in this list, in the order of the table
    cdef const int16_t* step                        # state * 256 + byte → state
    cdef const uint64_t* found                      # state → the floating statements whose first words end

    cdef _set_pieces(self, list table)
    cdef _set_anchored(self, list firsts)
    cdef int32_t number(self, Text message) noexcept nogil
    cdef bint begins(self, Text message, int32_t i) noexcept nogil
    cdef bint goes_on(self, Text rest, int32_t i) noexcept nogil
    cdef int32_t floats(self, Text message) noexcept nogil
