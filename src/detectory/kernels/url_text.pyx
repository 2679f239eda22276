# cython: boundscheck=True, wraparound=False
"""The characters of URLs: which a URL can hold, and how others are written (RFC 3986, section 2)."""

from libc.stdint cimport int64_t, uint8_t

DIGITS = <const uint8_t*>"0123456789ABCDEF"


cdef void classify() noexcept:
    cdef int byte
    for byte in range(256):
        CLASS[byte] = UNSAFE if byte <= 32 or byte >= 127 else 0
        if 48 <= byte <= 57 or 65 <= byte <= 90 or 97 <= byte <= 122:
            CLASS[byte] |= UNRESERVED | IN_HOST
        if 48 <= byte <= 57 or 65 <= byte <= 70 or 97 <= byte <= 102:
            CLASS[byte] |= HEX
    for byte in b"-._":
        CLASS[byte] |= UNRESERVED | IN_HOST
    CLASS[b"~"] |= UNRESERVED
    for byte in b"\"<>\\^`{|}":
        CLASS[byte] |= UNSAFE

classify()


cdef int64_t put_escaped(Row* row, int64_t at, int64_t end) noexcept nogil:
    """Write what begins with a per cent sign; gives how many bytes of it were read."""
    cdef uint8_t byte
    if not escaped(row.text, at, end):
        put_encoded(row, 37)
        return 1
    byte = <uint8_t>(nibble(row.text[at + 1]) << 4) | nibble(row.text[at + 2])
    if CLASS[byte] & UNRESERVED:
        put(row, byte)
    else:
        put_encoded(row, byte)
    return 3
