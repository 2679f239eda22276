# cython: boundscheck=True, wraparound=False, cdivision=True
"""Log lines to facts: which statement wrote each line, when, and which keys it names.

Goes in: packed lines, the statements of a program (``statements``), and what a key begins with (``blk_``).
Comes out: ``Lines``. A line is cut at its time stamp and the first ``": "`` behind it; what follows is the
message. One pass, in time that grows with the bytes of a line and no faster, whatever they are.
"""

import numpy as np

cimport numpy as cnp
from libc.stdint cimport INT64_MIN, int32_t, int64_t, uint8_t, uint64_t
from libc.stdlib cimport free, realloc
from libc.string cimport memchr, memcmp

from detectory.kernels.columns cimport Packed
from detectory.kernels.statements cimport Statements, Text

cnp.import_array()

cdef enum:
    DIGITS = 19             # of the largest number that a key may hold

NO_TIME = INT64_MIN
"""The time of a line that bears none."""


# Keys as they are found; grows.
cdef struct Keys:
    int64_t* lines
    int64_t* values
    int64_t count
    int64_t room


cdef bint add_key(Keys* keys, int64_t line, int64_t value) noexcept nogil:
    """False when there is no memory. A key that the line named just before is not named again."""
    cdef int64_t last = keys.count - 1
    cdef int64_t room
    cdef void* moved
    if last >= 0 and keys.lines[last] == line and keys.values[last] == value:
        return True
    if keys.count == keys.room:
        room = keys.room * 2 + 1024
        moved = realloc(keys.lines, <size_t>room * sizeof(int64_t))
        if moved == NULL:
            return False
        keys.lines = <int64_t*>moved
        moved = realloc(keys.values, <size_t>room * sizeof(int64_t))
        if moved == NULL:
            return False
        keys.values, keys.room = <int64_t*>moved, room
    keys.lines[keys.count], keys.values[keys.count] = line, value
    keys.count += 1
    return True


cdef bint find_keys(Keys* keys, int64_t line, Text text, const uint8_t* prefix, int64_t length) noexcept nogil:
    """Add every number of 64 bits behind the prefix; looks for the prefix's last byte, the rarest of most."""
    cdef const uint8_t* begin = text.at
    cdef int64_t value
    while True:
        text.at = <const uint8_t*>memchr(text.at, prefix[length - 1], <size_t>(text.end - text.at))
        if text.at == NULL:
            return True
        text.at += 1
        if text.at - begin < length or memcmp(text.at - length, prefix, <size_t>length):
            continue
        if read_number(&text, &value) and not add_key(keys, line, value):
            return False


cdef bint read_number(Text* text, int64_t* value) noexcept nogil:
    """A signed decimal number of 64 bits at the text's beginning; the text is then what follows."""
    cdef uint64_t number = 0
    cdef uint64_t most = <uint64_t>0x7FFFFFFFFFFFFFFF
    cdef int digits = 0
    cdef bint negative = text.at < text.end and text.at[0] == 45
    if negative:
        text.at += 1
        most += 1
    while text.at < text.end and is_digit(text.at[0]):
        digits += 1
        if digits <= DIGITS:
            number = number * 10 + (text.at[0] - 48)
        text.at += 1
    if digits == 0 or digits > DIGITS or number > most:
        return False
    value[0] = <int64_t>(0 - number) if negative else <int64_t>number
    return True


cdef inline bint is_digit(uint8_t byte) noexcept nogil:
    return 48 <= byte <= 57


cdef inline int32_t two(const uint8_t* at) noexcept nogil:
    """The number of two digits, or so little that it is none even twice over."""
    if not is_digit(at[0]) or not is_digit(at[1]):
        return -10_000
    return (at[0] - 48) * 10 + at[1] - 48


cdef inline int64_t days(int32_t year, int32_t month, int32_t day) noexcept nogil:
    """Days from 1970-01-01 in the Gregorian calendar (H. Hinnant, days_from_civil), years from 1 on."""
    cdef int32_t y = year - (month <= 2)
    cdef int32_t era = y // 400
    cdef int32_t of_era = y - era * 400
    cdef int32_t of_year = (153 * (month + (-3 if month > 2 else 9)) + 2) // 5 + day - 1
    return <int64_t>era * 146097 + of_era * 365 + of_era // 4 - of_era // 100 + of_year - 719468


cdef int64_t moment(int32_t year, int32_t month, int32_t day, int32_t h, int32_t m, int32_t s) noexcept nogil:
    """Milliseconds from 1970 on, without time zone; INT64_MIN where it is no date."""
    if year < 1 or not 1 <= month <= 12 or not 1 <= day <= 31:
        return INT64_MIN
    if not 0 <= h <= 23 or not 0 <= m <= 59 or not 0 <= s <= 60:
        return INT64_MIN
    return (((days(year, month, day) * 24 + h) * 60 + m) * 60 + s) * 1000


cdef int64_t read_time(Text* line) noexcept nogil:
    """The time a line begins with, and the line is then what follows: ``081109 203518 `` or ISO 8601 of log4j."""
    cdef const uint8_t* at = line.at
    cdef int64_t time
    if line.end - at >= 14 and at[6] == 32 and at[13] == 32:
        time = moment(2000 + two(at), two(at + 2), two(at + 4), two(at + 7), two(at + 9), two(at + 11))
        if time != INT64_MIN:
            line.at += 14
        return time
    if line.end - at >= 24 and at[4] == 45 and at[7] == 45 and at[10] == 32:
        return read_iso(line)
    return INT64_MIN


cdef int64_t read_iso(Text* line) noexcept nogil:
    cdef const uint8_t* at = line.at
    cdef int64_t time
    if at[13] != 58 or at[16] != 58 or at[19] != 44 or at[23] != 32:
        return INT64_MIN
    if not is_digit(at[20]) or two(at + 21) < 0:
        return INT64_MIN
    time = moment(
        two(at) * 100 + two(at + 2), two(at + 5), two(at + 8), two(at + 11), two(at + 14), two(at + 17)
    )
    if time == INT64_MIN:
        return time
    line.at += 24
    return time + (at[20] - 48) * 100 + two(at + 21)


cdef void skip_component(Text* rest) noexcept nogil:
    """Behind the first colon with a blank; where there is none, nothing is skipped."""
    cdef const uint8_t* at = rest.at
    while True:
        at = <const uint8_t*>memchr(at, 58, <size_t>(rest.end - at))
        if at == NULL or at + 1 >= rest.end:
            return
        if at[1] == 32:
            rest.at = at + 2
            return
        at += 1


cdef class Lines:
    """What is known of N lines, and the M keys they name.

    ``event`` int32[N] (0: no statement of the table), ``time`` int64[N] in milliseconds from 1970 on
    (`NO_TIME`: none), ``line`` int64[M] the position of the line that names a key, ``key`` int64[M].
    """

    cdef readonly object event
    cdef readonly object time
    cdef readonly object line
    cdef readonly object key


def read(Packed lines not None, Statements statements not None, bytes prefix not None):
    """Facts of packed lines; keys are numbers behind ``prefix``. Raises ``ValueError`` for an empty one.

    >>> from detectory.kernels.columns import pack
    >>> from detectory.kernels.statements import Statements
    >>> table = Statements([(5, "Receiving block %s src: %s dest: %s")])
    >>> line = "081109 203518 143 INFO dfs.DataNode: Receiving block blk_-7 src: /10.0.0.1 dest: /10.0.0.2"
    >>> found = read(pack([line, "no such thing"]), table, b"blk_")
    >>> found.event.tolist(), found.time.tolist()[0], found.line.tolist(), found.key.tolist()
    ([5, 0], 1226262918000, [0], [-7])
    """
    if not prefix:
        raise ValueError("a key begins with something")
    cdef int64_t rows = lines.rows
    event = np.zeros(rows, dtype=np.int32)
    time = np.empty(rows, dtype=np.int64)
    cdef int32_t* events = <int32_t*>cnp.PyArray_DATA(event)
    cdef int64_t* times = <int64_t*>cnp.PyArray_DATA(time)
    cdef Keys keys = Keys(NULL, NULL, 0, 0)
    cdef const uint8_t* begins = <const uint8_t*>(<char*>prefix)
    cdef int64_t length = len(prefix)
    cdef int64_t row
    cdef bint fits = True
    cdef Text text
    with nogil:
        for row in range(rows):
            text.at, text.end = lines.bytes_ + lines.starts[row], lines.bytes_ + lines.starts[row + 1]
            times[row] = read_time(&text)
            if times[row] != INT64_MIN:
                skip_component(&text)
            events[row] = statements.number(text)
            fits = fits and find_keys(&keys, row, text, begins, length)
    found = _lines(event, time, &keys)
    if not fits:
        raise MemoryError
    return found


cdef Lines _lines(object event, object time, Keys* keys):
    cdef Lines found = Lines()
    found.event, found.time = event, time
    found.line, found.key = _taken(keys.lines, keys.count), _taken(keys.values, keys.count)
    return found


cdef object _taken(int64_t* values, int64_t count):
    """A copy as an array; the memory is given back."""
    taken = np.empty(count, dtype=np.int64)
    if count:
        taken[:] = <int64_t[:count]>values
    free(values)
    return taken


def split(bytes text not None):
    """The lines of a text, packed; each keeps the end it has.

    >>> split(b"a\\nbc").offsets.tolist()
    [0, 2, 4]
    """
    data = np.frombuffer(text, dtype=np.uint8)
    ends = np.flatnonzero(data == 10) + 1
    if text and not text.endswith(b"\n"):
        ends = np.append(ends, len(data))
    offsets = np.concatenate([np.zeros(1, dtype=np.int64), ends.astype(np.int64)])
    return Packed(data, offsets, np.zeros(len(ends), dtype=np.uint8))
