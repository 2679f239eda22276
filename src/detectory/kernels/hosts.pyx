# cython: boundscheck=True, wraparound=False
"""Host names: canonical form, validity, public suffix.

Goes in: packed text and suffix rules. Comes out: ``Hosts`` with a status a row and, for each valid row,
where in the canonical bytes it starts, where the part under the public suffix ends and where it stops.
Follows RFC 1123 section 2.1 for what a host name is and publicsuffix.org/list for the suffix; knows ASCII
only: a row with other characters, or with a label that begins ``xn--``, is ``FOREIGN`` and somebody who
knows IDNA decides. Never raises on a value, never looks at a byte twice more than it must.
"""

import numpy as np

cimport numpy as cnp
from cpython.unicode cimport PyUnicode_DecodeASCII
from libc.stdint cimport int64_t, uint8_t, uint64_t

from detectory.kernels.columns cimport Packed
from detectory.kernels.fnv cimport fnv64, seed64
from detectory.kernels.table cimport Table

cnp.import_array()

# The order of CODES: a status is a position in it.
cdef enum:
    OK = 0
    NOT_TEXT = 1
    BAD_CHARACTER = 2
    EMPTY = 3
    URL = 4
    IP_ADDRESS = 5
    TOO_LONG = 6
    LABEL_TOO_LONG = 7
    EMPTY_LABEL = 8
    BAD_HYPHEN = 9
    BARE_SUFFIX = 10
    BAD_PUNYCODE = 11
    IS_FOREIGN = 255

CODES = (
    "", "not_text", "bad_character", "empty", "url", "ip_address", "too_long", "label_too_long",
    "empty_label", "bad_hyphen", "bare_suffix", "bad_punycode",
)
FOREIGN = IS_FOREIGN

cdef enum:
    MAX_NAME = 253    # RFC 1035 section 2.3.4: 255 octets on the wire are 253 characters of text
    MAX_LABEL = 63
    MAX_RAW = 1024    # what is longer than 253 characters of four bytes each cannot become a name by IDNA

# What a byte is for a host name; one bit each, so that a scan can gather all that it has seen.
cdef enum:
    IN_NAME = 1
    IS_BAD = 2
    IS_URL = 4
    IS_COLON = 8
    IS_BRACKET = 16
    IS_HIGH = 32

cdef uint8_t CLASS[256]
cdef uint8_t LOWER[256]

# What a suffix rule says of the text it stands for.
cdef enum:
    IS_RULE = 1
    IS_WILDCARD = 2
    IS_EXCEPTION = 4

RULE, WILDCARD, EXCEPTION = IS_RULE, IS_WILDCARD, IS_EXCEPTION


cdef void classify() noexcept:
    cdef int byte
    for byte in range(256):
        LOWER[byte] = byte + 32 if 65 <= byte <= 90 else byte
        CLASS[byte] = IS_HIGH if byte >= 128 else IS_BAD
        if 48 <= byte <= 57 or 65 <= byte <= 90 or 97 <= byte <= 122 or byte == 45 or byte == 46:
            CLASS[byte] = IN_NAME
    for byte in b"/@?#":
        CLASS[byte] = IS_URL
    CLASS[b":"] = IS_COLON
    CLASS[b"["] = IS_BRACKET

classify()


cdef class SuffixRules:
    """The rules of the public suffix list, and every text that a longer rule goes on from.

    ``rules`` says of a text (``b"co.uk"``) what it is: ``RULE``, ``WILDCARD`` (any one label before it is
    a suffix too), ``EXCEPTION`` (the suffix is the text less its first label), or 0: only passed through.
    """

    def __cinit__(self, rules):
        kinds = np.fromiter(rules.values(), dtype=np.uint8, count=len(rules))
        self.table = Table(list(rules))
        self._kept = kinds
        self.kinds = <const uint8_t*>cnp.PyArray_DATA(kinds)

    cdef int64_t suffix_start(self, const uint8_t* name, int64_t length) noexcept nogil:
        """Where the public suffix begins; the default rule of the list is ``*``, the last label."""
        cdef uint64_t h = seed64()
        cdef int64_t at = length
        cdef int64_t start = 0
        cdef int64_t before = length    # where the text one label shorter began
        cdef int64_t entry
        cdef uint8_t kind
        cdef bint wildcard = True       # the default rule
        while at > 0:
            at -= 1
            h = fnv64(h, name[at])
            if at > 0 and name[at - 1] != 46:
                continue
            entry = self.table.find(name + at, length - at, h)
            kind = self.kinds[entry] if entry >= 0 else 0
            if kind & IS_EXCEPTION:
                return before
            if wildcard or kind & IS_RULE:
                start = at
            if entry < 0:
                return start
            wildcard = kind & IS_WILDCARD != 0
            before = at
            if at > 0:
                at -= 1
                h = fnv64(h, 46)
        return start


cdef bint all_digits(const uint8_t* text, int64_t length) noexcept nogil:
    cdef int64_t i
    for i in range(length):
        if text[i] < 48 or text[i] > 57:
            return False
    return True


cdef bint looks_like_ipv6(const uint8_t* text, int64_t length) noexcept nogil:
    """Two colons or more, and beside them nothing but hexadecimal digits and dots."""
    cdef int64_t i
    cdef int64_t colons = 0
    cdef uint8_t c
    for i in range(length):
        c = LOWER[text[i]]
        colons += c == 58
        if not (c == 58 or c == 46 or 48 <= c <= 57 or 97 <= c <= 102):
            return False
    return colons >= 2


cdef uint8_t other_kind(const uint8_t* text, int64_t length, uint8_t seen) noexcept nogil:
    """What a row is that holds more than the characters of a host name."""
    if text[0] == 91:
        return IP_ADDRESS
    if seen & IS_URL:
        return URL
    if seen & IS_COLON:
        return IP_ADDRESS if looks_like_ipv6(text, length) else URL
    if seen & IS_HIGH:
        return TOO_LONG if length > MAX_RAW else IS_FOREIGN
    return BAD_CHARACTER


cdef uint8_t label_fault(const uint8_t* label, int64_t length) noexcept nogil:
    if length == 0:
        return EMPTY_LABEL
    if length > MAX_LABEL:
        return LABEL_TOO_LONG
    if label[0] == 45 or label[length - 1] == 45:
        return BAD_HYPHEN
    return OK


cdef bint encoded(const uint8_t* label, int64_t length) noexcept nogil:
    """Whether the label begins ``xn--``."""
    return length >= 4 and label[0] == 120 and label[1] == 110 and label[2] == 45 and label[3] == 45


cdef uint8_t labels_fault(const uint8_t* name, int64_t length, bint* foreign) noexcept nogil:
    cdef int64_t start = 0
    cdef int64_t at
    cdef uint8_t fault
    foreign[0] = False
    for at in range(length + 1):
        if at < length and name[at] != 46:
            continue
        fault = label_fault(name + start, at - start)
        if fault != OK:
            return fault
        foreign[0] |= encoded(name + start, at - start)
        if at == length and all_digits(name + start, at - start):
            return IP_ADDRESS
        start = at + 1
    return OK


cdef uint8_t examine(
    const uint8_t* raw, int64_t length, uint8_t* into, SuffixRules rules, int64_t* cut, int64_t* stop
) noexcept nogil:
    """Write the canonical form of one row; say what is wrong, or where the name is cut and stops."""
    cdef uint8_t seen = 0
    cdef uint8_t fault
    cdef bint foreign
    cdef int64_t i, start
    if length == 0:
        return EMPTY
    for i in range(length):
        seen |= CLASS[raw[i]]
        into[i] = LOWER[raw[i]]
    if seen != IN_NAME:
        return other_kind(raw, length, seen)
    length -= into[length - 1] == 46
    if length == 0:
        return EMPTY
    if length > MAX_NAME:
        return TOO_LONG
    fault = labels_fault(into, length, &foreign)
    if fault != OK:
        return fault
    start = rules.suffix_start(into, length)
    if start == 0:
        return BARE_SUFFIX
    cut[0] = start - 1
    stop[0] = length
    return IS_FOREIGN if foreign else OK


cdef class Hosts:
    """What became of each row; row ``i`` is ``data[starts[i]:stops[i]]``, cut at ``cuts[i]``."""

    cdef readonly object data, starts, cuts, stops, status
    cdef readonly int64_t rows
    cdef readonly int64_t accepted
    cdef readonly int64_t foreign

    def __cinit__(self, data, starts, cuts, stops, status):
        self.data, self.starts, self.cuts, self.stops, self.status = data, starts, cuts, stops, status
        self.rows = len(status)
        self.count()

    cdef void count(self) noexcept:
        cdef const uint8_t* status = <const uint8_t*>cnp.PyArray_DATA(self.status)
        cdef int64_t row
        self.accepted = self.foreign = 0
        for row in range(self.rows):
            self.accepted += status[row] == OK
            self.foreign += status[row] == IS_FOREIGN

    def texts(self):
        """The lists ``domain``, ``name``, ``suffix`` of the accepted rows, in order."""
        cdef const char* text = <const char*>cnp.PyArray_DATA(self.data)
        cdef const int64_t* starts = <const int64_t*>cnp.PyArray_DATA(self.starts)
        cdef const int64_t* cuts = <const int64_t*>cnp.PyArray_DATA(self.cuts)
        cdef const int64_t* stops = <const int64_t*>cnp.PyArray_DATA(self.stops)
        cdef const uint8_t* status = <const uint8_t*>cnp.PyArray_DATA(self.status)
        cdef list domains = [], names = [], suffixes = []
        cdef int64_t row
        for row in range(self.rows):
            if status[row] != OK:
                continue
            domains.append(PyUnicode_DecodeASCII(text + starts[row], stops[row] - starts[row], NULL))
            names.append(PyUnicode_DecodeASCII(text + starts[row], cuts[row] - starts[row], NULL))
            suffixes.append(PyUnicode_DecodeASCII(text + cuts[row] + 1, stops[row] - cuts[row] - 1, NULL))
        return domains, names, suffixes


cdef object int64s(int64_t rows):
    cdef cnp.npy_intp shape = rows
    return cnp.PyArray_EMPTY(1, &shape, cnp.NPY_INT64, 0)


def split(Packed column not None, SuffixRules rules not None):
    """Examine every row of a column.

    >>> from detectory.kernels.columns import pack
    >>> rules = SuffixRules({b"uk": RULE, b"co.uk": RULE})
    >>> split(pack(["WWW.Google.co.uk."]), rules).texts()
    (['www.google.co.uk'], ['www.google'], ['co.uk'])
    """
    cdef cnp.npy_intp size = len(column.data)
    cdef int64_t rows = column.rows
    data = cnp.PyArray_EMPTY(1, &size, cnp.NPY_UINT8, 0)
    starts, cuts, stops = column.offsets[:rows], int64s(rows), int64s(rows)
    status = column.kind.copy()
    cdef uint8_t* into = <uint8_t*>cnp.PyArray_DATA(data)
    cdef int64_t* cut = <int64_t*>cnp.PyArray_DATA(cuts)
    cdef int64_t* stop = <int64_t*>cnp.PyArray_DATA(stops)
    cdef uint8_t* found = <uint8_t*>cnp.PyArray_DATA(status)
    cdef int64_t row, at
    with nogil:
        for row in range(rows):
            at = column.starts[row]
            cut[row] = stop[row] = 0
            if found[row] == OK:
                found[row] = examine(
                    column.bytes_ + at, column.starts[row + 1] - at, into + at, rules, &cut[row], &stop[row]
                )
            cut[row] += at
            stop[row] += at
    return Hosts(data, starts, cuts, stops, status)


def replaced(Hosts hosts not None, which, Hosts by not None):
    """``hosts`` with the rows ``which`` (int64[k]) taken from the ``k`` rows of ``by``."""
    base = len(hosts.data)
    starts, cuts, stops, status = hosts.starts.copy(), hosts.cuts, hosts.stops, hosts.status
    starts[which], cuts[which], stops[which] = by.starts + base, by.cuts + base, by.stops + base
    status[which] = by.status
    return Hosts(np.concatenate([hosts.data, by.data]), starts, cuts, stops, status)
