"""Necurs: 2,048 names of 7 to 21 letters a to y every four days, 43 suffixes, from a 64-bit mixer.

The mixer is run some 1,500 times a name, so all names of a batch are made side by side in NumPy.
Johannes Bader, "The DGAs of Necurs" (2015), its third set. Verified: all 1,639 published sample names,
in order, for 31 August 2015 and the magic number 9; the date was found by trying all.
"""

from __future__ import annotations

from datetime import date

import numpy as np
from numpy.typing import NDArray

from detectory.detectors.dga.families._family import Family, days

FAMILY = Family("necurs", "https://www.johannesbader.ch/2015/02/the-dgas-of-necurs/", "arithmetic")
BATCHES = days(date(2015, 8, 31), count=20, apart=4)

MAGIC = 9
SUFFIX_LIST = (
    "tj in jp tw ac cm la mn so sh sc nu nf mu ms mx ki im cx cc tv bz me eu de ru co su pw kz sx us ug "
    "ir to ga com net org biz xxx pro bit"
)
SUFFIXES = SUFFIX_LIST.split()
State = NDArray[np.uint64]


def domains(batch: str, count: int) -> list[str]:
    """The first names of four days, at most 2,048.

    >>> domains("2015-08-31", 2)
    ['nccojqvabqvkiwhj.mx', 'hoedwwwywnmmbi.ac']
    """
    day = date.fromisoformat(batch)
    state = np.zeros(min(count, 2048), dtype=np.uint64)
    for part in (day.year, day.month + 43690, day.day >> 2, np.arange(len(state), dtype=np.uint64), MAGIC):
        state = _mixed(state + np.asarray(part, dtype=np.uint64))
    return _spelled(state)


def _spelled(state: State) -> list[str]:
    lengths = (state % 15 + 7).astype(np.intp)
    drawn = np.zeros((len(state), 21), dtype=np.uint8)
    last = state
    for index in range(21):
        state = _mixed(state + np.uint64(index))
        drawn[:, index] = state % 25 + 97
        state = _mixed(state + np.uint64(0xABBEDF))
        last = np.where(lengths == index + 1, state, last)
    suffixes = (last % len(SUFFIXES)).tolist()
    names = [row[:length].tobytes().decode("ascii") for row, length in zip(drawn, lengths, strict=True)]
    return [f"{name}.{SUFFIXES[suffix]}" for name, suffix in zip(names, suffixes, strict=True)]


def _mixed(value: State) -> State:
    """21 to 148 rounds, as many as the lowest seven bits say."""
    rounds = (value & 0x7F) + 21
    for index in range(int(rounds.max(initial=0))):
        mixed = value + ((value * 7) ^ (value << 15)) + 8 * index - (value >> 5)
        value = np.where(rounds > index, mixed, value)
    return value
