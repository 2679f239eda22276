"""The stages in their order: what each reads, and what its result depends on.

A stage is a module with a function ``run(job)``. The last two steps, register and promote, sign a version and
let it serve; they make no artifact.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from detectory.errors import UnknownStage, UsageError


@dataclass(frozen=True, slots=True)
class Stage:
    """A stage: its module, the artifacts it reads, and what its result depends on besides them.

    ``parts`` are files of the detector's folder, ``words`` tables of its ``detector.toml``, as far
    as its task has them, ``code`` files and folders of this package, ``libraries`` distributions whose
    versions matter. One that ``chooses`` asks which candidates to fit, and how.
    """

    name: str
    module: str
    after: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    code: tuple[str, ...] = ()
    libraries: tuple[str, ...] = ()
    chooses: bool = False


STAGES = (
    Stage("bronze", "etl.bronze", parts=("source",), libraries=("polars",)),
    Stage(
        "silver", "etl.silver", after=("bronze",), parts=("parse",),
        words=("task", "doors", "label", "target", "forecasts", "unique_by", "conflicts"),
        code=("blocks", "kernels", "schema.py", "etl/truth.py", "etl/entities.py"), libraries=("polars",),
    ),
    Stage(
        "gold", "etl.gold", after=("silver",), parts=("features",),
        code=("blocks", "kernels", "schema.py", "tensors.py", "etl/features.py"),
        libraries=("numpy", "polars"),
    ),
    Stage(
        "split", "etl.split", after=("silver",), parts=("source",),
        words=("task", "split", "label", "unique_by", "conflicts"),
        code=("etl/truth.py", "parts.py", "schema.py", "tensors.py"),
    ),
    Stage(
        "fit", "train.fit", after=("silver", "gold", "split"), parts=("model",),
        words=("task", "label", "baselines", "ablations", "leave_out", "budget", "intervals", "forecasts"),
        code=(
            "train", "models", "choice.py", "objectives.py", "metrics", "regression.py", "parts.py",
            "schema.py", "tensors.py",
        ),
        libraries=("numpy", "scikit-learn", "scipy", "xgboost-cpu", "onnx"), chooses=True,
    ),
    Stage(
        "compress", "compress.stage", after=("silver", "gold", "split", "fit"), parts=("model",),
        words=("task", "split", "label", "limits", "compress", "budget", "intervals"),
        code=(
            "compress", "models", "runtime", "kernels", "choice.py", "objectives.py", "metrics",
            "regression.py", "parts.py", "schema.py", "tensors.py",
        ),
        libraries=("numpy", "scikit-learn", "scipy", "xgboost-cpu", "onnx", "onnxruntime"), chooses=True,
    ),
    Stage(
        "judge", "judge.stage", after=("bronze", "silver", "gold", "split", "fit", "compress"),
        parts=("parse", "features", "behaviour"),
        words=(
            "task", "title", "question", "label", "baselines", "budget", "target", "intervals", "gates",
            "slices", "split",
        ),
        code=(
            "judge", "models", "runtime", "kernels", "blame.py", "elsewhere.py", "objectives.py", "metrics",
            "regression.py", "parts.py", "schema.py", "tensors.py",
        ),
        libraries=("numpy", "scipy", "onnxruntime"),
    ),
)  # fmt: skip
REGISTER, PROMOTE = "register", "promote"
NAMES = (*(stage.name for stage in STAGES), REGISTER, PROMOTE)


def chosen(
    names: Sequence[str] = (), *, first: str | None = None, last: str | None = None
) -> tuple[str, ...]:
    """The stages meant by names, or by a first and a last one; all of them by default.

    Raises `UnknownStage`, and `UsageError` for a range that ends before it begins.

    >>> chosen(first="judge")
    ('judge', 'register', 'promote')
    """
    for name in (*names, *filter(None, (first, last))):
        if name not in NAMES:
            raise UnknownStage(name, known=NAMES)
    if names:
        return _with_register(tuple(name for name in NAMES if name in names))
    start = NAMES.index(first) if first else 0
    end = NAMES.index(last) + 1 if last else len(NAMES)
    if start >= end:
        raise UsageError(f"'{first}' comes after '{last}'", fix=f"--from {last} --to {first}")
    return _with_register(NAMES[start:end])


def _with_register(names: tuple[str, ...]) -> tuple[str, ...]:
    """To promote a version, the run must know which one it is: registering tells it."""
    return (*names[:-1], REGISTER, PROMOTE) if names[-1] == PROMOTE and REGISTER not in names else names
