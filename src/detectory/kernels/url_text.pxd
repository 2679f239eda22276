# The characters of URLs, and one URL on its way from text to canonical form.
from libc.stdint cimport int64_t, uint8_t

# The order of CODES: a status is a position in it.
cdef enum:
    OK = 0
    NOT_TEXT = 1
    BAD_CHARACTER = 2
    EMPTY = 3
    OTHER_SCHEME = 4
    BAD_PORT = 5
    BARE_NAME = 6
    TOO_LONG = 7
    LABEL_TOO_LONG = 8
    EMPTY_LABEL = 9
    BAD_PUNYCODE = 10
    BAD_ADDRESS = 11
    IS_FOREIGN = 255

# What was mended, one bit each, in the order of ``urls.MENDED``.
cdef enum:
    BLANKS = 1
    ENTITY = 2
    ENCODED = 4

cdef enum:
    MAX_RAW = 8192      # bytes; more than servers take
    MAX_HOST = 253
    MAX_LABEL = 63
    GROWTH = 3          # a byte becomes %XX at most
    CUTS = 6            # start, host, domain, suffix, end of the host, stop

# What a byte is in a path or query.
cdef enum:
    UNRESERVED = 1      # RFC 3986, section 2.3
    IN_HOST = 2         # a-z, 0-9, hyphen, dot; and the underscore that DNS and browsers take
    HEX = 4
    UNSAFE = 8          # no URL holds it: encoded

cdef uint8_t CLASS[256]
cdef const uint8_t* DIGITS

# One row on its way: the cleaned text, how far it is read, and what was written.
cdef struct Row:
    const uint8_t* text
    int64_t length
    uint8_t* out
    int64_t at
    int64_t cuts[CUTS]
    uint8_t mended


cdef inline uint8_t lower(uint8_t byte) noexcept nogil:
    return byte + 32 if 65 <= byte <= 90 else byte


cdef inline uint8_t nibble(uint8_t byte) noexcept nogil:
    return byte - 48 if byte <= 57 else lower(byte) - 87


cdef inline bint escaped(const uint8_t* text, int64_t at, int64_t end) noexcept nogil:
    """Whether ``%XX`` stands here."""
    return at + 2 < end and CLASS[text[at + 1]] & HEX and CLASS[text[at + 2]] & HEX


cdef inline bint is_slash(uint8_t byte) noexcept nogil:
    return byte == 47 or byte == 92


cdef inline void put(Row* row, uint8_t byte) noexcept nogil:
    row.out[row.at] = byte
    row.at += 1


cdef inline void put_encoded(Row* row, uint8_t byte) noexcept nogil:
    put(row, 37)
    put(row, DIGITS[byte >> 4])
    put(row, DIGITS[byte & 15])


cdef inline void put_safe(Row* row, uint8_t byte) noexcept nogil:
    if CLASS[byte] & UNSAFE:
        put_encoded(row, byte)
        row.mended |= ENCODED
    else:
        put(row, byte)


cdef int64_t put_escaped(Row* row, int64_t at, int64_t end) noexcept nogil
