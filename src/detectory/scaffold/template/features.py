"""Parsed rows to the tensors that the models read. Pure and stateless: a batch equals its rows one by one.

Comes out: ``dense`` float32[N, D], an int64[N] of ids for every category, and for free text ``ids``
int32[N, L]: hashed words, 1 … 65535, padded with 0. A number that is not said is 0, beside a column that is
1 there; a category that is not said is one of its own.
"""

from __future__ import annotations

import re

import numpy as np
from numpy.typing import NDArray

from detectory.blocks import table
from detectory.schema import Features, Rows, length

__all__ = ["CATEGORIES", "NAMES", "WORDS", "features"]

NUMBERS: tuple[str, ...] = ("amount", "age")
OPTIONAL: tuple[str, ...] = ("age",)
"""The numbers that may say nothing."""
CATEGORIES: dict[str, str] = {"country_id": "country"}
"""Tensors by name, and the field that each is made of."""
TEXTS: tuple[str, ...] = ("note",)
WORDS: dict[str, str] = {"ids": "what its words say, in log-odds", **CATEGORIES}
"""What features are, where neither their names nor the fields of ``detector.toml`` say it."""

WORDS_A_TEXT = 64
_OF_TEXT = ("characters", "words", "digits", "signs")
_OPTIONAL_AT = [NUMBERS.index(name) for name in OPTIONAL]
_LARGEST = float(np.finfo(np.float32).max)
_WORD = re.compile(r"\w+")

NAMES: dict[str, tuple[str, ...]] = {
    "dense": (
        *NUMBERS,
        *(f"{name} not said" for name in OPTIONAL),
        *(f"{kind} of {name}" for name in TEXTS for kind in _OF_TEXT),
        "fields not said",
    ),
    **{tensor: (name,) for tensor, name in CATEGORIES.items()},
    **({"ids": ()} if TEXTS else {}),
}


def features(rows: Rows) -> Features:
    """The tensors of N parsed rows."""
    numbers = np.array([rows[name] for name in NUMBERS], dtype=np.float64).reshape(len(NUMBERS), length(rows))
    unsaid = np.isnan(numbers)
    known = np.clip(np.where(unsaid, 0.0, numbers), -_LARGEST, _LARGEST)
    count = (unsaid.sum(axis=0) + _empty(rows)).reshape(1, -1)
    dense = np.concatenate([known, unsaid[_OPTIONAL_AT], *_described(rows), count])
    tensors: Features = {"dense": np.ascontiguousarray(dense.T, dtype=np.float32)}
    tensors |= {tensor: table.ids(rows[name]) for tensor, name in CATEGORIES.items()}
    return tensors | ({"ids": _ids(rows)} if TEXTS else {})


def _empty(rows: Rows) -> NDArray[np.int64]:
    """int64[N]: how many of a row's words are empty."""
    names = (*CATEGORIES.values(), *TEXTS)
    words = [[not word for word in rows[name]] for name in names]
    empty: NDArray[np.int64] = np.array(words, dtype=np.int64).reshape(len(names), length(rows))
    return np.asarray(empty.sum(axis=0))


def _described(rows: Rows) -> list[NDArray[np.float64]]:
    """float64[4, N] for every text: how long it is, and of what."""
    return [
        np.array([_counts(text) for text in rows[name]], dtype=np.float64).reshape(-1, len(_OF_TEXT)).T
        for name in TEXTS
    ]


def _counts(text: str) -> tuple[int, int, int, int]:
    digits = sum(map(str.isdecimal, text))
    signs = sum(not letter.isalnum() and not letter.isspace() for letter in text)
    return len(text), len(_WORD.findall(text)), digits, signs


def _ids(rows: Rows) -> NDArray[np.int32]:
    """int32[N, texts × 64]: the ids of the first 64 words of every text; each text has words of its own."""
    ids = np.zeros((length(rows), len(TEXTS) * WORDS_A_TEXT), dtype=np.int32)
    for at, name in enumerate(TEXTS):
        for row, text in enumerate(rows[name]):
            words = [f"{name} {word}" for word in _WORD.findall(text.lower())[:WORDS_A_TEXT]]
            start = at * WORDS_A_TEXT
            ids[row, start : start + len(words)] = 1 + table.ids(words) % 65_535
    return ids
