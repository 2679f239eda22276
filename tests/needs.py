"""What a test needs and a machine may lack: a program of a Debian package, a library of an extra.

A test that lacks one is skipped with the reason, which says how to get it. It fails where
``DETECTORY_REQUIRE_ALL=1`` promises that everything is there (.ci/run does).
"""

from __future__ import annotations

import os
import shutil
from importlib.util import find_spec
from typing import NoReturn

import pytest


def debian_package(package: str, *, program: str = "") -> str:
    """The path of a package's program; ``program`` names it where it is called otherwise than its package."""
    return shutil.which(program or package) or _lacking(
        f"needs the Debian package '{package}': apt-get install {package}"
    )


def library(name: str, *, extra: str) -> None:
    """Go on where a library is installed; import it in the fixture or the test that uses it.

    At the head of a module it guards every test of it: ``needs.library("torch", extra="deep")``.
    """
    if find_spec(name) is None:
        _lacking(f"needs the library '{name}' of the extra '{extra}': make extras")


def _lacking(reason: str) -> NoReturn:
    if os.environ.get("DETECTORY_REQUIRE_ALL") == "1":
        pytest.fail(reason)
    pytest.skip(reason, allow_module_level=True)
