"""The plain-Python twin of ``lexicon``, ``ngrams`` and ``lexical``: every feature of a name, in one loop."""

from __future__ import annotations

import math
from functools import cache

from detectory.blocks.words import ranked_words

LETTER_PERCENT = dict(
    zip(
        "etaoinsrhldcumfpgwybvkxjqz",
        (
            *(12.49, 9.28, 8.04, 7.64, 7.57, 7.23, 6.51, 6.28, 5.05, 4.07, 3.82, 3.34, 2.73),
            *(2.51, 2.40, 2.14, 1.87, 1.68, 1.66, 1.48, 1.05, 0.54, 0.23, 0.16, 0.12, 0.09),
        ),
        strict=True,
    )
)
LETTER_BITS = {letter: -math.log2(percent / 100.0) for letter, percent in LETTER_PERCENT.items()}
SYMBOLS = "abcdefghijklmnopqrstuvwxyz0123456789-"


@cache
def words() -> dict[str, float]:
    """What each word costs, in bits."""
    return {word.decode(): math.log2(rank + 1) + 4.0 for word, rank in ranked_words()}


def longest_label(name: str) -> str:
    return max(name[:253].split("."), key=len)


def dense_one(name: str, suffix: str) -> list[float]:
    longest = longest_label(name)
    return dense_of(name, suffix, longest, *spelling_of(longest))


def dense_of(name: str, suffix: str, longest: str, best: list[float], taken: list[int]) -> list[float]:
    text = name[:253]
    labels = text.split(".")
    dense = [
        float(len(name) + len(suffix) + (len(suffix) > 0)),
        float(len(name)),
        float(len(labels)),
        float(len(longest)),
        float(len(labels[-1])),
        float(any(label.startswith("xn--") for label in labels)),
    ]
    dense += variety([SYMBOLS.find(sign) for sign in text if sign != "."])
    dense += kinds(text)
    return dense + cut_into_words(longest, best, taken)


def share(part: float, whole: float) -> float:
    return part / whole if whole > 0 else 0.0


def variety(symbols: list[int]) -> list[float]:
    n = len(symbols)
    counts = [symbols.count(symbol) for symbol in sorted(set(symbols), key=lambda s: s if s >= 0 else 99)]
    information = 0.0
    for times in counts:
        information += times * math.log2(times)
    entropy = max(0.0, (math.log2(n) if n else 0.0) - share(information, n))
    most = math.log2(min(n, 37)) if n else 0.0
    return [
        entropy,
        share(entropy, most),
        float(len(counts)),
        share(len(counts), n),
        share(max(counts, default=0), n),
    ]


def kind_of(sign: str) -> str:
    if sign in "aeiou":
        return "v"
    if "a" <= sign <= "z":
        return "c"
    if "0" <= sign <= "9":
        return "d"
    return sign if sign in "-." else "o"


def kinds(text: str) -> list[float]:
    held = {"v": 0, "c": 0, "d": 0, "-": 0, "o": 0, ".": 0}
    longest = dict(held)
    run, bits = 0, 0.0
    hexadecimal = pairs = alternations = switches = doubles = repeated = 0
    met: set[tuple[int, int]] = set()
    before, kind_before = ".", "."
    for sign in text:
        kind = kind_of(sign)
        run = run + 1 if kind == kind_before else 1
        held[kind] += 1
        longest[kind] = max(longest[kind], run)
        if kind in "vc":
            bits += LETTER_BITS[sign]
        hexadecimal += kind == "d" or "a" <= sign <= "f"
        if kind != "." and kind_before != ".":
            pair = (SYMBOLS.find(before), SYMBOLS.find(sign))
            repeated += pair in met
            met.add(pair)
            doubles += before == sign
            if kind in "vc" and kind_before in "vc":
                pairs += 1
                alternations += kind != kind_before
            elif kind in "vcd" and kind_before in "vcd":
                switches += kind != kind_before
        before, kind_before = sign, kind
    n = len(text) - held["."]
    return [
        *(share(held[kind], n) for kind in "vcd-"),
        share(hexadecimal, n),
        *(float(longest[kind]) for kind in "vcd"),
        share(alternations, pairs),
        float(switches),
        float(doubles),
        float(repeated),
        share(bits, held["v"] + held["c"]),
    ]


def spelling_of(label: str) -> tuple[list[float], list[int]]:
    """Of each beginning of a label: its bits, and how long the word is that it ends with, or 0."""
    known = words()
    best, taken, run = [0.0], [0], 0
    for end in range(1, len(label) + 1):
        best.append(best[end - 1] + 8.0)
        taken.append(0)
        run = run + 1 if "a" <= label[end - 1] <= "z" else 0
        for size in range(3, min(24, run) + 1):
            bits = known.get(label[end - size : end])
            if bits is not None and best[end - size] + bits < best[end]:
                best[end], taken[end] = best[end - size] + bits, size
    return best, taken


def cut_into_words(label: str, best: list[float], taken: list[int]) -> list[float]:
    found, gaps, word_bits = segments(label, taken)
    covered = sum(found)
    return [
        share(covered, len(label)),
        float(len(found)),
        float(found.count(3)),
        float(max(found, default=0)),
        share(covered, len(found)),
        float(max(gaps, default=0)),
        float(len(gaps)),
        share(word_bits, len(found)),
        share(sum(size * size for size in found), len(label) * len(label)),
        share(best[-1], len(label)),
    ]


def segments(label: str, taken: list[int]) -> tuple[list[int], list[int], float]:
    """Word lengths, gap lengths and what the words cost, read from the end."""
    found: list[int] = []
    gaps: list[int] = []
    bits, gap, end = 0.0, 0, len(label)
    while end > 0:
        if taken[end]:
            found.append(taken[end])
            bits += words()[label[end - taken[end] : end]]
            gaps += [gap] if gap else []
            gap, end = 0, end - taken[end]
        else:
            gap, end = gap + 1, end - 1
    return found, gaps + ([gap] if gap else []), bits


def fnv1a(text: str, bits: int) -> int:
    seed, prime = {
        32: (0x811C9DC5, 0x01000193),
        64: (0xCBF29CE484222325, 0x100000001B3),
    }[bits]
    for byte in text.encode():
        seed = ((seed ^ byte) * prime) & ((1 << bits) - 1)
    return seed


def gram_ids(name: str) -> list[int]:
    text = f"^{name}$"[:60]
    ids = []
    for start in range(len(text) - 1):
        h = (0x811C9DC5 ^ ord(text[start])) * 0x01000193 & 0xFFFFFFFF
        for sign in text[start + 1 : start + 4]:
            h = (h ^ ord(sign)) * 0x01000193 & 0xFFFFFFFF
            ids.append(1 + h % 65535)
        if len(ids) >= 128:
            break
    ids = ids[:128]
    return ids + [0] * (128 - len(ids))
