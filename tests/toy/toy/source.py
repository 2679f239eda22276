"""Words and serial numbers, made from a seed. The rows are synthetic unless a test says otherwise."""

import numpy as np

from detectory.schema import Rows

ORIGIN = "synthetic"
WORDS = 5_000
OLD_WORDS = 200
SERIALS = 400
LETTERS = "abcdefghijklmnopqrstuvwxyz"
ALPHABETS = {"alpha": "abc0123456789", "beta": "xyz0123456789", "gamma": "klm0123456789"}


def extract(into, *, sources) -> None:
    rng = np.random.default_rng(sources.seed)
    into.add(_rows(rng, LETTERS, WORDS, "word"), source="words", origin="real")
    old = _rows(rng, LETTERS, OLD_WORDS, "word") | {"population": ["attic"] * OLD_WORDS}
    into.add(old | {"batch": [f"old {number}" for number in old["line"]]}, source="attic", origin="real")
    for maker, alphabet in ALPHABETS.items():
        into.add(_rows(rng, alphabet, SERIALS, maker), source=maker, origin=ORIGIN)


def groups(rows: Rows) -> list[str]:
    return [f"{label}/{batch}" for label, batch in zip(rows["label"], rows["batch"], strict=True)]


def _rows(rng, alphabet: str, count: int, label: str) -> dict:
    sizes = rng.integers(4, 12, size=count)
    texts = ["".join(rng.choice(list(alphabet), size=size)) for size in sizes]
    return {
        "text": texts,
        "label": [label] * count,
        "population": ["dictionary" if label == "word" else "factory"] * count,
        "batch": [str(number % 100) for number in range(count)],
        "line": list(range(1, count + 1)),
    }
