"""The plain-Python twin of the kernel ``names``: what ``lexical``, ``ngrams`` and ``spelling`` say of a name.

Written apart from the kernels, from the same rules, one name at a time. It is also what
``benchmarks/parse_and_features.py`` measures against.
"""

from __future__ import annotations

from itertools import pairwise
from typing import NamedTuple

from tests.kernels.twin_domain.features import (
    dense_of,
    fnv1a,
    gram_ids,
    longest_label,
    share,
    spelling_of,
    words,
)


class Piece(NamedTuple):
    """A word with its bits, or a gap with none."""

    text: str
    bits: float


def features_one(name: str, suffix: str) -> tuple[list[float], int, list[int], list[int]]:
    label = longest_label(name)
    best, taken = spelling_of(label)
    pieces = pieces_of(label, taken)
    dense = dense_of(name, suffix, label, best, taken) + spelling_one(label, best, pieces)
    return dense, fnv1a(suffix, 64) & 0x7FFFFFFFFFFFFFFF, gram_ids(name), word_ids(label, pieces)


def pieces_of(label: str, taken: list[int]) -> list[Piece]:
    """The words and gaps of a label, in order."""
    pieces: list[Piece] = []
    end = len(label)
    while end > 0:
        size = taken[end]
        if size:
            word = label[end - size : end]
            pieces.append(Piece(word, words()[word]))
        elif pieces and not pieces[-1].bits:
            pieces[-1] = Piece(label[end - 1] + pieces[-1].text, 0.0)
        else:
            pieces.append(Piece(label[end - 1], 0.0))
        end -= size or 1
    return pieces[::-1]


def spelling_one(label: str, best: list[float], pieces: list[Piece]) -> list[float]:
    found = [piece for piece in pieces if piece.bits]
    bits = [word.bits for word in found]
    gaps = [0 if not pieces or pieces[end].bits else len(pieces[end].text) for end in (0, -1)]
    return [
        *map(float, gaps),
        best[min(len(label), 5)],
        share(best[-1] - best[min(len(label), 4)], len(label) - 4),
        *(float(len(found[end].text)) if found else 0.0 for end in (0, -1)),
        *(found[end].bits if found else 0.0 for end in (0, -1)),
        max(bits, default=0.0),
        min(bits, default=0.0),
        share(sum(len(word.text) for word in found if word.bits <= 11), len(label)),
        float(longest_alternation(shape_of(label))),
    ]


def shape_of(label: str) -> str:
    return "".join(map(shape_of_sign, label))


def shape_of_sign(sign: str) -> str:
    if sign in "aeiouy":
        return "v"
    if "a" <= sign <= "z":
        return "c"
    if "0" <= sign <= "9":
        return "d"
    return "-" if sign == "-" else "o"


def longest_alternation(shape: str) -> int:
    longest = run = 0
    before = ""
    for sign in shape:
        run = 0 if sign not in "vc" else run + 1 if run and sign != before else 1
        longest, before = max(longest, run), sign
    return longest


def word_ids(label: str, pieces: list[Piece]) -> list[int]:
    shape = shape_of(label)
    found = [piece for piece in pieces if piece.bits]
    tokens = ["#" + "".join(f"{'w' if piece.bits else 'g'}{chr(len(piece.text))}" for piece in pieces)]
    if found:
        tokens.append("!" + "".join(word.text[0] for word in found))
        tokens.append("@" + "".join(chr(int(word.bits / 2)) for word in found))
    tokens.append("~" + shape[:20])
    if found:
        first, last = found[0].text, found[-1].text
        tokens += ["<" + first[0], ">" + last[0], "^" + first, "$" + last]
    for piece, after in pairwise([*pieces, Piece("", 0.0)]):
        tokens += ["w" + piece.text] if piece.bits else []
        tokens += [f"+{piece.text} {after.text}"] if piece.bits and after.bits else []
    tokens += ["%" + shape[at : at + 5] for at in range(len(shape) - 4)]
    ids = [1 + fnv_of(token) % 65535 for token in tokens[:48]]
    return ids + [0] * (48 - len(ids))


def fnv_of(token: str) -> int:
    """FNV-1a, 32 bits; a sign is a byte."""
    found = 0x811C9DC5
    for sign in token:
        found = ((found ^ ord(sign)) * 0x01000193) & 0xFFFFFFFF
    return found
