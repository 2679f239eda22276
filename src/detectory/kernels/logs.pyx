# cython: boundscheck=True, wraparound=False, cdivision=True
"""Log lines to facts: which statement wrote each line, when, and which keys it names.

Goes in: packed lines, the statements of a program (`Statements`), and what a key begins with (``blk_``).
Comes out: ``Lines``. A line is cut at its time stamp and the first ``": "`` behind it; what follows is the
message. A statement fits when its words stand in the message in their order. Those that begin with a word
are tried first, in the order of the table; then those that begin with a value, the one whose first words
end first. One pass, in time that grows with the bytes of a line and no faster, whatever they are.
"""

import numpy as np

cimport numpy as cnp
from libc.stdint cimport INT64_MIN, int16_t, int32_t, int64_t, uint8_t, uint64_t
from libc.stdlib cimport free, realloc
from libc.string cimport memchr, memcmp

from detectory.kernels.columns cimport Packed

cnp.import_array()

cdef extern from *:
    """
    #include <string.h>
    #ifndef _GNU_SOURCE
    extern void *memmem(const void *, size_t, const void *, size_t);
    #endif
    """
    void* memmem(const void* text, size_t size, const void* words, size_t length) nogil

cdef enum:
    MOST_STATEMENTS = 64    # a bit each
    DIGITS = 19             # of the largest number that a key may hold

NO_TIME = INT64_MIN
"""The time of a line that bears none."""


# Bytes of a line: from `at` up to `end`, which is not part of it.
cdef struct Text:
    const uint8_t* at
    const uint8_t* end


cdef class Statements:
    """The statements of a program, compiled: ``(number, format)`` with ``%s`` where a value stands.

    Raises ``ValueError`` for more than 64 of them, a number below 1, or a format without words.

    >>> table = Statements([(5, "Receiving block %s src: %s dest: %s"), (3, "%s Served block %s to %s")])
    >>> table.match(b"10.0.0.1:50010 Served block blk_1 to /10.0.0.2"), table.match(b"Receiving block blk_1")
    (3, 0)
    """

    cdef object _kept
    cdef int32_t count
    cdef int32_t numbers[MOST_STATEMENTS]
    cdef int32_t piece_from[MOST_STATEMENTS + 1]    # the pieces of a statement, the first at its own index
    cdef const uint8_t* bytes_
    cdef const int64_t* starts                      # piece i is bytes_[starts[i]:starts[i + 1]]
    cdef int32_t by_byte[257]                       # anchored statements by their first byte …
    cdef int32_t anchored[MOST_STATEMENTS]          # … in this list, in the order of the table
    cdef const int16_t* step                        # state * 256 + byte → state
    cdef const uint64_t* found                      # state → the floating statements whose first words end

    def __cinit__(self, statements):
        table = [(int(number), [piece.encode() for piece in text.split("%s")]) for number, text in statements]
        if len(table) > MOST_STATEMENTS:
            raise ValueError(f"{len(table)} statements, and {MOST_STATEMENTS} are the most")
        for number, pieces in table:
            if number < 1 or not any(pieces):
                raise ValueError(f"statement {number} has no words, or a number below 1")
        self.count = len(table)
        self._set_pieces([(number, _words(pieces)) for number, pieces in table])
        floating = [(i, _words(pieces)[0]) for i, (_, pieces) in enumerate(table) if not pieces[0]]
        self._set_anchored([(i, pieces[0]) for i, (_, pieces) in enumerate(table) if pieces[0]])
        step, found = _automaton(floating)
        self.step = <const int16_t*>cnp.PyArray_DATA(step)
        self.found = <const uint64_t*>cnp.PyArray_DATA(found)
        self._kept += (step, found)

    cdef _set_pieces(self, list table):
        pieces = [piece for _, words in table for piece in words]
        data = np.frombuffer(b"".join(pieces) or b"\0", dtype=np.uint8)
        starts = np.zeros(len(pieces) + 1, dtype=np.int64)
        np.cumsum([len(piece) for piece in pieces], out=starts[1:])
        self._kept = (data, starts)
        self.bytes_ = <const uint8_t*>cnp.PyArray_DATA(data)
        self.starts = <const int64_t*>cnp.PyArray_DATA(starts)
        self.piece_from[0] = 0
        for i, (number, words) in enumerate(table):
            self.numbers[i] = number
            self.piece_from[i + 1] = self.piece_from[i] + len(words)

    cdef _set_anchored(self, list firsts):
        cdef int32_t at = 0
        for byte in range(256):
            self.by_byte[byte] = at
            for i, words in firsts:
                if words[0] == byte:
                    self.anchored[at] = i
                    at += 1
        self.by_byte[256] = at

    def match(self, bytes message):
        """The number of the statement that wrote a message, 0 for none of these."""
        cdef Text text
        text.at = <const uint8_t*>(<char*>message)
        text.end = text.at + len(message)
        return self.number(text)

    cdef int32_t number(self, Text message) noexcept nogil:
        cdef int32_t i, at
        if message.at == message.end:
            return 0
        for at in range(self.by_byte[message.at[0]], self.by_byte[message.at[0] + 1]):
            i = self.anchored[at]
            if self.begins(message, i):
                return self.numbers[i]
        return self.floats(message)

    cdef inline bint begins(self, Text message, int32_t i) noexcept nogil:
        cdef int64_t start = self.starts[self.piece_from[i]]
        cdef int64_t length = self.starts[self.piece_from[i] + 1] - start
        if message.end - message.at < length or memcmp(message.at, self.bytes_ + start, <size_t>length):
            return False
        message.at += length
        return self.goes_on(message, i)

    cdef bint goes_on(self, Text rest, int32_t i) noexcept nogil:
        """Whether the pieces behind the first stand in the rest in their order; leftmost is enough."""
        cdef int32_t piece
        cdef int64_t length
        for piece in range(self.piece_from[i] + 1, self.piece_from[i + 1]):
            length = self.starts[piece + 1] - self.starts[piece]
            rest.at = <const uint8_t*>memmem(
                rest.at, <size_t>(rest.end - rest.at), self.bytes_ + self.starts[piece], <size_t>length
            )
            if rest.at == NULL:
                return False
            rest.at += length
        return True

    cdef int32_t floats(self, Text message) noexcept nogil:
        """Run the automaton over the message; each statement is tried where its first words end first."""
        cdef uint64_t tried = 0
        cdef uint64_t ended
        cdef int32_t state = 0
        cdef int32_t i
        while message.at < message.end:
            state = self.step[state * 256 + message.at[0]]
            message.at += 1
            ended = self.found[state] & ~tried
            if ended == 0:
                continue
            tried |= ended
            for i in range(self.count):
                if ended >> i & 1 and self.goes_on(message, i):
                    return self.numbers[i]
        return 0


def _words(pieces):
    return [piece for piece in pieces if piece]


def _automaton(floating):
    """Aho and Corasick's (1975) automaton of the first words: int16[states, 256] and uint64[states]."""
    children, ends = [{}], [0]
    for i, words in floating:
        state = 0
        for byte in words:
            if byte not in children[state]:
                children[state][byte] = len(children)
                children.append({})
                ends.append(0)
            state = children[state][byte]
        ends[state] |= 1 << i
    if len(children) > 1 << 15:
        raise ValueError("the first words of the statements are longer than 32 KiB in all")
    return _completed(children, ends)


def _completed(children, ends):
    step = np.zeros((len(children), 256), dtype=np.int16)
    fallback, queue = [0] * len(children), [0]
    for state in queue:
        if state:
            step[state] = step[fallback[state]]
            ends[state] |= ends[fallback[state]]
        for byte, child in children[state].items():
            fallback[child] = int(step[state, byte]) if state else 0
            step[state, byte] = child
            queue.append(child)
    return step, np.array(ends, dtype=np.uint64)


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


def numbers(Packed texts not None, *, int32_t most):
    """The numbers of each text: ``(offsets int64[N + 1], ids int32[K], wrong bool[N])``.

    Numbers stand apart by blanks, commas, brackets or quotes, with or without an ``E`` before them. One
    above ``most`` is 0. A text with anything else in it has no numbers and is wrong.

    >>> from detectory.kernels.columns import pack
    >>> [part.tolist() for part in numbers(pack(["5 22", "[E5,E99]", "5 x"]), most=33)]
    [[0, 2, 4, 4], [5, 22, 5, 0], [False, False, True]]
    """
    cdef int64_t rows = texts.rows
    offsets = np.zeros(rows + 1, dtype=np.int64)
    ids = np.empty((len(texts.data) + rows) // 2 + 1, dtype=np.int32)  # two bytes a number, a row's last one
    wrong = np.zeros(rows, dtype=bool)
    cdef int64_t* ends = <int64_t*>cnp.PyArray_DATA(offsets)
    cdef int32_t* into = <int32_t*>cnp.PyArray_DATA(ids)
    cdef uint8_t* bad = <uint8_t*>cnp.PyArray_DATA(wrong)
    cdef int64_t row, count
    with nogil:
        for row in range(rows):
            count = read_ids(texts, row, into + ends[row], most)
            bad[row] = count < 0
            ends[row + 1] = ends[row] + max(count, <int64_t>0)
    return offsets, ids[: ends[rows]].copy(), wrong


cdef inline bint stands_between(uint8_t byte) noexcept nogil:
    """Blank, tab, line end, quotes, comma, brackets."""
    return byte == 32 or 9 <= byte <= 13 or byte == 34 or byte == 39 or byte == 44 or byte == 91 or byte == 93


cdef int64_t read_ids(Packed texts, int64_t row, int32_t* into, int32_t most) noexcept nogil:
    """Write a row's numbers, at most one for two bytes and one; -1 for a row that holds anything else."""
    cdef const uint8_t* at = texts.bytes_ + texts.starts[row]
    cdef const uint8_t* end = texts.bytes_ + texts.starts[row + 1]
    cdef int64_t count = 0
    cdef int64_t number
    while at < end:
        if stands_between(at[0]):
            at += 1
            continue
        at += at[0] == 69
        if at == end or not is_digit(at[0]):
            return -1
        number = 0
        while at < end and is_digit(at[0]):
            number = min(number * 10 + (at[0] - 48), <int64_t>most + 1)
            at += 1
        if at < end and not stands_between(at[0]):
            return -1
        into[count] = <int32_t>number if number <= most else 0
        count += 1
    return count
