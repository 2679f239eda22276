"""For which entities the challenger answers: always the same ones, and more with each step."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from hashlib import blake2b

WHOLE = 1 << 32


def assigned(keys: Sequence[str], *, detector: str, trial: str, share: int) -> Iterator[bool]:
    """Whether each entity gets the challenger's answer when ``share`` percent do.

    The place of an entity follows from its key and the trial alone: every server says the same, one
    that was assigned stays so in later steps, and another trial deals the entities anew.

    >>> list(assigned(["a.com", "b.com"], detector="dga", trial="t", share=100))
    [True, True]
    """
    limit = share * WHOLE // 100
    salt = f"{detector}\x1e{trial}\x1e"
    return (_place(salt + key) < limit for key in keys)


def _place(text: str) -> int:
    # a key may hold half a surrogate pair, as JSON can say it
    return int.from_bytes(blake2b(text.encode(errors="surrogatepass"), digest_size=4).digest(), "big")
