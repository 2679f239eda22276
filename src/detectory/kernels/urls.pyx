# cython: boundscheck=True, wraparound=False
"""URLs: one canonical form, and where its parts begin.

Goes in: packed text and suffix rules. Comes out: ``Urls`` with a status a row and, for each valid row, its
canonical bytes and their cuts. The canonical form is ``[userinfo@]host[:port][/path][?query]``: no scheme,
no leading ``www.`` and no fragment; the host in lower case; percent-encoding of unreserved characters
decoded once, everything else that a URL cannot hold encoded (RFC 3986, sections 2 and 6.2.2); ``.`` and
``..`` resolved; ``\\`` read as ``/``, tabs and line breaks taken out, blanks around cut, as browsers do it
(url.spec.whatwg.org). ``&amp;`` and ``&#10;``, which sources leave in, are mended. A canonical URL is its own
canonical form.

Knows ASCII only: where the host has other characters, a label ``xn--``, brackets, or a number for its last
label that is no plain IPv4 address, the row is ``FOREIGN`` and somebody else puts another host in its place.
"""

import numpy as np

cimport numpy as cnp
from cpython.unicode cimport PyUnicode_DecodeASCII
from libc.stdint cimport int64_t, uint8_t
from libc.string cimport memcmp, memcpy

from detectory.kernels.columns cimport Packed
from detectory.kernels.hosts cimport SuffixRules
from detectory.kernels.url_host cimport put_authority
from detectory.kernels.url_text cimport (
    BLANKS, CLASS, CUTS, EMPTY, ENTITY, GROWTH, HEX, IS_FOREIGN, MAX_RAW, OK, OTHER_SCHEME, TOO_LONG,
    UNRESERVED, Row, is_slash, lower, nibble, put, put_escaped, put_safe,
)

cnp.import_array()

CODES = (
    "", "not_text", "bad_character", "empty", "other_scheme", "bad_port", "bare_name", "too_long",
    "label_too_long", "empty_label", "bad_punycode", "bad_address",
)
FOREIGN = IS_FOREIGN

MENDED = ("blanks", "entity", "encoded")


cdef int64_t clean(const uint8_t* raw, int64_t length, uint8_t* into, uint8_t* mended) noexcept nogil:
    """Cut blanks and controls around, take tabs and line breaks out; gives the new length."""
    cdef int64_t start = 0
    cdef int64_t end = length
    cdef int64_t size = 0
    cdef int64_t at
    while start < end and raw[start] <= 32:
        start += 1
    while end > start and raw[end - 1] <= 32:
        end -= 1
    for at in range(start, end):
        if raw[at] == 9 or raw[at] == 10 or raw[at] == 13:
            continue
        into[size] = raw[at]
        size += 1
    if size != length:
        mended[0] |= BLANKS
    return size


cdef bint named(const uint8_t* text, int64_t length, const char* name, int64_t size) noexcept nogil:
    """Whether the text is ``name``, in whatever case."""
    cdef int64_t at
    if length != size:
        return False
    for at in range(size):
        if lower(text[at]) != <uint8_t>name[at]:
            return False
    return True


cdef int64_t after_scheme(const uint8_t* text, int64_t length) noexcept nogil:
    """Where the authority begins, or -1 behind a scheme that no browser loads a page by."""
    cdef int64_t at = 0
    while at < length and (CLASS[text[at]] & UNRESERVED or text[at] == 43):
        at += 1
    if at + 2 >= length or text[at] != 58 or not is_slash(text[at + 1]) or not is_slash(text[at + 2]):
        at = 0
    elif not (named(text, at, "http", 4) or named(text, at, "https", 5) or named(text, at, "ftp", 3)):
        return -1
    else:
        at += 1
    while at < length and is_slash(text[at]):
        at += 1
    return at


cdef int64_t entity_end(const uint8_t* text, int64_t at, int64_t length, int* code) noexcept nogil:
    """Where the number of an entity ``&#10;`` ends whose ``#`` stands here, or -1."""
    cdef int64_t start
    cdef int base = 10
    at += 1
    if at < length and lower(text[at]) == 120:
        base = 16
        at += 1
    start = at
    code[0] = 0
    while at < length and at - start < 6 and CLASS[text[at]] & HEX and nibble(text[at]) < base:
        code[0] = code[0] * base + nibble(text[at])
        at += 1
    return at + 1 if at > start and at < length and text[at] == 59 else -1


cdef int64_t mend_entity(Row* row, int64_t at) noexcept nogil:
    """Where to read on behind an entity for ``&`` or a blank whose ``#`` stands here; -1: a fragment does."""
    cdef int code
    cdef int64_t end = entity_end(row.text, at, row.length, &code)
    if end < 0 or row.text[at - 1] != 38:
        return -1
    if code != 38 and code != 9 and code != 10 and code != 13 and code != 32:
        return -1
    row.at -= code != 38        # its ampersand is written already
    row.mended |= ENTITY
    return end


cdef inline void put_and_mend(Row* row, uint8_t byte, int64_t first) noexcept nogil:
    """Write a byte; where it ends ``&amp;``, leave the ampersand alone of it."""
    put_safe(row, byte)
    if byte == 59 and row.at - first >= 5 and memcmp(row.out + row.at - 5, b"&amp;", 5) == 0:
        row.at -= 4
        row.mended |= ENTITY


cdef bint resolved(Row* row, int64_t path, int64_t segment) noexcept nogil:
    """Whether the segment written last was ``.`` or ``..``, and is gone with what it takes along."""
    cdef int64_t size = row.at - segment
    if size == 0 or size > 2 or row.out[segment] != 46 or row.out[row.at - 1] != 46:
        return False
    row.at = segment
    if size == 2 and segment - 1 > path:
        row.at -= 1
        while row.out[row.at - 1] != 47:
            row.at -= 1
    return True


cdef int64_t put_path(Row* row, int64_t at) noexcept nogil:
    """Write the path, which begins with a slash; gives where it ends in the text."""
    cdef int64_t path = row.at
    cdef int64_t segment, after
    put(row, 47)
    segment = row.at
    at += 1
    while at < row.length and row.text[at] != 63:
        if row.text[at] == 35:
            after = mend_entity(row, at)
            if after < 0:
                break
            at = after
            continue
        if row.text[at] == 37:
            at += put_escaped(row, at, row.length)
            continue
        if is_slash(row.text[at]):
            if not resolved(row, path, segment):
                put(row, 47)
            segment = row.at
        else:
            put_and_mend(row, row.text[at], segment)
        at += 1
    resolved(row, path, segment)
    return at


cdef void put_query(Row* row, int64_t at) noexcept nogil:
    """Write the query from its question mark to the fragment or the end."""
    cdef int64_t first, after
    put(row, 63)
    first = row.at
    at += 1
    while at < row.length:
        if row.text[at] == 35:
            after = mend_entity(row, at)
            if after < 0:
                break
            at = after
        elif row.text[at] == 37:
            at += put_escaped(row, at, row.length)
        else:
            put_and_mend(row, row.text[at], first)
            at += 1
    if row.at == first:
        row.at -= 1


cdef uint8_t put_rest(Row* row, int64_t at) noexcept nogil:
    """Write path and query; a path that is the root alone goes."""
    cdef int64_t start = row.at
    if at < row.length and is_slash(row.text[at]):
        at = put_path(row, at)
    else:
        put(row, 47)
    if at < row.length and row.text[at] == 63:
        put_query(row, at)
    if row.at == start + 1:
        row.at = start
    return OK


cdef uint8_t write_url(Row* row, SuffixRules rules, bint trusted) noexcept nogil:
    """Write the canonical form of the cleaned text, and its cuts."""
    cdef int64_t start = after_scheme(row.text, row.length)
    cdef int64_t end = start
    cdef uint8_t found
    row.cuts[0] = row.at
    if start < 0:
        return OTHER_SCHEME
    while end < row.length and not is_slash(row.text[end]) and row.text[end] != 63 and row.text[end] != 35:
        end += 1
    found = put_authority(row, start, end, rules, trusted)
    if found != OK and found != IS_FOREIGN:
        return found
    put_rest(row, end)
    row.cuts[5] = row.at
    return found


cdef uint8_t examine(
    const uint8_t* raw, int64_t length, Row* row, SuffixRules rules, bint trusted
) noexcept nogil:
    cdef uint8_t text[MAX_RAW]
    cdef int64_t start = row.at
    cdef uint8_t found
    row.mended = 0
    if length > MAX_RAW:
        return TOO_LONG
    row.text = text
    row.length = clean(raw, length, text, &row.mended)
    if row.length == 0:
        return EMPTY
    found = write_url(row, rules, trusted)
    if row.at - start > MAX_RAW:
        found = TOO_LONG
    if found != OK and found != IS_FOREIGN:
        row.at = start
    return found


cdef class Urls:
    """What became of each row: ``data[cuts[i, 0]:cuts[i, 5]]`` is its canonical form.

    ``cuts`` int64[rows, 6]: where the URL, its host, the registered domain and the public suffix begin,
    where the host ends and where the URL does. An address has no suffix: it begins where the host ends.
    ``mended`` uint8[rows] holds a bit for each of ``MENDED``.
    """

    cdef readonly object data, cuts, status, mended
    cdef readonly int64_t rows

    def __cinit__(self, data, cuts, status, mended):
        self.data, self.cuts, self.status, self.mended = data, cuts, status, mended
        self.rows = len(status)

    def texts(self):
        """The lists ``url``, ``domain``, ``suffix`` of the accepted rows, in order."""
        cdef const char* text = <const char*>cnp.PyArray_DATA(self.data)
        cdef const int64_t* cut = <const int64_t*>cnp.PyArray_DATA(self.cuts)
        cdef const uint8_t* status = <const uint8_t*>cnp.PyArray_DATA(self.status)
        cdef list urls = [], domains = [], suffixes = []
        cdef int64_t row
        for row in range(self.rows):
            if status[row] == OK:
                urls.append(PyUnicode_DecodeASCII(text + cut[0], cut[5] - cut[0], NULL))
                domains.append(PyUnicode_DecodeASCII(text + cut[2], cut[4] - cut[2], NULL))
                suffixes.append(PyUnicode_DecodeASCII(text + cut[3], cut[4] - cut[3], NULL))
            cut += CUTS
        return urls, domains, suffixes


def split(Packed column not None, SuffixRules rules not None, *, bint trusted=False):
    """Examine every row of a column; ``trusted`` rows hold hosts that somebody has brought to ASCII.

    >>> from detectory.kernels.columns import pack
    >>> from detectory.kernels.hosts import RULE, SuffixRules
    >>> rules = SuffixRules({b"uk": RULE, b"co.uk": RULE})
    >>> split(pack(["HTTP://www.Shop.co.uk:80/a/../%62?#top"]), rules).texts()
    (['shop.co.uk/b'], ['shop.co.uk'], ['co.uk'])
    """
    cdef int64_t rows = column.rows
    cdef cnp.npy_intp size = GROWTH * len(column.data) + 2 * rows   # a root and a userinfo's end may be added
    cdef cnp.npy_intp shape[2]
    shape[0], shape[1] = rows, CUTS
    data, cuts = cnp.PyArray_EMPTY(1, &size, cnp.NPY_UINT8, 0), cnp.PyArray_ZEROS(2, shape, cnp.NPY_INT64, 0)
    status, mended = column.kind.copy(), cnp.PyArray_ZEROS(1, shape, cnp.NPY_UINT8, 0)
    cdef int64_t* cut = <int64_t*>cnp.PyArray_DATA(cuts)
    cdef uint8_t* found = <uint8_t*>cnp.PyArray_DATA(status)
    cdef uint8_t* bits = <uint8_t*>cnp.PyArray_DATA(mended)
    cdef Row row
    cdef int64_t at, start
    row.out = <uint8_t*>cnp.PyArray_DATA(data)
    row.at = 0
    with nogil:
        for at in range(rows):
            if found[at] != OK:
                continue
            start = column.starts[at]
            found[at] = examine(column.bytes_ + start, column.starts[at + 1] - start, &row, rules, trusted)
            bits[at] = row.mended
            if found[at] == OK or found[at] == IS_FOREIGN:
                memcpy(cut + at * CUTS, row.cuts, sizeof(row.cuts))
    return Urls(data, cuts, status, mended)


def replaced(Urls urls not None, which, Urls by not None):
    """``urls`` with the rows ``which`` (int64[k]) taken from the ``k`` rows of ``by``."""
    cuts, status = urls.cuts, urls.status
    cuts[which], status[which] = by.cuts + len(urls.data), by.status
    return Urls(np.concatenate([urls.data, by.data]), cuts, status, urls.mended)
