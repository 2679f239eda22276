# cython: boundscheck=True, wraparound=False, initializedcheck=False
"""A hash set of byte strings: built once from keys, then only read.

Keys are hashed *from the right* (FNV-1a, 64 bits), because both users grow their text leftwards: a host
name label by label to its public suffix, a dictionary word letter by letter from where it ends. The hash
only finds the slot; the bytes themselves are compared, so a crafted collision finds nothing.
"""

from array import array

import numpy as np

cimport numpy as cnp
from libc.stdint cimport int32_t, int64_t, uint8_t, uint32_t, uint64_t
from libc.string cimport memcmp

from detectory.kernels.fnv cimport fnv64, seed64

cnp.import_array()

cdef uint64_t hash_from_right(const uint8_t* text, int64_t length) noexcept nogil:
    cdef uint64_t h = seed64()
    cdef int64_t i
    for i in range(length - 1, -1, -1):
        h = fnv64(h, text[i])
    return h


cdef inline uint64_t home(uint64_t h, uint64_t mask) noexcept nogil:
    return (h ^ (h >> 29)) & mask


cdef class Table:
    """Byte strings and their position in ``keys``; of equal keys the first one counts.

    >>> table = Table([b"com", b"co.uk"])
    >>> table.position(b"co.uk"), table.position(b"uk")
    (1, -1)
    """

    def __cinit__(self, keys):
        text, lengths = bytearray(), array("q", [0])
        for key in keys:  # never all at once: 200,000 small objects leave 17 MiB of holes in the heap
            text += key
            lengths.append(len(key))
        self.size = len(lengths) - 1
        data = np.frombuffer(bytes(text) or b"\0", dtype=np.uint8)
        offsets = np.cumsum(np.frombuffer(lengths, dtype=np.int64))
        slots = np.zeros(1 << max(4, (self.size * 3 // 2).bit_length()), dtype=np.uint64)
        self._kept = (data, offsets, slots)
        self.pool = <const uint8_t*>cnp.PyArray_DATA(data)
        self.offsets = <const int64_t*>cnp.PyArray_DATA(offsets)
        self.slots = <uint64_t*>cnp.PyArray_DATA(slots)
        self.mask = <uint64_t>len(slots) - 1
        cdef int64_t entry
        with nogil:
            for entry in range(self.size):
                self._insert(entry)

    def position(self, bytes key):
        """Where ``key`` stood in the list of keys, or -1."""
        cdef const uint8_t* text = <const uint8_t*>(<char*>key)
        return self.find(text, len(key), hash_from_right(text, len(key)))

    cdef int32_t _insert(self, int64_t entry) noexcept nogil:
        cdef const uint8_t* text = self.pool + self.offsets[entry]
        cdef int64_t length = self.offsets[entry + 1] - self.offsets[entry]
        cdef uint64_t h = hash_from_right(text, length)
        if self.find(text, length, h) >= 0:
            return 0
        cdef uint64_t slot = home(h, self.mask)
        while self.slots[slot] != 0:
            slot = (slot + 1) & self.mask
        self.slots[slot] = (h >> 32 << 32) | <uint64_t>(entry + 1)
        return 1

    cdef int64_t find(self, const uint8_t* text, int64_t length, uint64_t h) noexcept nogil:
        cdef uint64_t slot = home(h, self.mask)
        cdef uint64_t held
        cdef int64_t entry
        while True:
            held = self.slots[slot]
            if held == 0:
                return -1
            if (held >> 32) == (h >> 32):
                entry = <int64_t><uint32_t>held - 1
                if self.offsets[entry + 1] - self.offsets[entry] == length:
                    if memcmp(self.pool + self.offsets[entry], text, <size_t>length) == 0:
                        return entry
            slot = (slot + 1) & self.mask
