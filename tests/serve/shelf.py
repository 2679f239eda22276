"""A store with versions of the detector ``flow``, some of them bad, and what a server makes of it."""

from __future__ import annotations

import json
import random
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from detectory import signing
from detectory.artifacts import Store
from detectory.registry import promote
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

    def decide(self, number: int) -> None:
        """Promote it as a person does, who answers for a version that was never judged."""
        trusted, now = self.releases.keys(), datetime.now(UTC)
        promote.promote(self.store, "flow", str(number), trusted=trusted, now=now, override="a test")

    def roll_back(self) -> None:
        """Let the champion before serve again."""
        trusted, now = self.releases.keys(), datetime.now(UTC)
        promote.rollback(self.store, "flow", trusted=trusted, now=now, reason="a test")

    def resign(self, number: int, of: int, rng: random.Random) -> None:
        """Let somebody who may sign put a damaged graph beside the golden rows of a good version."""
        whole = self.releases.opened("flow", str(of)).files
        files = {name: data for name, data in whole.items() if name != "golden.json"}
        files["score.onnx"] = mutated(files["score.onnx"], rng)
        golden = json.loads(whole["golden.json"])
        folder = self.store.root / "flow" / "versions" / str(number)
        bundles.write_golden(folder, files, bundles.flow_heads(), golden, self.key)

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
