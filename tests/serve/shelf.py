"""A store with versions of the detector ``flow``, some of them bad, and what a server makes of it."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from detectory import signing
from detectory.artifacts import Store
from detectory.runtime import Scorer, open_scorer
from detectory.serve.predictor import Predictor
from detectory.serve.releases import Releases
from tests.serve import bundles

GOLDEN = {"bytes": [40, 500]}


@dataclass(frozen=True)
class Shelf:
    """A store and the key that signs for it."""

    store: Store
    key: Path

    def add(self, number: int, golden: Mapping[str, Any] | None = None, **files: bytes) -> Path:
        """Sign a version that says otherwise than its neighbours; ``golden`` are golden rows, true or not."""
        folder = self.store.root / "flow" / "versions" / str(number)
        whole = {**distinct(number), **{name.replace("_", "."): data for name, data in files.items()}}
        if golden is None:
            bundles.write(folder, whole, bundles.flow_heads(), GOLDEN, self.key)
        else:
            bundles.write_golden(folder, whole, bundles.flow_heads(), golden, self.key)
        return folder

    def promote(self, number: int) -> None:
        """Let it be the champion, as somebody would who goes past the command line."""
        self.store.put("flow/champion.json", {"version": number, "history": [number]})

    def challenge(self, number: int | None) -> None:
        """Let it be the challenger of a trial, or end the trial."""
        self.store.put("flow/canary.json", {"id": "t1", "challenger": number, "step": 0})

    def scorer(self, number: int) -> Scorer:
        """The version, opened beside the server."""
        return open_scorer(self.releases.opened("flow", str(number)), version=str(number))

    @property
    def releases(self) -> Releases:
        """The store as a server sees it."""
        return Releases(self.store, lambda: signing.trusted_keys([self.key.with_suffix(".pub")]))

    def predictor(self) -> Predictor:
        """A predictor that opens the champion."""

        def champion() -> Scorer:
            return self.scorer(int(self.releases.wanted("flow").champion or 0))

        return Predictor({"flow": champion})


def distinct(number: int) -> dict[str, bytes]:
    """Files of a version whose weight and threshold are its own: no other pair gives its answers.

    For 400 bytes the log-odds of an odd version are 4, above its threshold; those of an even one 8, below.
    """
    weight, threshold = (0.01, 3.0) if number % 2 else (0.02, 9.0)
    graph = bundles.linear(np.array([weight]))
    limit = f'{{"log_odds": {threshold + number / 1000}}}'.encode()
    return {**bundles.flow_files(), "score.onnx": graph, "threshold.json": limit}


def mutate(folder: Path, rng: random.Random) -> str:
    """Damage one file of a version: a bit, a cut, a block written over; gives its name."""
    path = rng.choice(sorted(path for path in folder.rglob("*") if path.is_file()))
    path.write_bytes(mutated(path.read_bytes(), rng))
    return path.name


def mutated(whole: bytes, rng: random.Random) -> bytes:
    """The same bytes, damaged somewhere."""
    at = rng.randrange(len(whole))
    match rng.randrange(3):
        case 0:
            return whole[:at] + bytes([whole[at] ^ 1 << rng.randrange(8)]) + whole[at + 1 :]
        case 1:
            return whole[:at]
        case _:
            return whole[:at] + rng.randbytes(16) + whole[at + 16 :]
