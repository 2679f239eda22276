"""What ``features`` gives is held to the contract before anything learns from it."""

from pathlib import Path

import polars as pl
import pytest

from detectory.errors import BadDetector
from detectory.etl import features
from tests.toy.make import make_home

ROWS = pl.DataFrame({"text": ["kestrel", "a1b2c3", "wren"]})
LAST = '    return {"dense": dense, "suffix_id": last, "ids": ids}\n'


def made(root: Path, line: str, *, before: int = 0) -> features.Features:
    """The tensors of three rows, by the toy's ``features`` with one line more before its last."""
    home = make_home(root, origin="generated")
    file = home.own / "toy/features.py"
    assert LAST in file.read_text()
    file.write_text(file.read_text().replace(LAST, f"    {line}\n{LAST}"))
    return features.made(home.detector("toy"), ROWS, before=before)


def test_tensors_have_a_row_for_each_row(tmp_path: Path) -> None:
    found = made(tmp_path, "pass")
    assert {name: tensor.shape for name, tensor in found.items()} == {
        "dense": (3, 2),
        "suffix_id": (3,),
        "ids": (3, 128),
        "chars": (3, 16),
    }


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("return None", "features() gives no tensors by name"),
        ("return {'dense': dense, 'ids': ids}", "'suffix_id' is not there, and NAMES has it"),
        ("dense = dense.tolist()", "'dense' is no array but list"),
        ("dense = dense.astype('float64')", "'dense' is of float64, and tensors are of float32, int64"),
        ("dense = dense[:-1]", "'dense' is of the shape (2, 2), for 3 rows"),
        ("dense = dense[:, :1]", "'dense' has 1 columns, and NAMES calls 2"),
        ("dense[1:, 1] = np.nan", "'dense' is no finite number in 2 of 3 rows, first in row 2"),
        ("dense[0] = np.inf", "'dense' is no finite number in 1 of 3 rows, first in row 1"),
        ("ids[-1, 0] = -7", "'ids' goes from -7 to 117, and hashed n-grams from 0 to 65535"),
        ("ids[-1, 0] = 70_000", "'ids' goes from 0 to 70000, and hashed n-grams from 0 to 65535"),
        (
            "ids = ids[:, : len(texts)]",
            "of the shape (1, 3) a row among others, and of (1, 1) for the same row alone",
        ),
        ("dense -= dense.mean(axis=0)", "'dense' of a row depends on the rows beside it"),
    ],
)
def test_what_breaks_the_contract_is_told_with_the_tensor(tmp_path: Path, line: str, why: str) -> None:
    with pytest.raises(BadDetector, match="does not hold to the contract") as caught:
        made(tmp_path, line)
    assert why in caught.value.why


def test_a_row_is_told_by_its_number_among_all(tmp_path: Path) -> None:
    with pytest.raises(BadDetector, match="contract") as caught:
        made(tmp_path, "dense[1:2] = np.inf", before=100_000)
    assert "first in row 100002" in caught.value.why
