"""Number generators that several families share. Integers in, integers out, all of 32 bits."""

from __future__ import annotations

from collections.abc import Callable, Iterator

U32 = 0xFFFFFFFF


def park_miller(state: int) -> int:
    """The next state of Park and Miller's minimal standard generator by Schrage's method.

    As malware compiles it: without the correction of negative results, which wrap to 32 bits.
    Park and Miller, "Random number generators: good ones are hard to find", CACM 31 (1988).

    >>> park_miller(1)
    16807
    """
    return (16807 * (state % 127773) - 2836 * (state // 127773)) & U32


def walk(step: Callable[[int], int], state: int) -> Iterator[int]:
    """The states after ``state``, for ever.

    >>> states = walk(park_miller, 1)
    >>> next(states), next(states)
    (16807, 282475249)
    """
    while True:
        state = step(state)
        yield state


def letters(numbers: Iterator[int], *, count: int, of: int) -> str:
    """``count`` numbers as letters, each modulo ``of``: 26 for a to z, 25 for a to y.

    >>> letters(iter([0, 24, 25]), count=3, of=25)
    'aya'
    """
    return "".join(chr(97 + next(numbers) % of) for _ in range(count))
