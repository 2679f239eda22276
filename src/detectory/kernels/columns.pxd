from libc.stdint cimport int64_t, uint8_t

cdef class Packed:
    cdef readonly object data       # uint8[bytes]
    cdef readonly object offsets    # int64[rows + 1]
    cdef readonly object kind       # uint8[rows]
    cdef readonly int64_t rows
    cdef const uint8_t* bytes_
    cdef const int64_t* starts
    cdef const uint8_t* kinds
