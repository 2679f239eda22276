"""The few hot loops, compiled: text columns in, numpy buffers out, one pass, no state between calls.

=========== ====================================================================================
columns     a column of Python strings to one UTF-8 buffer with offsets, and back
table       a hash set of byte strings, probed from the right
hosts       canonical form, validity and public suffix of host names
lexicon     dictionary words and the best segmentation of a label into them
ngrams      hashed character n-grams
lexical     the numbers of a text that is like a name, ``lexicon`` among what it asks
spelling    where words stand in a label and which, as numbers and as hashed tokens
names       the numbers of a name: the loop that calls ``lexical``, ``spelling`` and ``ngrams`` row by row
statements  the statements of a program, and which of them wrote a message
logs        the statement that wrote each line of a log, its time, and the keys it names
listed      the numbers that a text lists
urls        canonical form of URLs, and where their parts begin; of ``url_text`` and ``url_host``
phrases     which of some hundred phrases a text holds
url_lexical the numbers of a URL: ``url_shape``, ``lexical`` part by part, ``phrases``, brands, n-grams
tree_shap   what each column adds to what decision trees say of a row: Shapley values
=========== ====================================================================================

The input is hostile: any bytes, any length, any offsets. Each kernel is equal to the plain-Python twin
in ``tests/kernels``, and none of them knows a detector.
"""

ABI = 3
"""A bundle made against another number is refused: its ``features.py`` might call what is not here."""
