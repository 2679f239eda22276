# cython: boundscheck=True, wraparound=False
"""Dictionary words, and the cheapest spelling of a label with them.

Goes in: words with their rank in a frequency list. A word costs the bits that name it, ``log2(rank + 1)``
and a few more (by Zipf's law a word of rank r has probability 1 / (r ln N)), a character outside all words
costs a fixed number; the cheapest spelling of a label is found by dynamic programming (after D. Jurafsky
and J. Martin's maximum-probability segmentation; of equal costs no word before a word, and the shorter last
word). So a rare word of three letters, which chance makes, costs as much as its letters and explains
nothing. Linear in the label's length: no word is longer than 24, and most positions are left after one
look at which lengths the words that end in the last three and four letters have.
"""

import numpy as np

cimport numpy as cnp
from libc.math cimport log2
from libc.stdint cimport int32_t, int64_t, uint8_t, uint32_t, uint64_t

from detectory.kernels.fnv cimport fnv64, seed64
from detectory.kernels.table cimport Table

cnp.import_array()

cdef enum:
    SHORTEST = 3
    LONGEST = 24
    LETTERS3 = 17576    # 26 ** 3
    LETTERS4 = 456976   # 26 ** 4

MIN_WORD, MAX_WORD = SHORTEST, LONGEST

cdef double WORD_BITS = 4.0         # log2(ln N) for a list of some 100,000 words: the constant of Zipf's law
cdef double CHARACTER_BITS = 8.0    # a character by itself: log2(37), and as much again for leaving the words


cdef inline bint is_letter(uint8_t byte) noexcept nogil:
    return 97 <= byte <= 122


cdef inline uint32_t code3(const uint8_t* text) noexcept nogil:
    """A number below 26 ** 3 for three letters a-z; the caller has checked that they are."""
    return (<uint32_t>(text[0] - 97) * 26 + (text[1] - 97)) * 26 + (text[2] - 97)


cdef inline uint32_t code4(const uint8_t* text) noexcept nogil:
    return code3(text) * 26 + (text[3] - 97)


cdef class Lexicon:
    """Words of 3 to 24 letters a-z and their ranks, from 1.

    Raises ``ValueError`` for any other word.

    >>> lexicon = Lexicon([b"fire", b"fox", b"firefox"], [10, 20, 30])
    >>> lexicon.segments(b"firefoxx9")["longest"]
    7
    """

    def __cinit__(self, words, ranks):
        self.table = Table(words)
        if len(ranks) != self.table.size:
            raise ValueError(f"{self.table.size} words and {len(ranks)} ranks")
        bits = np.array(ranks, dtype=np.float64)
        three, endings = np.zeros(LETTERS3, np.int32), np.zeros(LETTERS4, np.uint32)
        self._kept = (bits, three, endings)
        self.bits = <double*>cnp.PyArray_DATA(bits)
        self.three = <int32_t*>cnp.PyArray_DATA(three)
        self.endings = <uint32_t*>cnp.PyArray_DATA(endings)
        cdef int64_t entry
        for entry in range(self.table.size):
            if not is_word(self.table.pool + self.table.offsets[entry], self._length(entry)):
                raise ValueError(f"word {entry} is not {SHORTEST} to {LONGEST} letters a-z")
            self._mark(entry)

    cdef int64_t _length(self, int64_t entry) noexcept nogil:
        return self.table.offsets[entry + 1] - self.table.offsets[entry]

    cdef void _mark(self, int64_t entry) noexcept nogil:
        cdef int64_t length = self._length(entry)
        cdef const uint8_t* end = self.table.pool + self.table.offsets[entry + 1]
        self.bits[entry] = log2(self.bits[entry] + 1.0) + WORD_BITS
        if length > SHORTEST:
            self.endings[code4(end - 4)] |= <uint32_t>1 << length
        elif self.three[code3(end - 3)] == 0:
            self.three[code3(end - 3)] = <int32_t>(entry + 1)

    def segments(self, bytes label not None):
        """The cheapest spelling of one label, as a dictionary of numbers."""
        cdef Spelling spelling
        cdef Segments found
        self.spell(<const uint8_t*>(<char*>label), len(label), &spelling)
        self.read(&spelling, &found)
        return found

    cdef uint32_t _lengths(self, const uint8_t* label, int64_t end, int64_t run) noexcept nogil:
        """Bit k is set where a word of k > 3 letters may end at ``end``, after a run of so many letters."""
        cdef uint32_t lengths
        if run <= SHORTEST:
            return 0
        lengths = self.endings[code4(label + end - 4)]
        if run < LONGEST:
            lengths &= (<uint32_t>2 << run) - 1
        return lengths

    cdef void spell(self, const uint8_t* label, int64_t length, Spelling* spelling) noexcept nogil:
        """Find the cheapest spelling of one label."""
        cdef int64_t end
        cdef int64_t run = 0
        length = min(length, <int64_t>MOST)
        spelling.label, spelling.length = label, <int32_t>length
        spelling.bits[0] = 0.0
        for end in range(1, length + 1):
            spelling.bits[end] = spelling.bits[end - 1] + CHARACTER_BITS
            spelling.taken[end] = 0
            run = run + 1 if is_letter(label[end - 1]) else 0
            self._offer_short(label, end, run, spelling)
            self._offer_long(label, end, self._lengths(label, end, run), spelling)

    cdef inline void _offer(self, int64_t end, int64_t size, int64_t entry, Spelling* spelling) noexcept nogil:
        """Take the word if the label is cheaper with it."""
        cdef double bits = spelling.bits[end - size] + self.bits[entry]
        if bits < spelling.bits[end]:
            spelling.bits[end] = bits
            spelling.taken[end] = <uint8_t>size
            spelling.entry[end] = <int32_t>entry

    cdef inline void _offer_short(
        self, const uint8_t* label, int64_t end, int64_t run, Spelling* spelling
    ) noexcept nogil:
        cdef int64_t entry
        if run >= SHORTEST:
            entry = self.three[code3(label + end - SHORTEST)] - 1
            if entry >= 0:
                self._offer(end, SHORTEST, entry, spelling)

    cdef inline void _offer_long(
        self, const uint8_t* label, int64_t end, uint32_t lengths, Spelling* spelling
    ) noexcept nogil:
        cdef uint64_t h = seed64()
        cdef int64_t size = 0
        cdef int64_t entry
        while lengths > 1:
            lengths >>= 1
            size += 1
            h = fnv64(h, label[end - size])
            if lengths & 1:
                entry = self.table.find(label + end - size, size, h)
                if entry >= 0:
                    self._offer(end, size, entry, spelling)

    cdef void read(self, const Spelling* spelling, Segments* found) noexcept nogil:
        """Read a spelling from its end to its beginning."""
        cdef int64_t end = spelling.length
        cdef int32_t gap = 0
        cdef int32_t size
        found.covered = found.words = found.short_words = found.longest = 0
        found.gaps = found.longest_gap = found.squares = 0
        found.word_bits = 0.0
        found.bits = spelling.bits[spelling.length]
        while end > 0:
            size = spelling.taken[end]
            if size == 0:
                gap += 1
                found.gaps += gap == 1
                found.longest_gap = max(found.longest_gap, gap)
                end -= 1
                continue
            gap = 0
            found.words += 1
            found.covered += size
            found.short_words += size == SHORTEST
            found.longest = max(found.longest, size)
            found.squares += size * size
            found.word_bits += self.bits[spelling.entry[end]]
            end -= size


cdef bint is_word(const uint8_t* text, int64_t length) noexcept nogil:
    cdef int64_t i
    if length < SHORTEST or length > LONGEST:
        return False
    for i in range(length):
        if not is_letter(text[i]):
            return False
    return True
