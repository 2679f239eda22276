from libc.stdint cimport int64_t, uint8_t

from detectory.kernels.lexicon cimport Lexicon, Spelling

cdef enum:
    COLUMN_COUNT = 34

cdef void write_row(
    const uint8_t* name,
    int64_t length,
    int64_t suffix_length,
    Lexicon lexicon,
    Spelling* spelling,
    float* out,
) noexcept nogil
cdef int64_t text_id(const uint8_t* text, int64_t length) noexcept nogil
