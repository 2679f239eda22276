# FNV-1a (draft-eastlake-fnv): one xor and one multiplication a byte, so a hash grows with the text.
from libc.stdint cimport uint8_t, uint32_t, uint64_t

cdef inline uint32_t seed32() noexcept nogil:
    return <uint32_t>0x811C9DC5U

cdef inline uint32_t fnv32(uint32_t h, uint8_t byte) noexcept nogil:
    return (h ^ byte) * <uint32_t>0x01000193U

cdef inline uint64_t seed64() noexcept nogil:
    return <uint64_t>0xCBF29CE484222325ULL

cdef inline uint64_t fnv64(uint64_t h, uint8_t byte) noexcept nogil:
    return (h ^ byte) * <uint64_t>0x00000100000001B3ULL
