# cython: boundscheck=True, wraparound=False, cdivision=True
"""The numbers of a URL: one pass over packed canonical URLs and their suffixes, everything into four buffers.

Comes out: ``dense`` float32[N, WIDTH] in the order of ``columns_of``, ``suffix_id`` int64[N] (FNV-1a of the
suffix, 63 bits), ``host_ids`` int32[N, 128] and ``rest_ids`` int32[N, 192]: hashed character 2-, 3- and 4-grams,
each once. A row depends on nothing but itself; bytes that no canonical URL has count as any other sign.

The grams of ``^host$`` are apart from those of path and query, also by their hash. Upper case counts in its own
column and is lower case everywhere else.
"""

cimport numpy as cnp
from libc.stdint cimport int32_t, int64_t, uint8_t, uint32_t
from libc.string cimport memset

from detectory.kernels.columns cimport Packed
from detectory.kernels.fnv cimport fnv32, seed32
from detectory.kernels.lexical cimport COLUMN_COUNT, text_id, write_row
from detectory.kernels.lexicon cimport Lexicon, Spelling
from detectory.kernels.phrases cimport Phrases
from detectory.kernels.url_shape cimport IS_ALNUM, LOWER, SHAPES, Cut, cut_url, write_shape

from detectory.kernels.lexical import COLUMNS as NAME_COLUMNS
from detectory.kernels.url_shape import SHAPE

cnp.import_array()

BRANDS = ("brand_is_name", "brand_in_name", "brand_in_subdomain", "brand_in_path", "brand_look_alike")
PART_NAMES = ("name", "subdomain", "path", "query")

cdef enum:
    BRAND_COUNT = 5
    PARTS = 4
    SCRATCH = 253       # bytes of a part that are looked at: as many as ``lexical`` reads
    HOST_IDS = 128
    REST_IDS = 192
    LONGEST_GRAM = 4
    BUCKETS = 65535
    SEEN_BYTES = 8192   # a bit for each bucket

assert len(BRANDS) == BRAND_COUNT and len(NAME_COLUMNS) == COLUMN_COUNT

# What a digit or letter is read as by a hasty eye (Unicode Technical Standard 39, within ASCII).
cdef uint8_t LOOK[256]


cdef void fill_tables():
    cdef int i
    for i in range(256):
        LOOK[i] = LOWER[i]
    for i, sign in zip(b"0134578i", b"oleastbl"):
        LOOK[i] = sign

fill_tables()


def columns_of(phrases):
    """The names of the columns of ``dense`` when these phrases are counted."""
    lexical = [f"{column}_of_{part}" for part in PART_NAMES for column in NAME_COLUMNS]
    return (*SHAPE, *BRANDS, *lexical, *(f"says_{phrase}" for phrase in phrases))


def look_of(bytes text not None):
    """What a host looks like: digits as the letters they resemble, ``i`` as ``l``, ``rn`` as ``m``, no hyphens.

    >>> look_of(b"rnicr0soft-pay")
    b'mlcrosoftpay'
    """
    cdef uint8_t into[SCRATCH]
    cdef int64_t size = write_look(<const uint8_t*>(<char*>text), len(text), into)
    return bytes(into[:size])


cdef int64_t write_look(const uint8_t* text, int64_t length, uint8_t* into) noexcept nogil:
    cdef int64_t size = 0
    cdef int64_t at
    cdef uint8_t byte
    for at in range(min(length, <int64_t>SCRATCH)):
        byte = LOOK[text[at]]
        if byte == 45:
            continue
        if size and byte == 110 and into[size - 1] == 114:      # rn
            into[size - 1] = 109
        elif size and byte == 118 and into[size - 1] == 118:    # vv
            into[size - 1] = 119
        else:
            into[size] = byte
            size += 1
    return size


cdef int64_t lowered(
    const uint8_t* url, int64_t start, int64_t end, bint words, uint8_t* into
) noexcept nogil:
    """Copy a part in lower case, cut at 253 bytes; with dots for whatever parts ``words``."""
    cdef int64_t size = min(end - start, <int64_t>SCRATCH)
    cdef int64_t at
    cdef uint8_t byte
    for at in range(size):
        byte = url[start + at]
        into[at] = 46 if words and not IS_ALNUM[byte] else LOWER[byte]
    return max(size, <int64_t>0)


cdef void write_part(
    const uint8_t* url, int64_t start, int64_t end, bint words, Lexicon lexicon, float* out
) noexcept nogil:
    cdef uint8_t text[SCRATCH]
    cdef Spelling spelling
    cdef int64_t size = lowered(url, start, end, words, text)
    write_row(text, size, 0, lexicon, &spelling, out)


cdef bint any_in(const uint8_t* url, int64_t start, int64_t end, Phrases brands) noexcept nogil:
    cdef uint8_t text[SCRATCH]
    cdef int64_t size = lowered(url, start, end, False, text)
    return brands.any(text, size)


cdef bint is_any(const uint8_t* text, int64_t length, Phrases brands) noexcept nogil:
    """Whether the text is a phrase."""
    cdef int32_t state = 0
    cdef int64_t at
    for at in range(length):
        state = brands.step(state, text[at])
        if state == 0:
            return False
    return brands.said[state] >= 0 and brands.length[brands.said[state]] == length


cdef class Words:
    """What texts are held against: English words, phrases to count, brands and what brands look like."""

    cdef Lexicon lexicon
    cdef Phrases phrases, brands, looks

    def __init__(self, Lexicon lexicon not None, phrases, brands):
        brands = list(brands)
        self.lexicon = lexicon
        self.phrases = Phrases(phrases)
        self.brands = Phrases(brands)
        self.looks = Phrases(sorted({look_of(brand) for brand in brands}))


cdef void write_brands(
    const uint8_t* url, const Cut* cut, const uint8_t* look, int64_t look_length, Words words, float* out
) noexcept nogil:
    cdef uint8_t text[SCRATCH]
    cdef int64_t size
    out[0] = is_any(url + cut.name, cut.name_end - cut.name, words.brands)
    out[1] = any_in(url, cut.name, cut.name_end, words.brands) and not out[0]
    out[2] = any_in(url, cut.host, cut.name, words.brands)
    out[3] = any_in(url, cut.path, cut.length, words.brands)
    if look_length == 0:
        look, look_length = url + cut.host, cut.name_end - cut.host
    size = write_look(look, look_length, text)
    out[4] = words.looks.any(text, size) and not any_in(url, cut.host, cut.name_end, words.brands)


cdef void count_phrases(const uint8_t* url, const Cut* cut, Phrases phrases, float* counts) noexcept nogil:
    cdef int32_t state = 0
    cdef int64_t at
    for at in range(cut.host, cut.length):
        state = phrases.step(state, LOWER[url[at]])
        phrases.add(state, counts)


cdef void write_grams(
    const uint8_t* text, int64_t length, uint8_t mark, int32_t* ids, int64_t room, uint8_t* seen
) noexcept nogil:
    """Write the ids of the grams of ``mark text $`` that were not seen yet, as many as there is room for."""
    cdef int64_t count = 0
    cdef int64_t start, end
    cdef uint32_t h, gram
    cdef uint8_t byte
    for start in range(-1, length):
        byte = mark if start < 0 else LOWER[text[start]]
        h = fnv32(fnv32(seed32(), mark), byte)
        for end in range(start + 1, min(start + <int64_t>LONGEST_GRAM, length + 1)):
            h = fnv32(h, 36 if end == length else LOWER[text[end]])
            gram = 1 + h % <uint32_t>BUCKETS
            if seen[gram >> 3] >> (gram & 7) & 1:
                continue
            seen[gram >> 3] |= <uint8_t>(1 << (gram & 7))
            ids[count] = <int32_t>gram
            count += 1
            if count == room:
                return


cdef void write_url_ids(const uint8_t* url, const Cut* cut, int32_t* host, int32_t* rest) noexcept nogil:
    cdef uint8_t seen[SEEN_BYTES]
    memset(seen, 0, sizeof(seen))
    write_grams(url + cut.host, cut.host_end - cut.host, 94, host, HOST_IDS, seen)
    if cut.path < cut.length:
        write_grams(url + cut.path, cut.length - cut.path, 47, rest, REST_IDS, seen)


cdef void write_url(
    const uint8_t* url, const Cut* cut, const uint8_t* look, int64_t look_length, Words words, float* out
) noexcept nogil:
    write_shape(url, cut, out)
    write_brands(url, cut, look, look_length, words, out + SHAPES)
    out += SHAPES + BRAND_COUNT
    write_part(url, cut.name, cut.name_end, False, words.lexicon, out)
    write_part(url, cut.host, cut.name - 1, True, words.lexicon, out + COLUMN_COUNT)
    write_part(url, cut.path + 1, cut.query, True, words.lexicon, out + 2 * COLUMN_COUNT)
    write_part(url, cut.query + 1, cut.length, True, words.lexicon, out + 3 * COLUMN_COUNT)
    count_phrases(url, cut, words.phrases, out + PARTS * COLUMN_COUNT)


def describe(Packed urls not None, Packed suffixes not None, Packed looks not None, Words words not None):
    """The four buffers of N canonical URLs, their suffixes, and what their hosts look like where not ASCII.

    Raises ``ValueError`` where the columns are not equally long.

    >>> from detectory.kernels.columns import pack
    >>> from detectory.kernels.lexicon import Lexicon
    >>> words = Words(Lexicon([b"pay"], [9]), phrases=[b"login"], brands=[b"paypal"])
    >>> columns = pack(["paypa1.com/login"]), pack(["com"]), pack([""])
    >>> dense, suffix_id, host_ids, rest_ids = describe(*columns, words)
    >>> found = dict(zip(columns_of(["login"]), dense[0].tolist()))
    >>> found["brand_look_alike"], found["says_login"], found["depth"], host_ids.shape
    (1.0, 1.0, 1.0, (1, 128))
    """
    if not urls.rows == suffixes.rows == looks.rows:
        raise ValueError(f"{urls.rows} URLs, {suffixes.rows} suffixes and {looks.rows} looks")
    cdef int64_t width = SHAPES + BRAND_COUNT + PARTS * COLUMN_COUNT + words.phrases.size
    cdef cnp.npy_intp shape[2]
    shape[0], shape[1] = urls.rows, width
    dense = cnp.PyArray_ZEROS(2, shape, cnp.NPY_FLOAT32, 0)
    suffix_id = cnp.PyArray_EMPTY(1, shape, cnp.NPY_INT64, 0)
    shape[1] = HOST_IDS
    host_ids = cnp.PyArray_ZEROS(2, shape, cnp.NPY_INT32, 0)
    shape[1] = REST_IDS
    rest_ids = cnp.PyArray_ZEROS(2, shape, cnp.NPY_INT32, 0)
    cdef float* numbers = <float*>cnp.PyArray_DATA(dense)
    cdef int64_t* kinds = <int64_t*>cnp.PyArray_DATA(suffix_id)
    cdef int32_t* host = <int32_t*>cnp.PyArray_DATA(host_ids)
    cdef int32_t* rest = <int32_t*>cnp.PyArray_DATA(rest_ids)
    cdef int64_t row, suffix
    cdef const uint8_t* url
    cdef const uint8_t* look
    cdef Cut cut
    with nogil:
        for row in range(urls.rows):
            url, look = urls.bytes_ + urls.starts[row], looks.bytes_ + looks.starts[row]
            suffix = suffixes.starts[row + 1] - suffixes.starts[row]
            cut_url(url, urls.starts[row + 1] - urls.starts[row], suffix, &cut)
            write_url(url, &cut, look, looks.starts[row + 1] - looks.starts[row], words, numbers + row * width)
            kinds[row] = text_id(suffixes.bytes_ + suffixes.starts[row], suffix)
            write_url_ids(url, &cut, host + row * HOST_IDS, rest + row * REST_IDS)
    return dense, suffix_id, host_ids, rest_ids
