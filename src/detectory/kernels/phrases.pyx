# cython: boundscheck=True, wraparound=False, initializedcheck=False
"""Which of some hundred short phrases a text holds, and how often: one table look-up a byte.

The automaton of A. Aho and M. Corasick ("Efficient string matching: an aid to bibliographic search", 1975),
built once from the phrases, then only read. Phrases may overlap and contain one another; each is counted.
"""

from collections import deque

import numpy as np

cimport numpy as cnp
from libc.stdint cimport int32_t, int64_t, uint8_t

cnp.import_array()


def trie(phrases):
    """Each state's children, and the state that each phrase ends in."""
    children, ends = [{}], []
    for phrase in phrases:
        state = 0
        for byte in phrase:
            if byte not in children[state]:
                children[state][byte] = len(children)
                children.append({})
            state = children[state][byte]
        ends.append(state)
    return children, ends


def filled(children, said, symbol):
    """The full table of moves, and of every state the next shorter one at which a phrase ends."""
    moves = np.zeros((len(children), max(symbol) + 1), dtype=np.int32)
    shorter = np.zeros(len(children), dtype=np.int32)
    waiting = deque([(0, 0)])       # a state, and the state of its longest end that begins a phrase too
    while waiting:
        state, fall = waiting.popleft()
        shorter[state] = fall if said[fall] >= 0 else shorter[fall]
        if state:
            moves[state] = moves[fall]
        for byte, child in children[state].items():
            waiting.append((child, int(moves[state, symbol[byte]])))
            moves[state, symbol[byte]] = child
    return moves, shorter


cdef class Phrases:
    """Byte strings to look for, none of them empty and no two the same.

    Raises ``ValueError`` for others.

    >>> Phrases([b"pay", b"paypal", b"pal"]).counts(b"paypal-pay").tolist()
    [2.0, 1.0, 1.0]
    """

    def __cinit__(self, phrases):
        phrases = list(phrases)
        if not all(phrases) or len(set(phrases)) < len(phrases):
            raise ValueError("a phrase is empty, or there twice")
        known = {byte: at for at, byte in enumerate(sorted(set(b"".join(phrases))), start=1)}
        symbol = [known.get(byte, 0) for byte in range(256)]
        children, ends = trie(phrases)
        said = np.full(len(children), -1, dtype=np.int32)
        said[ends] = np.arange(len(ends))
        moves, shorter = filled(children, said, symbol)
        lengths = np.array([len(phrase) for phrase in phrases], dtype=np.int32)
        self._kept = (moves, said, shorter, lengths)
        self.length = <const int32_t*>cnp.PyArray_DATA(lengths)
        self.next_ = <const int32_t*>cnp.PyArray_DATA(moves)
        self.said = <const int32_t*>cnp.PyArray_DATA(said)
        self.shorter = <const int32_t*>cnp.PyArray_DATA(shorter)
        self.symbols = moves.shape[1]
        self.size = len(phrases)
        for byte in range(256):
            self.symbol[byte] = symbol[byte]

    def counts(self, bytes text not None):
        """float32[phrases]: how often each is in the text."""
        found = np.zeros(self.size, dtype=np.float32)
        self.count(<const uint8_t*>(<char*>text), len(text), <float*>cnp.PyArray_DATA(found))
        return found

    cdef inline int32_t step(self, int32_t state, uint8_t byte) noexcept nogil:
        return self.next_[state * self.symbols + self.symbol[byte]]

    cdef inline void add(self, int32_t state, float* counts) noexcept nogil:
        """Count the phrases that end where the automaton is."""
        cdef int32_t ends = state if self.said[state] >= 0 else self.shorter[state]
        while ends:
            counts[self.said[ends]] += 1
            ends = self.shorter[ends]

    cdef void count(self, const uint8_t* text, int64_t length, float* counts) noexcept nogil:
        """Add to ``counts``, one a phrase."""
        cdef int32_t state = 0
        cdef int64_t at
        for at in range(length):
            state = self.step(state, text[at])
            self.add(state, counts)

    cdef bint any(self, const uint8_t* text, int64_t length) noexcept nogil:
        """Whether a phrase is in the text."""
        cdef int32_t state = 0
        cdef int64_t at
        for at in range(length):
            state = self.step(state, text[at])
            if self.said[state] >= 0 or self.shorter[state]:
                return True
        return False
