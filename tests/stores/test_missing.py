"""Without the library for buckets: folders work, and a bucket names what to install."""

import subprocess
import sys
from pathlib import Path

WITHOUT = "import sys; sys.modules['obstore'] = None\n"


def python(program: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", WITHOUT + program], capture_output=True, text=True)


def test_a_folder_needs_no_library(tmp_path: Path) -> None:
    ended = python(f"from detectory.artifacts import Store; Store({str(tmp_path)!r}).put('a.json', 1)")
    assert (ended.returncode, ended.stderr) == (0, "")


def test_a_bucket_names_the_extra_that_it_needs(tmp_path: Path) -> None:
    for url, extra in (("s3://models/a", "aws"), ("gs://models/a", "gcp")):
        command = ["-C", str(tmp_path), "--set", f"store={url}", "models", "list", "dga"]
        ended = python(f"from detectory.cli.main import main; sys.argv[1:] = {command}; sys.exit(main())")
        assert ended.returncode == 3
        assert "error[E3001]: 'obstore' is not installed" in ended.stderr
        assert f"pip install 'detectory[{extra}]'" in ended.stderr
