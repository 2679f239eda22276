"""Every block of the how-to that a reader may type is typed here, in order, in one workspace."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from detectory import signing
from detectory.library import workspace
from tests.scaffold import made

ROOT = Path(__file__).resolve().parent.parent.parent
PAGE = (ROOT / "docs/how-to/make-a-detector-from-a-table.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```sh\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with the files that the page speaks of."""
    root = tmp_path_factory.mktemp("how-to")
    signing.new_key(workspace(root).signing_key)
    made.write(root / "flows.csv", made.flows())
    made.write(root / "more.csv", made.flows(300, seed=1))
    made.write(root / "bare.csv", made.flows(), header=False)
    (root / "names.txt").write_text("flow_id\nwhen\nsource\n")
    return root


@pytest.mark.parametrize("block", BLOCKS, ids=[block.splitlines()[0][:70] for block in BLOCKS])
def test_a_block_of_the_how_to_works_as_it_stands(block: str, home: Path) -> None:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", block],
        cwd=home,
        env={**os.environ, "PATH": path},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr


def test_every_reason_for_which_a_column_is_left_out_is_on_the_page() -> None:
    code = "".join((ROOT / "src/detectory/scaffold" / name).read_text() for name in ("leaks.py", "plan.py"))
    for reason in re.findall(r'Reason\("(\w+)"', code):
        assert f"`{reason}`" in PAGE, reason
