from libc.stdint cimport int64_t, uint8_t

cdef enum:
    SHAPES = 35

cdef uint8_t LOWER[256]
cdef uint8_t IS_ALNUM[256]

# Where the parts of a canonical URL are.
cdef struct Cut:
    int64_t length
    int64_t suffix
    int64_t host        # behind the userinfo
    int64_t name        # where the registered label begins
    int64_t name_end
    int64_t host_end
    int64_t path        # behind the port
    int64_t query       # at the question mark, or the end

cdef void cut_url(const uint8_t* url, int64_t length, int64_t suffix, Cut* cut) noexcept nogil
cdef void write_shape(const uint8_t* url, const Cut* cut, float* out) noexcept nogil
