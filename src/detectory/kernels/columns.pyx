# cython: boundscheck=True, wraparound=False
"""A column of Python values to one UTF-8 buffer with offsets (the layout of Arrow's large strings).

Goes in: a list of anything. Comes out: ``Packed`` with ``data`` uint8[bytes], ``offsets`` int64[rows + 1]
and ``kind`` uint8[rows], which says of each row whether it was text at all. Never raises on a value: a row
that is not text, or holds a lone surrogate and so has no UTF-8, is empty and its kind says why.
"""

import numpy as np

cimport numpy as cnp
from cpython.list cimport PyList_GET_ITEM, PyList_GET_SIZE
from cpython.unicode cimport PyUnicode_Check
from libc.stdint cimport int64_t, uint8_t
from libc.string cimport memcpy

cnp.import_array()

cdef extern from "Python.h":
    const char* PyUnicode_AsUTF8AndSize(object text, Py_ssize_t* size) except NULL

cdef enum:
    IS_TEXT = 0
    IS_NOT_TEXT = 1
    IS_NOT_UNICODE = 2

TEXT, NOT_TEXT, NOT_UNICODE = IS_TEXT, IS_NOT_TEXT, IS_NOT_UNICODE


cdef class Packed:
    """``rows`` texts in one buffer: row ``i`` is ``data[offsets[i]:offsets[i + 1]]``.

    Made from buffers that are there already (Arrow, numpy), or by ``pack`` from Python values. Raises
    ``ValueError`` where the offsets do not stay, in order, within the data.

    >>> import numpy as np
    >>> Packed(np.frombuffer(b"ab", np.uint8), np.array([0, 1, 2]), np.zeros(2, np.uint8)).rows
    2
    """

    def __init__(self, data, offsets, kind):
        self.data = np.ascontiguousarray(data, dtype=np.uint8)
        self.offsets = np.ascontiguousarray(offsets, dtype=np.int64)
        self.kind = np.ascontiguousarray(kind, dtype=np.uint8)
        self.rows = len(self.kind)
        if len(self.offsets) != self.rows + 1:
            raise ValueError(f"{self.rows} rows need {self.rows + 1} offsets, there are {len(self.offsets)}")
        self.bytes_ = <const uint8_t*>cnp.PyArray_DATA(self.data)
        self.starts = <const int64_t*>cnp.PyArray_DATA(self.offsets)
        self.kinds = <const uint8_t*>cnp.PyArray_DATA(self.kind)
        if not ordered(self.starts, self.rows, len(self.data)):
            raise ValueError("offsets must begin at 0 or later, never fall, and end within the data")


cdef bint ordered(const int64_t* starts, int64_t rows, int64_t size) noexcept nogil:
    cdef int64_t row
    if starts[0] < 0 or starts[rows] > size:
        return False
    for row in range(rows):
        if starts[row] > starts[row + 1]:
            return False
    return True


cdef const char* utf8(object value, Py_ssize_t* size, uint8_t* kind):
    """The value's own UTF-8, kept by the string itself; empty, with a kind, where there is none."""
    size[0] = 0
    kind[0] = IS_TEXT
    if not PyUnicode_Check(value):
        kind[0] = IS_NOT_TEXT
        return b""
    try:
        return PyUnicode_AsUTF8AndSize(value, size)
    except UnicodeEncodeError:
        size[0] = 0
        kind[0] = IS_NOT_UNICODE
        return b""


cdef object empty(int64_t rows, int kind):
    cdef cnp.npy_intp shape = rows
    return cnp.PyArray_EMPTY(1, &shape, kind, 0)


def pack(list values not None):
    """Pack a list of anything.

    >>> packed = pack(["ab", None, "ü"])
    >>> packed.data.tobytes(), packed.offsets.tolist(), packed.kind.tolist()
    (b'ab\\xc3\\xbc', [0, 2, 2, 4], [0, 1, 0])
    """
    cdef int64_t rows = PyList_GET_SIZE(values)
    cdef object offsets = empty(rows + 1, cnp.NPY_INT64)
    cdef object kind = empty(rows, cnp.NPY_UINT8)
    cdef int64_t* starts = <int64_t*>cnp.PyArray_DATA(offsets)
    cdef uint8_t* kinds = <uint8_t*>cnp.PyArray_DATA(kind)
    cdef Py_ssize_t size
    cdef int64_t row
    cdef const char* text
    starts[0] = 0
    for row in range(rows):
        utf8(<object>PyList_GET_ITEM(values, row), &size, &kinds[row])
        starts[row + 1] = starts[row] + size
    cdef object data = empty(starts[rows], cnp.NPY_UINT8)
    cdef uint8_t* into = <uint8_t*>cnp.PyArray_DATA(data)
    for row in range(rows):
        if starts[row + 1] == starts[row]:
            continue
        text = PyUnicode_AsUTF8AndSize(<object>PyList_GET_ITEM(values, row), &size)
        memcpy(into + starts[row], text, <size_t>(starts[row + 1] - starts[row]))
    cdef Packed packed = Packed.__new__(Packed)
    packed.data, packed.offsets, packed.kind, packed.rows = data, offsets, kind, rows
    packed.bytes_, packed.starts, packed.kinds = into, starts, kinds
    return packed
