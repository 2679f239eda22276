from libc.stdint cimport int64_t, uint8_t

from detectory.kernels.hosts cimport SuffixRules
from detectory.kernels.url_text cimport Row

cdef uint8_t put_authority(Row* row, int64_t at, int64_t end, SuffixRules rules, bint trusted) noexcept nogil
