# cython: boundscheck=True, wraparound=False, cdivision=True
"""The numbers of a text that is like a name, in the order of ``COLUMNS``: ``names`` and ``url_lexical`` ask.

A row depends on nothing but itself. Of a name the first 253 bytes count, which is all that a host name has;
a byte that no host name has counts as one more kind of character.
"""

from libc.math cimport log2
from libc.stdint cimport int32_t, int64_t, uint8_t, uint64_t
from libc.string cimport memset

from detectory.kernels.fnv cimport fnv64, seed64
from detectory.kernels.lexicon cimport MOST, Lexicon, Segments, Spelling

COLUMNS = (
    "length", "name_length", "label_count", "longest_label", "last_label", "encoded",
    "entropy", "entropy_share", "distinct", "distinct_share", "commonest_share",
    "vowel_share", "consonant_share", "digit_share", "hyphen_share", "hex_share",
    "longest_vowel_run", "longest_consonant_run", "longest_digit_run",
    "alternation", "digit_switches", "doubles", "repeated_bigrams", "letter_bits",
    "word_share", "words", "short_words", "longest_word", "mean_word", "longest_gap", "gaps",
    "word_bits", "word_concentration", "spelling_bits",
)

cdef enum:
    SYMBOLS = 38        # a-z, 0-9, hyphen, anything else
    HYPHEN_SYMBOL = 36
    OTHER_SYMBOL = 37
    PAIR_BYTES = 181    # a bit for each of 38 * 38 pairs
    ALPHABET = 37       # characters a label may have

cdef enum:              # the kind of a byte
    VOWEL = 0
    CONSONANT = 1
    DIGIT = 2
    HYPHEN = 3
    OTHER = 4
    DOT = 5
    KINDS = 6

assert len(COLUMNS) == COLUMN_COUNT

# Letters of English text in per cent, a to z (P. Norvig, "English Letter Frequency Counts: Mayzner
# Revisited", 2012): how many bits each letter of a name would cost.
LETTER_PERCENT = (
    8.04, 1.48, 3.34, 3.82, 12.49, 2.40, 1.87, 5.05, 7.57, 0.16, 0.54, 4.07, 2.51,
    7.23, 7.64, 2.14, 0.12, 6.28, 6.51, 9.28, 2.73, 1.05, 1.68, 0.23, 1.66, 0.09,
)

cdef uint8_t KIND[256]
cdef uint8_t SYMBOL[256]
cdef double LETTER_BITS[26]
cdef double LOG[MOST + 1]           # log2(k)
cdef double COUNT_LOG[MOST + 1]     # k * log2(k)


cdef void fill_tables():
    cdef int i
    for i in range(256):
        KIND[i], SYMBOL[i] = OTHER, OTHER_SYMBOL
    for i in range(26):
        KIND[97 + i], SYMBOL[97 + i] = CONSONANT, i
        LETTER_BITS[i] = -log2(LETTER_PERCENT[i] / 100.0)
    for i in range(10):
        KIND[48 + i], SYMBOL[48 + i] = DIGIT, 26 + i
    for i in b"aeiou":
        KIND[i] = VOWEL
    KIND[45], SYMBOL[45] = HYPHEN, HYPHEN_SYMBOL
    KIND[46] = DOT
    LOG[0] = COUNT_LOG[0] = 0.0
    for i in range(1, MOST + 1):
        LOG[i] = log2(<double>i)
        COUNT_LOG[i] = i * log2(<double>i)

fill_tables()


# What one pass over the characters of a name finds.
cdef struct Tally:
    int32_t characters              # without dots
    int32_t kinds[KINDS]
    int32_t runs[KINDS]             # the longest run of each kind
    int32_t symbols[SYMBOLS]
    int32_t hexadecimal
    int32_t letter_pairs            # neighbours that are both letters
    int32_t alternations            # of those, a vowel beside a consonant
    int32_t digit_switches          # neighbours of which one is a digit and the other a letter
    int32_t doubles                 # neighbours that are equal
    int32_t repeated_bigrams        # neighbours that the name had before
    int32_t labels
    int32_t longest_label
    int32_t longest_start
    int32_t last_label
    bint encoded                    # a label begins 'xn--'
    double letter_bits


cdef void end_label(Tally* tally, const uint8_t* name, int32_t start, int32_t end) noexcept nogil:
    cdef const uint8_t* label = name + start
    tally.labels += 1
    tally.last_label = end - start
    if end - start > tally.longest_label:
        tally.longest_label = end - start
        tally.longest_start = start
    if end - start >= 4 and label[0] == 120 and label[1] == 110 and label[2] == 45 and label[3] == 45:
        tally.encoded = True


cdef inline void count_pair(
    Tally* tally, uint8_t before, uint8_t byte, uint8_t kind_before, uint8_t kind, uint8_t* met
) noexcept nogil:
    cdef int32_t pair = SYMBOL[before] * SYMBOLS + SYMBOL[byte]
    tally.repeated_bigrams += met[pair >> 3] >> (pair & 7) & 1
    met[pair >> 3] |= 1 << (pair & 7)
    tally.doubles += before == byte
    if kind <= CONSONANT and kind_before <= CONSONANT:
        tally.letter_pairs += 1
        tally.alternations += kind != kind_before
    elif kind <= DIGIT and kind_before <= DIGIT:
        tally.digit_switches += kind != kind_before


cdef void count(Tally* tally, const uint8_t* name, int32_t length) noexcept nogil:
    cdef uint8_t met[PAIR_BYTES]
    cdef uint8_t byte, kind
    cdef uint8_t before = 46
    cdef uint8_t kind_before = DOT
    cdef int32_t at
    cdef int32_t start = 0
    cdef int32_t run = 0
    memset(tally, 0, sizeof(Tally))
    memset(met, 0, sizeof(met))
    for at in range(length):
        byte = name[at]
        kind = KIND[byte]
        run = run + 1 if kind == kind_before else 1
        tally.runs[kind] = max(tally.runs[kind], run)
        if kind == DOT:
            end_label(tally, name, start, at)
            start = at + 1
        else:
            tally.characters += 1
            tally.kinds[kind] += 1
            tally.symbols[SYMBOL[byte]] += 1
            tally.hexadecimal += kind == DIGIT or 97 <= byte <= 102
            if kind <= CONSONANT:
                tally.letter_bits += LETTER_BITS[SYMBOL[byte]]
            if kind_before != DOT:
                count_pair(tally, before, byte, kind_before, kind, met)
        before, kind_before = byte, kind
    end_label(tally, name, start, length)


cdef inline double share(double part, double whole) noexcept nogil:
    return part / whole if whole > 0 else 0.0


cdef void write_shape(const Tally* tally, float* out) noexcept nogil:
    out[0] = <float>tally.labels
    out[1] = <float>tally.longest_label
    out[2] = <float>tally.last_label
    out[3] = <float>tally.encoded


cdef void write_variety(const Tally* tally, float* out) noexcept nogil:
    """How evenly the characters are spread."""
    cdef double information = 0.0
    cdef int32_t n = tally.characters
    cdef int32_t distinct = 0
    cdef int32_t commonest = 0
    cdef int i
    for i in range(SYMBOLS):
        distinct += tally.symbols[i] > 0
        commonest = max(commonest, tally.symbols[i])
        information += COUNT_LOG[tally.symbols[i]]
    cdef double entropy = max(0.0, LOG[n] - share(information, n))
    out[0] = <float>entropy
    out[1] = <float>share(entropy, LOG[min(n, <int32_t>ALPHABET)])
    out[2] = <float>distinct
    out[3] = <float>share(distinct, n)
    out[4] = <float>share(commonest, n)


cdef void write_kinds(const Tally* tally, float* out) noexcept nogil:
    cdef int32_t n = tally.characters
    out[0] = <float>share(tally.kinds[VOWEL], n)
    out[1] = <float>share(tally.kinds[CONSONANT], n)
    out[2] = <float>share(tally.kinds[DIGIT], n)
    out[3] = <float>share(tally.kinds[HYPHEN], n)
    out[4] = <float>share(tally.hexadecimal, n)
    out[5] = <float>tally.runs[VOWEL]
    out[6] = <float>tally.runs[CONSONANT]
    out[7] = <float>tally.runs[DIGIT]
    out[8] = <float>share(tally.alternations, tally.letter_pairs)
    out[9] = <float>tally.digit_switches
    out[10] = <float>tally.doubles
    out[11] = <float>tally.repeated_bigrams
    out[12] = <float>share(tally.letter_bits, tally.kinds[VOWEL] + tally.kinds[CONSONANT])


cdef void write_words(const Segments* found, int32_t length, float* out) noexcept nogil:
    out[0] = <float>share(found.covered, length)
    out[1] = <float>found.words
    out[2] = <float>found.short_words
    out[3] = <float>found.longest
    out[4] = <float>share(found.covered, found.words)
    out[5] = <float>found.longest_gap
    out[6] = <float>found.gaps
    out[7] = <float>share(found.word_bits, found.words)
    out[8] = <float>share(found.squares, length * length)
    out[9] = <float>share(found.bits, length)


cdef void write_row(
    const uint8_t* name,
    int64_t length,
    int64_t suffix_length,
    Lexicon lexicon,
    Spelling* spelling,
    float* out,
) noexcept nogil:
    """Write the numbers, and leave the spelling of the longest label behind."""
    cdef Tally tally
    cdef Segments found
    cdef int32_t size = <int32_t>min(length, <int64_t>MOST)
    count(&tally, name, size)
    lexicon.spell(name + tally.longest_start, tally.longest_label, spelling)
    lexicon.read(spelling, &found)
    out[0] = <float>(length + suffix_length + (suffix_length > 0))
    out[1] = <float>length
    write_shape(&tally, out + 2)
    write_variety(&tally, out + 6)
    write_kinds(&tally, out + 11)
    write_words(&found, tally.longest_label, out + 24)


cdef int64_t text_id(const uint8_t* text, int64_t length) noexcept nogil:
    cdef uint64_t h = seed64()
    cdef int64_t i
    for i in range(length):
        h = fnv64(h, text[i])
    return <int64_t>(h & <uint64_t>0x7FFFFFFFFFFFFFFFULL)
