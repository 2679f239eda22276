"""A mistake in a detector's own file, told with the file, the line and the exception's sentence.

Comes in: what a user's file is asked to do. Goes out: its answer, or `BadDetector`. Never: an error of
Detectory's own tree told otherwise, nor a full disk or memory taken for a mistake of the file.
"""

from __future__ import annotations

import errno
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import wraps
from inspect import isfunction
from pathlib import Path
from types import ModuleType
from typing import Any

from detectory.errors import BadDetector, DetectoryError

NOT_A_MISTAKE = {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO}


@contextmanager
def mistakes_in(detector: str, file: Path) -> Iterator[None]:
    """Whatever the file raises becomes `BadDetector`, which says where in the file's folder.

    >>> with mistakes_in("dag", Path("dag/parse.py")):
    ...     1 / 0
    Traceback (most recent call last):
    detectory.errors.configuration.BadDetector: error[E3002]: detector 'dag' does not hold to the contract
      why: ZeroDivisionError: division by zero
      where: dag/parse.py...
    """
    try:
        yield
    except (DetectoryError, MemoryError):
        raise
    except Exception as error:  # what a user's file raises is the user's to mend, whatever it is
        if isinstance(error, OSError) and error.errno in NOT_A_MISTAKE:
            raise
        why = f"{type(error).__name__}: {error}"
        raise BadDetector(detector, why=why, where=_place(error, file) or str(file)) from error


@contextmanager
def bugs_of_ours(detector: str, file: Path) -> Iterator[None]:
    """What a built-in detector raises goes on as it is: nobody but us can mend it."""
    yield


@dataclass(frozen=True, slots=True)
class Part:
    """One file of a detector's folder: its names, each function of which is called under ``blaming``."""

    module: ModuleType
    blaming: Callable[[], Any]

    def __getattr__(self, name: str) -> Any:
        with self.blaming():
            value = getattr(self.module, name)
        return self.guarded(value) if isfunction(value) else value

    def guarded(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """A function that this file made, called under ``blaming`` too."""

        @wraps(function)
        def called(*args: Any, **words: Any) -> Any:
            with self.blaming():
                return function(*args, **words)

        return called


def _place(error: Exception, file: Path) -> str:
    """The line of the file's folder that was reached last; empty when none was."""
    if isinstance(error, SyntaxError) and error.filename:
        return f"{error.filename}:{error.lineno}"
    folder = file.parent.resolve()
    frames = [(Path(frame.filename), frame.lineno) for frame in traceback.extract_tb(error.__traceback__)]
    inside = [f"{path}:{line}" for path, line in frames if path.resolve().is_relative_to(folder)]
    return inside[-1] if inside else ""
