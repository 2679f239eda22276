cimport cython
from libc.stdint cimport int32_t, int64_t, uint8_t, uint32_t

from detectory.kernels.table cimport Table

# The cheapest spelling of one label; lengths in characters.
cdef struct Segments:
    int32_t covered         # characters within words
    int32_t words
    int32_t short_words     # words of three letters: the ones that chance makes
    int32_t longest
    int32_t squares         # sum over the words of length squared
    int32_t gaps            # runs of characters within no word
    int32_t longest_gap
    double word_bits        # what the words cost
    double bits             # what the whole label costs

cdef enum:
    MOST = 253                  # characters of a label that are looked at

# The cheapest spelling of each beginning of a label, by its length; ``label`` belongs to the caller.
cdef struct Spelling:
    const uint8_t* label
    int32_t length
    double bits[MOST + 1]
    int32_t entry[MOST + 1]     # the word it ends with
    uint8_t taken[MOST + 1]     # that word's length, or 0: it ends with a character outside all words

@cython.final
cdef class Lexicon:
    cdef Table table
    cdef object _kept
    cdef int32_t* three       # entry + 1 of each word of three letters, or 0
    cdef uint32_t* endings    # which lengths the words have that end in four letters
    cdef double* bits

    cdef int64_t _length(self, int64_t entry) noexcept nogil
    cdef void _mark(self, int64_t entry) noexcept nogil
    cdef uint32_t _lengths(self, const uint8_t* label, int64_t end, int64_t run) noexcept nogil
    cdef void spell(self, const uint8_t* label, int64_t length, Spelling* spelling) noexcept nogil
    cdef void _offer(self, int64_t end, int64_t size, int64_t entry, Spelling* spelling) noexcept nogil
    cdef void _offer_short(
        self, const uint8_t* label, int64_t end, int64_t run, Spelling* spelling
    ) noexcept nogil
    cdef void _offer_long(
        self, const uint8_t* label, int64_t end, uint32_t lengths, Spelling* spelling
    ) noexcept nogil
    cdef void read(self, const Spelling* spelling, Segments* found) noexcept nogil
