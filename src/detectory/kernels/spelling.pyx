# cython: boundscheck=True, wraparound=False, cdivision=True
"""How a label is spelt: where words stand in it and which, as numbers and as hashed tokens.

Goes in: a label's cheapest spelling (``lexicon``). Comes out: twelve numbers in the order of ``COLUMNS``, and
at most 48 ids of tokens. An id is FNV-1a of the token's bytes, 32 bits, folded to 1 … 65535; 0 is padding.
A token begins with a byte for its kind; they come in this order, so that a cut loses the end of a long label:

=========== ===========================================================================================
``#``       the outline: the kinds and lengths of all words and gaps
``~``       the shape of the first 20 characters: vowel (``y`` too), consonant, digit, hyphen, other
``!`` ``@`` the words' initials; the words' bits, halved: how rare they are
``<`` ``>`` the initial of the first word, of the last
``^`` ``$`` the first word, the last
``w`` ``+`` each word; each two words with nothing between them
``%``       five characters of the shape in a row
=========== ===========================================================================================
"""

from libc.stdint cimport int32_t, uint8_t, uint32_t

from detectory.kernels.fnv cimport fnv32, seed32
from detectory.kernels.lexicon cimport Lexicon, Spelling

COLUMNS = (
    "leading_gap", "trailing_gap", "head_bits", "tail_bits", "first_word", "last_word",
    "first_word_bits", "last_word_bits", "rarest_word_bits", "commonest_word_bits", "common_share",
    "longest_alternation",
)

cdef enum:
    BUCKETS = 65535
    HEAD = 5            # characters whose bits are told apart from the rest
    ALTERED = 4         # characters without which the tail is told
    SHAPE_KEPT = 20
    SHAPE_GRAM = 5

cdef double COMMON_BITS = 11.0      # what a word costs that is one of the 127 most frequent, or less

assert len(COLUMNS) == SPELT

cdef uint8_t SHAPE[256]


cdef void fill_tables():
    cdef int i
    for i in range(256):
        SHAPE[i] = 111      # o
    for i in range(97, 123):
        SHAPE[i] = 99       # c
    for i in range(48, 58):
        SHAPE[i] = 100      # d
    for i in b"aeiouy":
        SHAPE[i] = 118      # v
    SHAPE[45] = 45

fill_tables()


cdef void outline(const Spelling* spelling, Lexicon lexicon, Outline* found) noexcept nogil:
    """Words and gaps, from the end of the label to its beginning."""
    cdef int32_t end = spelling.length
    cdef int32_t size
    cdef int32_t at = -1
    found.words = 0
    while end > 0:
        size = spelling.taken[end]
        if size == 0 and at >= 0 and found.bits[at] == 0:
            found.start[at] -= 1
            found.size[at] += 1
            end -= 1
            continue
        at += 1
        found.bits[at] = lexicon.bits[spelling.entry[end]] if size else 0.0
        found.words += size > 0
        found.size[at] = size if size else 1
        end -= found.size[at]
        found.start[at] = end
    found.count = at + 1


# ── numbers ──────────────────────────────────────────────────────────────────────────────────────


cdef inline double share(double part, double whole) noexcept nogil:
    return part / whole if whole > 0 else 0.0


cdef int32_t longest_alternation(const uint8_t* label, int32_t length) noexcept nogil:
    """The longest run of vowels and consonants in turn."""
    cdef uint8_t before = 0
    cdef uint8_t shape
    cdef int32_t run = 0
    cdef int32_t longest = 0
    cdef int32_t at
    for at in range(length):
        shape = SHAPE[label[at]]
        if shape != 99 and shape != 118:
            run = 0
        else:
            run = run + 1 if run and shape != before else 1
        longest = max(longest, run)
        before = shape
    return longest


cdef void write_word_numbers(const Outline* found, int32_t length, float* out) noexcept nogil:
    """The lengths and bits of the first and the last word, the extremes, and the share of common words."""
    cdef int32_t first = -1
    cdef int32_t last = -1
    cdef int32_t common = 0
    cdef int32_t at
    cdef double rarest = 0.0
    cdef double commonest = 0.0
    for at in range(found.count):
        if found.bits[at] == 0:
            continue
        last = at if last < 0 else last
        first = at
        rarest = max(rarest, found.bits[at])
        commonest = found.bits[at] if commonest == 0 else min(commonest, found.bits[at])
        common += found.size[at] if found.bits[at] <= COMMON_BITS else 0
    out[0] = <float>found.size[first] if first >= 0 else 0.0
    out[1] = <float>found.size[last] if first >= 0 else 0.0
    out[2] = <float>found.bits[first] if first >= 0 else 0.0
    out[3] = <float>found.bits[last] if first >= 0 else 0.0
    out[4] = <float>rarest
    out[5] = <float>commonest
    out[6] = <float>share(common, length)


cdef void write_spelling(const Spelling* spelling, const Outline* found, float* out) noexcept nogil:
    cdef int32_t length = spelling.length
    cdef int32_t first = found.count - 1
    cdef double head = spelling.bits[min(length, <int32_t>ALTERED)]
    out[0] = <float>found.size[first] if length and found.bits[first] == 0 else 0.0
    out[1] = <float>found.size[0] if length and found.bits[0] == 0 else 0.0
    out[2] = <float>spelling.bits[min(length, <int32_t>HEAD)]
    out[3] = <float>share(spelling.bits[length] - head, length - ALTERED)
    write_word_numbers(found, length, out + 4)
    out[11] = <float>longest_alternation(spelling.label, length)


# ── tokens ───────────────────────────────────────────────────────────────────────────────────────


cdef struct Ids:
    int32_t* written
    int32_t count


cdef inline void put(Ids* ids, uint32_t h) noexcept nogil:
    if ids.count < WORD_IDS:
        ids.written[ids.count] = <int32_t>(1 + h % <uint32_t>BUCKETS)
        ids.count += 1


cdef inline uint32_t begun(uint8_t kind) noexcept nogil:
    return fnv32(seed32(), kind)


cdef inline uint32_t hashed(uint32_t h, const uint8_t* text, int32_t size) noexcept nogil:
    cdef int32_t at
    for at in range(size):
        h = fnv32(h, text[at])
    return h


cdef uint32_t shaped(uint8_t kind, const uint8_t* text, int32_t size) noexcept nogil:
    cdef uint32_t h = begun(kind)
    cdef int32_t at
    for at in range(size):
        h = fnv32(h, SHAPE[text[at]])
    return h


cdef void put_outline(const uint8_t* label, const Outline* found, Ids* ids) noexcept nogil:
    """The outline, and of the words their initials and bits."""
    cdef uint32_t whole = begun(35)
    cdef uint32_t initials = begun(33)
    cdef uint32_t rare = begun(64)
    cdef int32_t at
    for at in range(found.count - 1, -1, -1):
        whole = fnv32(fnv32(whole, 119 if found.bits[at] else 103), <uint8_t>found.size[at])
        if found.bits[at]:
            initials = fnv32(initials, label[found.start[at]])
            rare = fnv32(rare, <uint8_t>(found.bits[at] / 2))
    put(ids, whole)
    if found.words:
        put(ids, initials)
        put(ids, rare)


cdef void put_ends(const uint8_t* label, const Outline* found, Ids* ids) noexcept nogil:
    """The first and the last word, and their initials."""
    cdef int32_t first = found.count - 1
    cdef int32_t last = 0
    while found.bits[first] == 0:
        first -= 1
    while found.bits[last] == 0:
        last += 1
    put(ids, hashed(begun(60), label + found.start[first], 1))
    put(ids, hashed(begun(62), label + found.start[last], 1))
    put(ids, hashed(begun(94), label + found.start[first], found.size[first]))
    put(ids, hashed(begun(36), label + found.start[last], found.size[last]))


cdef void put_words(const uint8_t* label, const Outline* found, Ids* ids) noexcept nogil:
    """Each word, and each two that nothing stands between."""
    cdef uint32_t h
    cdef int32_t at
    for at in range(found.count - 1, -1, -1):
        if found.bits[at] == 0:
            continue
        put(ids, hashed(begun(119), label + found.start[at], found.size[at]))
        if at > 0 and found.bits[at - 1]:
            h = fnv32(hashed(begun(43), label + found.start[at], found.size[at]), 32)
            put(ids, hashed(h, label + found.start[at - 1], found.size[at - 1]))


cdef void write_word_ids(const Spelling* spelling, const Outline* found, int32_t* ids) noexcept nogil:
    """Write the ids of one label; ``ids`` has 48 places, all 0."""
    cdef const uint8_t* label = spelling.label
    cdef Ids into
    cdef int32_t at
    into.written, into.count = ids, 0
    put_outline(label, found, &into)
    put(&into, shaped(126, label, min(spelling.length, <int32_t>SHAPE_KEPT)))
    if found.words:
        put_ends(label, found, &into)
        put_words(label, found, &into)
    for at in range(spelling.length - SHAPE_GRAM + 1):
        put(&into, shaped(37, label + at, SHAPE_GRAM))
