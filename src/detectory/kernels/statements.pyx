# cython: boundscheck=True, wraparound=False, cdivision=True
"""The statements of a program, compiled: which of them wrote a message.

A statement fits when its words stand in the message in their order. Those that begin with a word are tried
first, in the order of the table; then those that begin with a value, the one whose first words end first.
In time that grows with the bytes of a message and no faster, whatever they are.
"""

import numpy as np

cimport numpy as cnp
from libc.stdint cimport int16_t, int32_t, int64_t, uint8_t, uint64_t
from libc.string cimport memcmp

cnp.import_array()

cdef extern from *:
    """
    #include <string.h>
    #ifndef _GNU_SOURCE
    extern void *memmem(const void *, size_t, const void *, size_t);
    #endif
    """
    void* memmem(const void* text, size_t size, const void* words, size_t length) nogil


cdef class Statements:
    """Statements as ``(number, format)``, with ``%s`` where a value stands.

    Raises ``ValueError`` for more than 64 of them, a number below 1, or a format without words.

    >>> table = Statements([(5, "Receiving block %s src: %s dest: %s"), (3, "%s Served block %s to %s")])
    >>> table.match(b"10.0.0.1:50010 Served block blk_1 to /10.0.0.2"), table.match(b"Receiving block blk_1")
    (3, 0)
    """

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

    cdef bint begins(self, Text message, int32_t i) noexcept nogil:
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
