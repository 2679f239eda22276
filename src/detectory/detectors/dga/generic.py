"""Names of algorithms that nobody wrote: what training sees of the kinds of generator there could be.

Eight kinds, of 600 algorithms each: a seed draws an algorithm's alphabet, syllables or word list and its
lengths, and then its names. They are learned from and never judged, so that a model knows the kind where
it has not met the family (domain randomisation; J. Tobin et al. 2017). No malware's algorithm or word list
is behind them; suffixes are drawn from the benign hosts, so that they say nothing.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from itertools import islice
from string import ascii_lowercase, digits

from detectory.blocks.words import ranked_words

__all__ = ["KINDS", "POPULATION", "generic"]

POPULATION = "generic"
ALGORITHMS = 600
NAMES_AN_ALGORITHM = 1  # more and they outweigh the published families, whose recall falls
SHORTEST, LONGEST = 5, 63
FREQUENT = 40_000  # words that lists draw from, most frequent first
VOWELS, CONSONANTS = "aeiou", "bcdfghjklmnpqrstvwxyz"
HEXADECIMAL = digits + "abcdef"
#: what the syllables of an algorithm may look like: v is a vowel, c a consonant
SYLLABLES = (
    ("cv",),
    ("cvc",),
    ("cv", "cvc"),
    ("vc",),
    ("cv", "vc"),
    ("cvv", "cv"),
    ("cvc", "v"),
    ("cv", "v", "cvc"),
)

Algorithm = Callable[[], str]


def generic(kind: str, suffixes: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Names of a kind with their algorithm's number as the batch, no name twice; always the same.

    >>> names = list(generic("letters", ["com"]))
    >>> all(name.endswith(".com") for name, _ in names), names[0][1], names[-1][1]
    (True, '0', '599')
    """
    seen: set[str] = set()
    for number in range(ALGORITHMS):
        rng = random.Random(f"{kind}/{number}")  # noqa: S311 - names, not secrets
        algorithm = KINDS[kind](rng)
        for label in islice(iter(algorithm, None), NAMES_AN_ALGORITHM):
            name = label[:LONGEST].strip("-")
            if len(name) >= SHORTEST and name not in seen:
                seen.add(name)
                yield f"{name}.{rng.choice(suffixes)}", str(number)


def _letters(rng: random.Random) -> Algorithm:
    """Characters at random, of the whole alphabet or of a part of it."""
    some = "".join(rng.sample(ascii_lowercase, rng.randint(5, 24)))
    others = "".join(rng.sample(digits, rng.randint(1, 9)))
    whole = (ascii_lowercase, ascii_lowercase + digits, HEXADECIMAL)
    alphabet = rng.choice((*whole, some, some + others))
    least = rng.randint(6, 19)
    most = least + rng.choice((0, rng.randint(0, 13)))
    return lambda: "".join(rng.choices(alphabet, k=rng.randint(least, most)))


def _syllables(rng: random.Random) -> Algorithm:
    """Made-up words that can be spoken: syllables of some vowels and some consonants."""
    letters = {
        "v": rng.sample(VOWELS, rng.randint(3, 5)) + ["y"] * rng.choice((0, 0, 1)),
        "c": rng.sample(CONSONANTS, rng.randint(6, len(CONSONANTS))),
    }
    forms, least = rng.choice(SYLLABLES), rng.randint(2, 5)
    most, words = least + rng.randint(0, 3), rng.choice((1, 1, 1, 1, 1, 2, 3))
    hyphen = rng.choice(("", "-"))

    def word() -> str:
        chosen = rng.choices(forms, k=rng.randint(least, most))
        return "".join(rng.choice(letters[sign]) for sign in "".join(chosen))

    return lambda: hyphen.join(word() for _ in range(words))


def _words(rng: random.Random) -> Algorithm:
    """Two words or more out of a list of an algorithm's own."""
    size = int(60 * 80 ** rng.random())
    rank = rng.randint(max(size, 2_000), FREQUENT)
    shortest, longest = rng.randint(3, 5), rng.randint(7, 13)
    fitting = [word for word in _frequent()[:rank] if shortest <= len(word) <= longest]
    return _joined(rng, rng.sample(fitting, min(size, len(fitting))), fewest=rng.randint(2, 3))


def _coinages(rng: random.Random) -> Algorithm:
    """Words that there are not, though each of their letters follows the two before it as in English."""
    coined = [word for word in (_coined(rng) for _ in range(rng.randint(50, 400))) if 3 <= len(word) <= 12]
    return _joined(rng, coined, fewest=rng.randint(1, 3))


def _chains(rng: random.Random) -> Algorithm:
    """Letters each of which has likely followers of its own, more often a vowel beside a consonant."""
    alphabet = rng.sample(ascii_lowercase, rng.randint(12, 26))
    sharpness = rng.choice((0.5, 1, 2, 3))
    followers = {
        letter: [rng.random() ** sharpness * (1 + _alternates(letter, other)) for other in alphabet]
        for letter in alphabet
    }
    least = rng.randint(5, 12)
    most = least + rng.randint(0, 8)

    def name() -> str:
        text, length = rng.choice(alphabet), rng.randint(least, most)
        while len(text) < length:
            text += rng.choices(alphabet, followers[text[-1]])[0]
        return text

    return name


def _alternates(letter: str, other: str) -> bool:
    return (letter in VOWELS) != (other in VOWELS)


def _affixed(rng: random.Random) -> Algorithm:
    """A word or two, perhaps beheaded, with letters or digits at random before, behind or within."""
    alphabet = rng.choice((ascii_lowercase, ascii_lowercase, digits, ascii_lowercase + digits))
    size, place = rng.randint(2, 6), rng.choice(("before", "behind", "within"))
    words = [word for word in _some(rng, 1_000, FREQUENT, rng.randint(10, 400)) if len(word) > 3]
    many, fixed, beheaded = rng.choice((1, 1, 2)), rng.random() < 0.5, rng.choice((False, False, True))
    hyphen = rng.choice(("", "", "-"))

    def name() -> str:
        affix = "".join(rng.choices(alphabet, k=size if fixed else rng.randint(1, size)))
        stem = "".join(rng.choice(words) for _ in range(many))
        stem = stem[rng.randint(1, min(4, len(stem) - 2)) :] if beheaded else stem
        if place == "within":
            return stem[: len(stem) // 2] + affix + stem[len(stem) // 2 :]
        return affix + hyphen + stem if place == "before" else stem + hyphen + affix

    return name


def _morphemes(rng: random.Random) -> Algorithm:
    """Beginnings, middles and endings of words, put together."""
    rank = rng.randint(3_000, FREQUENT)
    first, middle, last = (_some(rng, rank, rank, rng.randint(5, 60)) for _ in range(3))
    beginnings = [word[: rng.randint(2, 5)] for word in first]
    middles = [word[1 : rng.randint(3, 5)] for word in middle]
    endings = [word[-rng.randint(2, 5) :] for word in last]
    parts = [beginnings, *[middles] * rng.choice((0, 1, 1, 2)), endings]
    words, hyphen = rng.choice((1, 1, 2)), rng.choice(("", "-"))
    return lambda: hyphen.join("".join(rng.choice(each) for each in parts) for _ in range(words))


def _sentences(rng: random.Random) -> Algorithm:
    """Words as they come in a text, the short frequent ones among them, until a name is long enough."""
    short = [word for word in _frequent()[:120] if len(word) <= 5]
    own = [word for word in _some(rng, 1_500, 20_000, rng.randint(100, 800)) if len(word) > 3]
    share, least = rng.uniform(0.1, 0.6), rng.randint(10, 24)

    def name() -> str:
        text = rng.choice(own)
        while len(text) < least:
            text += rng.choice(short if rng.random() < share else own)
        return text

    return name


def _some(rng: random.Random, fewest: int, most: int, count: int) -> list[str]:
    """So many of the most frequent words, of which there are ``fewest`` to ``most``."""
    return rng.sample(_frequent()[: rng.randint(fewest, most)], count)


def _joined(rng: random.Random, words: Sequence[str], *, fewest: int) -> Algorithm:
    """So many words or a few more, and on until a name is long enough."""
    most, least = fewest + rng.randint(0, 3), rng.randint(8, 24)
    hyphen = rng.choice(("", "", "", "-"))

    def name() -> str:
        chosen = rng.choices(words, k=rng.randint(fewest, most))
        while len(hyphen.join(chosen)) < least:
            chosen.append(rng.choice(words))
        return hyphen.join(chosen)

    return name


def _coined(rng: random.Random) -> str:
    text = "^^"
    while not text.endswith("$") and len(text) < 16:
        text += rng.choice(_followers()[text[-2:]])
    return text.strip("^$")


@cache
def _followers() -> dict[str, list[str]]:
    """The letters that follow two letters in frequent words, as often as they do; $ is a word's end."""
    found: dict[str, list[str]] = defaultdict(list)
    for word in _frequent()[:20_000]:
        for at, letter in enumerate(f"{word}$"):
            found[f"^^{word}"[at : at + 2]].append(letter)
    return found


@cache
def _frequent() -> list[str]:
    return [word.decode("ascii") for word, _ in islice(ranked_words(), FREQUENT)]


#: what makes an algorithm of a kind out of a seed's numbers
KINDS: dict[str, Callable[[random.Random], Algorithm]] = {
    "affixed": _affixed,
    "chains": _chains,
    "coinages": _coinages,
    "letters": _letters,
    "morphemes": _morphemes,
    "sentences": _sentences,
    "syllables": _syllables,
    "words": _words,
}
