"""Serve one bundle's folder on a free port; when stopped, say which heavy libraries were loaded."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from detectory import settings
from detectory.serve.predictor import Predictor
from detectory.serve.run import serve

if TYPE_CHECKING:
    from detectory.runtime import Scorer

HEAVY = ("sklearn", "xgboost", "torch", "pandas", "polars", "onnx", "scipy", "altair")


def main(folder: str, public: str, *given: str) -> None:
    """Until SIGTERM; ``given`` are settings: ``serving.body_s=0.5``."""

    def open_bundle() -> Scorer:
        from detectory import signing
        from detectory.bundle import open_folder
        from detectory.runtime import open_scorer

        return open_scorer(open_folder(Path(folder), signing.trusted_keys([Path(public)])), version="1")

    serving = settings.read(given=["serving.port=0", *given]).settings.serving
    serve(Predictor({"dga": open_bundle}), serving=serving, version="0")
    print("heavy:", *[name for name in HEAVY if name in sys.modules])


if __name__ == "__main__":
    main(*sys.argv[1:])
