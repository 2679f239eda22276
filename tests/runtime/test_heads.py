"""ONNX Runtime under the heads: it tells nobody of its use."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

BEGIN = "import detectory.runtime"
# It says nothing where a build server's variable is set (CI, GITHUB_ACTIONS, ...): these alone go in.
KEPT = ("PATH", "PYTHONPATH", "LD_LIBRARY_PATH")


@pytest.mark.parametrize(("said", "tells"), [({}, False), ({"ORT_DISABLE_TELEMETRY": "0"}, True)])
def test_nobody_is_told_what_is_run_unless_somebody_wants_it(
    said: dict[str, str], tells: bool, tmp_path: Path
) -> None:
    """Its uploader keeps an identifier and a queue of events in a folder; without it there is none."""
    known = {name: os.environ[name] for name in KEPT if name in os.environ}
    nowhere = dict.fromkeys(("https_proxy", "HTTPS_PROXY"), "http://127.0.0.1:9")
    home = {"HOME": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path / "cache")}
    subprocess.run([sys.executable, "-c", BEGIN], env={**known, **home, **nowhere, **said}, check=True)
    assert any(tmp_path.rglob("onnxruntime*")) == tells
