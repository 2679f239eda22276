"""The examples in the kernels' docstrings run; pytest does not look into compiled modules itself."""

from __future__ import annotations

import doctest
import importlib
import inspect
from pathlib import Path

import pytest

from detectory import kernels

CALLED_FROM_CYTHON_ONLY = {"lexical", "ngrams", "spelling", "url_host", "url_shape", "url_text"}
NAMES = sorted(path.stem for path in Path(inspect.getfile(kernels)).parent.glob("*.pyx"))


@pytest.mark.parametrize("name", NAMES)
def test_the_examples_of_a_kernel_run(name: str) -> None:
    module = importlib.import_module(f"detectory.kernels.{name}")
    result = doctest.testmod(module)
    assert result.failed == 0
    assert result.attempted > 0 or name in CALLED_FROM_CYTHON_ONLY


@pytest.mark.parametrize("name", NAMES)
def test_every_kernel_is_told_in_the_table_of_the_folder(name: str) -> None:
    assert kernels.__doc__ is not None
    told = [line for line in kernels.__doc__.splitlines() if line.startswith(f"{name} ")]
    assert len(told) == 1 or (not told and f"``{name}``" in kernels.__doc__)
