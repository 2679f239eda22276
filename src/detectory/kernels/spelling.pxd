from libc.stdint cimport int32_t, uint8_t

from detectory.kernels.lexicon cimport MOST, Lexicon, Spelling

cdef enum:
    SPELT = 12          # columns
    WORD_IDS = 48

# What a label falls into, from its end to its beginning: words and gaps.
cdef struct Outline:
    int32_t count
    int32_t words
    int32_t start[MOST + 1]
    int32_t size[MOST + 1]
    double bits[MOST + 1]       # what a word costs; 0 for a gap

cdef void outline(const Spelling* spelling, Lexicon lexicon, Outline* found) noexcept nogil
cdef void write_spelling(const Spelling* spelling, const Outline* found, float* out) noexcept nogil
cdef void write_word_ids(const Spelling* spelling, const Outline* found, int32_t* ids) noexcept nogil
