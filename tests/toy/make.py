"""Workspaces with a toy detector: small, fast, and a user's own detector in every respect."""

import shutil
from pathlib import Path

from detectory import signing
from detectory.library import Workspace, workspace

#: the folder of toy detectors: ``toy`` alerts, ``late`` predicts a number
HERE = Path(__file__).parent


def make_home(root: Path, *, origin: str, name: str = "toy") -> Workspace:
    """A workspace with a signing key and its own copy of a toy detector.

    ``origin`` is what its made-up rows are called: ``synthetic`` never serves, ``generated`` may.
    """
    folder = shutil.copytree(HERE / name, root / "detectors" / name)
    source = folder / "source.py"
    source.write_text(source.read_text().replace('ORIGIN = "synthetic"', f'ORIGIN = "{origin}"'))
    home = workspace(root)
    signing.new_key(home.signing_key)
    return home
