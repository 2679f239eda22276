"""Detectory over the bundle of the comparison: validation, keys, limits and metrics on. ``FOLDER PORT``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from detectory import apikey
from detectory.serve.gate import Gate
from detectory.serve.keys import Keys
from detectory.serve.predictor import Predictor
from detectory.serve.run import serve
from detectory.settings import Serving

if TYPE_CHECKING:
    from detectory.runtime import Scorer

folder, port = sys.argv[1:]


def opened() -> Scorer:
    """The scorer of the signed bundle."""
    from detectory import bundle, signing
    from detectory.runtime import open_scorer

    trusted = signing.trusted_keys([Path(folder, "signing.pub")])
    return open_scorer(bundle.open_folder(Path(folder, "ours"), trusted), version="1")


def keys() -> list[apikey.Key]:
    """The one key that may ask for scores."""
    text = Path(folder, "key.txt").read_text()
    identity, digest = apikey.id_of(text), apikey.digest_of(text)
    return [apikey.Key(identity, "benchmark", digest, frozenset({"predict"}), 0.0)]


serving = Serving(port=int(port))
serve(Predictor({"table": opened}), serving=serving, version="0", gate=Gate(serving, keys=Keys(keys)))
