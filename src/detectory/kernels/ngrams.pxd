from libc.stdint cimport int32_t, int64_t, uint8_t

cdef enum:
    WIDTH = 128

cdef void write_ids(const uint8_t* name, int64_t length, int32_t* ids) noexcept nogil
