"""A workspace with the toy detector: small, fast, and a user's own detector in every respect."""

import shutil
from pathlib import Path

from detectory import signing
from detectory.library import Workspace, workspace

FOLDER = Path(__file__).parent / "toy"


def make_home(root: Path, *, origin: str) -> Workspace:
    """A workspace with a signing key and its own copy of the toy detector.

    ``origin`` is what its positive rows are called: ``synthetic`` never serves, ``generated`` may.
    """
    folder = shutil.copytree(FOLDER, root / "detectors/toy")
    source = folder / "source.py"
    source.write_text(source.read_text().replace('ORIGIN = "synthetic"', f'ORIGIN = "{origin}"'))
    home = workspace(root)
    signing.new_key(home.signing_key)
    return home
