"""Serve one bundle's folder on a free port; when stopped, say which heavy libraries were loaded."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from detectory.serve.predictor import Predictor
from detectory.serve.run import serve
from detectory.settings import Serving

if TYPE_CHECKING:
    from detectory.runtime import Scorer

HEAVY = ("sklearn", "xgboost", "torch", "pandas", "polars", "onnx", "scipy", "altair")


def main(folder: str, public: str, port: str = "0") -> None:
    """Until SIGTERM."""

    def open_bundle() -> Scorer:
        from detectory import signing
        from detectory.bundle import open_folder
        from detectory.runtime import open_scorer

        return open_scorer(open_folder(Path(folder), signing.trusted_keys([Path(public)])), version="1")

    serve(Predictor({"dga": open_bundle}), serving=Serving(port=int(port)), version="0")
    print("heavy:", *[name for name in HEAVY if name in sys.modules])


if __name__ == "__main__":
    main(*sys.argv[1:])
