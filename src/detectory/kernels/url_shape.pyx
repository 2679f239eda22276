# cython: boundscheck=True, wraparound=False
"""Where the parts of a canonical URL are, how long they are, and which signs they hold."""

from libc.stdint cimport int32_t, int64_t, uint8_t
from libc.string cimport memchr, memset

SHAPE = (
    "length", "host_length", "domain_length", "subdomain_length", "suffix_length", "subdomain_labels",
    "path_length", "query_length", "depth", "file_length", "extension_length", "userinfo", "port", "address",
    "encoded", "bare", "slash_end", "uppercase", "percents", "dots", "hyphens", "underscores", "equals",
    "ampersands", "ats", "double_slashes", "tildes", "pluses", "commas", "longest_token", "longest_hex_run",
    "host_hyphens", "host_digits", "path_digits", "query_digits",
)

assert len(SHAPE) == SHAPES


cdef void fill_tables():
    cdef int i
    for i in range(256):
        LOWER[i] = i + 32 if 65 <= i <= 90 else i
        IS_ALNUM[i] = 97 <= LOWER[i] <= 122 or 48 <= i <= 57

fill_tables()


cdef int64_t position(const uint8_t* text, int64_t start, int64_t end, int sign) noexcept nogil:
    """Where the sign stands first, or ``end``."""
    cdef const uint8_t* found
    if start >= end:
        return end
    found = <const uint8_t*>memchr(text + start, sign, <size_t>(end - start))
    return end if found == NULL else found - text


cdef void cut_url(const uint8_t* url, int64_t length, int64_t suffix, Cut* cut) noexcept nogil:
    cut.length, cut.suffix = length, suffix
    cut.path = position(url, 0, length, 47)
    cut.query = position(url, cut.path, length, 63)
    cut.host = position(url, 0, cut.path, 64) + 1
    if cut.host > cut.path:
        cut.host = 0
    cut.host_end = position(url, cut.host, cut.path, 93 if cut.host < length and url[cut.host] == 91 else 58)
    if cut.host_end < cut.path and url[cut.host_end] == 93:
        cut.host_end += 1
    cut.name_end = max(cut.host, cut.host_end - suffix - (suffix > 0))
    cut.name = cut.name_end
    if suffix == 0:
        cut.name = cut.host
    while cut.name > cut.host and url[cut.name - 1] != 46:
        cut.name -= 1


# How often each sign is in the URL, and the longest runs.
cdef struct Signs:
    int32_t count[256]
    int32_t uppercase
    int32_t double_slashes
    int32_t longest_token
    int32_t longest_hex_run


cdef void count_signs(const uint8_t* url, int64_t length, Signs* signs) noexcept nogil:
    cdef int32_t token = 0
    cdef int32_t hexadecimal = 0
    cdef int64_t at
    cdef uint8_t byte, lower
    memset(signs, 0, sizeof(Signs))
    for at in range(length):
        byte = url[at]
        lower = LOWER[byte]
        signs.count[byte] += 1
        signs.uppercase += byte != lower
        signs.double_slashes += byte == 47 and at > 0 and url[at - 1] == 47
        token = token + 1 if IS_ALNUM[byte] else 0
        hexadecimal = hexadecimal + 1 if 48 <= byte <= 57 or 97 <= lower <= 102 else 0
        signs.longest_token = max(signs.longest_token, token)
        signs.longest_hex_run = max(signs.longest_hex_run, hexadecimal)


cdef int32_t digits(const uint8_t* url, int64_t start, int64_t end) noexcept nogil:
    cdef int32_t found = 0
    cdef int64_t at
    for at in range(start, end):
        found += 48 <= url[at] <= 57
    return found


cdef int32_t many(const uint8_t* url, int64_t start, int64_t end, uint8_t sign) noexcept nogil:
    cdef int32_t found = 0
    cdef int64_t at
    for at in range(start, end):
        found += url[at] == sign
    return found


cdef bint has_encoded(const uint8_t* url, int64_t start, int64_t end) noexcept nogil:
    """Whether a label of the host begins ``xn--``."""
    cdef int64_t at
    for at in range(start, end - 3):
        if url[at] == 120 and url[at + 1] == 110 and url[at + 2] == 45 and url[at + 3] == 45:
            if at == start or url[at - 1] == 46:
                return True
    return False


cdef void write_lengths(const uint8_t* url, const Cut* cut, float* out) noexcept nogil:
    cdef int64_t segment = cut.query
    cdef int64_t dot
    while segment > cut.path and url[segment - 1] != 47:
        segment -= 1
    dot = position(url, segment, cut.query, 46)
    out[0] = <float>cut.length
    out[1] = <float>(cut.host_end - cut.host)
    out[2] = <float>(cut.name_end - cut.name)
    out[3] = <float>max(cut.name - cut.host - 1, <int64_t>0)
    out[4] = <float>cut.suffix
    out[5] = <float>many(url, cut.host, cut.name, 46)
    out[6] = <float>(cut.query - cut.path)
    out[7] = <float>(cut.length - cut.query)
    out[8] = <float>many(url, cut.path, cut.query, 47)
    out[9] = <float>(cut.query - segment)
    out[10] = <float>max(cut.query - dot - 1, <int64_t>0)


cdef void write_flags(const uint8_t* url, const Cut* cut, float* out) noexcept nogil:
    out[0] = cut.host > 0
    out[1] = cut.path > cut.host_end
    out[2] = cut.suffix == 0
    out[3] = has_encoded(url, cut.host, cut.host_end)
    out[4] = cut.path == cut.length
    out[5] = cut.query > cut.path and url[cut.query - 1] == 47


cdef void write_signs(const uint8_t* url, const Cut* cut, float* out) noexcept nogil:
    cdef Signs signs
    count_signs(url, cut.length, &signs)
    out[0] = <float>signs.uppercase
    out[1] = <float>signs.count[37]
    out[2] = <float>signs.count[46]
    out[3] = <float>signs.count[45]
    out[4] = <float>signs.count[95]
    out[5] = <float>signs.count[61]
    out[6] = <float>signs.count[38]
    out[7] = <float>signs.count[64]
    out[8] = <float>signs.double_slashes
    out[9] = <float>signs.count[126]
    out[10] = <float>signs.count[43]
    out[11] = <float>signs.count[44]
    out[12] = <float>signs.longest_token
    out[13] = <float>signs.longest_hex_run
    out[14] = <float>many(url, cut.host, cut.host_end, 45)
    out[15] = <float>digits(url, cut.host, cut.host_end)
    out[16] = <float>digits(url, cut.path, cut.query)
    out[17] = <float>digits(url, cut.query, cut.length)


cdef void write_shape(const uint8_t* url, const Cut* cut, float* out) noexcept nogil:
    """The numbers of ``SHAPE``."""
    write_lengths(url, cut, out)
    write_flags(url, cut, out + 11)
    write_signs(url, cut, out + 17)
