# cython: boundscheck=True, wraparound=False
"""The authority of a URL: userinfo, host and port in canonical form, the host cut at its public suffix.

A host is read as browsers read it (url.spec.whatwg.org, sections 3.5 and 4.4): percent-decoded, in lower case,
with underscores and with hyphens anywhere.
"""

from libc.stdint cimport int64_t, uint8_t
from libc.string cimport memchr, memcmp, memcpy

from detectory.kernels.hosts cimport SuffixRules, all_digits, encoded
from detectory.kernels.url_text cimport (
    BAD_CHARACTER, BAD_PORT, BARE_NAME, CLASS, EMPTY, EMPTY_LABEL, HEX, IN_HOST, IS_FOREIGN, LABEL_TOO_LONG,
    MAX_HOST, MAX_LABEL, MAX_RAW, OK, TOO_LONG, Row, escaped, lower, nibble, put, put_encoded, put_escaped,
    put_safe,
)


cdef void put_userinfo(Row* row, int64_t at, int64_t end) noexcept nogil:
    if at == end:
        return
    while at < end:
        if row.text[at] == 37:
            at += put_escaped(row, at, end)
            continue
        if row.text[at] == 64:
            put_encoded(row, 64)
        else:
            put_safe(row, row.text[at])
        at += 1
    put(row, 64)


cdef uint8_t read_host(
    const uint8_t* text, int64_t at, int64_t end, uint8_t* host, int64_t* size, bint* foreign
) noexcept nogil:
    """The host in lower case, percent-decoded, without its last dot."""
    cdef uint8_t byte
    size[0] = 0
    foreign[0] = False
    while at < end:
        byte = lower(text[at])
        if byte == 37 and escaped(text, at, end):
            byte = lower(<uint8_t>(nibble(text[at + 1]) << 4) | nibble(text[at + 2]))
            at += 2
        if byte >= 128 or byte == 91 or byte == 93 or byte == 58:
            foreign[0] = True       # a colon is within brackets, or there was none before the port
        elif not CLASS[byte] & IN_HOST:
            return BAD_CHARACTER
        if size[0] == MAX_RAW:
            return TOO_LONG
        host[size[0]] = byte
        size[0] += 1
        at += 1
    if size[0] and host[size[0] - 1] == 46:
        size[0] -= 1
    return OK if size[0] else EMPTY


cdef bint is_octet(const uint8_t* label, int64_t length) noexcept nogil:
    """0 … 255 without leading zeros."""
    cdef int64_t at
    cdef int value = 0
    if length == 0 or length > 3 or not all_digits(label, length) or (length > 1 and label[0] == 48):
        return False
    for at in range(length):
        value = value * 10 + (label[at] - 48)
    return value <= 255


cdef bint is_ipv4(const uint8_t* host, int64_t length) noexcept nogil:
    cdef int64_t start = 0
    cdef int64_t octets = 0
    cdef int64_t at
    for at in range(length + 1):
        if at < length and host[at] != 46:
            continue
        if not is_octet(host + start, at - start):
            return False
        octets += 1
        start = at + 1
    return octets == 4


cdef bint is_number(const uint8_t* label, int64_t length) noexcept nogil:
    """Whether a browser takes the last label for a part of an IPv4 address."""
    cdef int64_t at
    if length >= 2 and label[0] == 48 and label[1] == 120:
        for at in range(2, length):
            if not CLASS[label[at]] & HEX:
                return False
        return True
    return all_digits(label, length)


cdef uint8_t judge_labels(const uint8_t* host, int64_t length, bint trusted, int64_t* labels) noexcept nogil:
    """What is wrong with a host of letters, digits, hyphens, underscores and dots."""
    cdef int64_t start = 0
    cdef int64_t at
    cdef bint foreign = False
    labels[0] = 0
    for at in range(length + 1):
        if at < length and host[at] != 46:
            continue
        if at == start:
            return EMPTY_LABEL
        if at - start > MAX_LABEL:
            return LABEL_TOO_LONG
        foreign |= encoded(host + start, at - start) and not trusted
        if at == length:
            foreign |= is_number(host + start, at - start)
        labels[0] += 1
        start = at + 1
    return IS_FOREIGN if foreign else OK


cdef void put_host(Row* row, const uint8_t* host, int64_t size) noexcept nogil:
    memcpy(row.out + row.at, host, <size_t>size)
    row.at += size


cdef void cut_at(Row* row, int64_t domain, int64_t suffix) noexcept nogil:
    row.cuts[2], row.cuts[3] = row.cuts[1] + domain, row.cuts[1] + suffix


cdef uint8_t put_address(Row* row, const uint8_t* host, int64_t size) noexcept nogil:
    """A host without a public suffix."""
    put_host(row, host, size)
    cut_at(row, 0, size)
    return OK


cdef uint8_t put_name(Row* row, const uint8_t* host, int64_t size, SuffixRules rules) noexcept nogil:
    """A host name, less its leading ``www.``, cut at the registered domain and at the public suffix."""
    cdef int64_t start = 0
    cdef int64_t suffix, domain
    while (
        size - start > 4 and memcmp(host + start, b"www.", 4) == 0
        and memchr(host + start + 4, 46, <size_t>(size - start - 4)) != NULL
    ):
        start += 4
    host += start
    size -= start
    put_host(row, host, size)
    suffix = rules.suffix_start(host, size)
    if suffix == 0:     # the whole host is a public suffix: a page of whoever keeps it
        while host[suffix] != 46:
            suffix += 1
        suffix += 1
    domain = suffix - 1
    while domain > 0 and host[domain - 1] != 46:
        domain -= 1
    cut_at(row, domain, suffix)
    return OK


cdef uint8_t write_host(Row* row, int64_t at, int64_t end, SuffixRules rules, bint trusted) noexcept nogil:
    cdef uint8_t host[MAX_RAW]
    cdef int64_t size, labels
    cdef bint foreign
    cdef uint8_t fault = read_host(row.text, at, end, host, &size, &foreign)
    row.cuts[1] = row.at
    if fault != OK:
        return fault
    if foreign:
        put_address(row, host, size)
        return OK if trusted and host[0] == 91 else IS_FOREIGN
    if size > MAX_HOST:
        return TOO_LONG
    if is_ipv4(host, size):
        return put_address(row, host, size)
    fault = judge_labels(host, size, trusted, &labels)
    if fault == IS_FOREIGN:
        put_address(row, host, size)
        return fault
    if fault == OK and labels == 1:
        return BARE_NAME
    return fault if fault != OK else put_name(row, host, size, rules)


cdef uint8_t put_port(Row* row, int64_t at, int64_t end) noexcept nogil:
    """80 and 443 go: without its scheme, nobody can tell which of them a URL needs not say."""
    cdef int64_t value = 0
    cdef int64_t start
    while at < end and row.text[at] == 48:
        at += 1
    start = at
    while at < end:
        if row.text[at] < 48 or row.text[at] > 57:
            return BAD_PORT
        value = value * 10 + (row.text[at] - 48)
        if value > 65535:
            return BAD_PORT
        at += 1
    if value == 0 or value == 80 or value == 443:
        return OK
    put(row, 58)
    memcpy(row.out + row.at, row.text + start, <size_t>(end - start))
    row.at += end - start
    return OK


cdef uint8_t put_authority(Row* row, int64_t at, int64_t end, SuffixRules rules, bint trusted) noexcept nogil:
    cdef int64_t host = end
    cdef int64_t port = end
    cdef uint8_t found, fault
    while host > at and row.text[host - 1] != 64:
        host -= 1
    if host > at:
        put_userinfo(row, at, host - 1)
    while port > host and row.text[port - 1] != 58 and row.text[port - 1] != 93:
        port -= 1
    port = end if port == host or row.text[port - 1] == 93 else port - 1    # at the colon
    found = write_host(row, host, port, rules, trusted)
    row.cuts[4] = row.at
    if found != OK and found != IS_FOREIGN:
        return found
    fault = put_port(row, min(port + 1, end), end)
    return fault if fault != OK else found
