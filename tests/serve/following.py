"""Serve the detector ``flow`` of a store on a free port, and follow that store."""

from __future__ import annotations

import sys
from pathlib import Path

from detectory.artifacts import Store
from detectory.serve.run import serve
from detectory.settings import Serving
from tests.serve.shelf import Shelf


def main(root: str, private: str, poll_s: str = "1.0") -> None:
    """Until SIGTERM."""
    shelf = Shelf(Store(root), Path(private))
    serving = Serving(port=0, poll_s=float(poll_s), digits=6)
    serve(shelf.predictor(), serving=serving, version="0", releases=shelf.releases)


if __name__ == "__main__":
    main(*sys.argv[1:])
