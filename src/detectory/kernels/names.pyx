# cython: boundscheck=True, wraparound=False, cdivision=True
"""The numbers of a name: one pass over packed names and suffixes, everything into four buffers.

Comes out: ``dense`` float32[N, WIDTH] in the order of ``COLUMNS``, ``suffix_id`` int64[N] (FNV-1a of the
suffix, 63 bits), ``ids`` int32[N, 128] (see ``ngrams``) and ``word_ids`` int32[N, 48] (see ``spelling``). A row
depends on nothing but itself.
"""

cimport numpy as cnp
from libc.stdint cimport int32_t, int64_t

from detectory.kernels.columns cimport Packed
from detectory.kernels.lexical cimport COLUMN_COUNT, text_id, write_row
from detectory.kernels.lexicon cimport Lexicon, Spelling
from detectory.kernels.ngrams cimport WIDTH as IDS
from detectory.kernels.ngrams cimport write_ids
from detectory.kernels.spelling cimport SPELT, WORD_IDS, Outline, outline, write_spelling, write_word_ids

from detectory.kernels.lexical import COLUMNS as LEXICAL
from detectory.kernels.spelling import COLUMNS as SPELLING

cnp.import_array()

COLUMNS = (*LEXICAL, *SPELLING)

cdef enum:
    WIDTH = COLUMN_COUNT + SPELT


def describe(Packed names not None, Packed suffixes not None, Lexicon lexicon not None):
    """The four buffers of N names and their suffixes.

    Raises ``ValueError`` where there are not as many suffixes as names.

    >>> from detectory.kernels.columns import pack
    >>> from detectory.kernels.lexicon import Lexicon
    >>> words = Lexicon([b"google"], [200])
    >>> dense, suffix_id, ids, word_ids = describe(pack(["www.google"]), pack(["com"]), words)
    >>> dict(zip(COLUMNS, dense[0].tolist()))["longest_word"], ids.shape, word_ids.shape
    (6.0, (1, 128), (1, 48))
    """
    if names.rows != suffixes.rows:
        raise ValueError(f"{names.rows} names and {suffixes.rows} suffixes")
    cdef cnp.npy_intp shape[2]
    shape[0], shape[1] = names.rows, WIDTH
    dense = cnp.PyArray_EMPTY(2, shape, cnp.NPY_FLOAT32, 0)
    suffix_id = cnp.PyArray_EMPTY(1, shape, cnp.NPY_INT64, 0)
    shape[1] = IDS
    ids = cnp.PyArray_ZEROS(2, shape, cnp.NPY_INT32, 0)
    shape[1] = WORD_IDS
    word_ids = cnp.PyArray_ZEROS(2, shape, cnp.NPY_INT32, 0)
    cdef float* numbers = <float*>cnp.PyArray_DATA(dense)
    cdef int64_t* kinds = <int64_t*>cnp.PyArray_DATA(suffix_id)
    cdef int32_t* grams = <int32_t*>cnp.PyArray_DATA(ids)
    cdef int32_t* tokens = <int32_t*>cnp.PyArray_DATA(word_ids)
    cdef Spelling spelling
    cdef Outline found
    cdef int64_t row, at, length, suffix
    with nogil:
        for row in range(names.rows):
            at = names.starts[row]
            length = names.starts[row + 1] - at
            suffix = suffixes.starts[row + 1] - suffixes.starts[row]
            write_row(names.bytes_ + at, length, suffix, lexicon, &spelling, numbers + row * WIDTH)
            outline(&spelling, lexicon, &found)
            write_spelling(&spelling, &found, numbers + row * WIDTH + COLUMN_COUNT)
            write_word_ids(&spelling, &found, tokens + row * WORD_IDS)
            kinds[row] = text_id(suffixes.bytes_ + suffixes.starts[row], suffix)
            write_ids(names.bytes_ + at, length, grams + row * IDS)
    return dense, suffix_id, ids, word_ids
