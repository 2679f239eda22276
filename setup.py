"""The compiled part of the package: one extension a kernel. Everything else stands in pyproject.toml."""

from __future__ import annotations

import numpy as np
from Cython.Build import cythonize
from setuptools import Extension, setup

KERNELS = (
    *("table", "columns", "hosts", "lexicon", "ngrams", "lexical", "spelling", "names", "listed"),
    *("url_text", "url_host", "urls", "phrases", "url_shape", "url_lexical", "tree_shap"),
    *("statements", "logs"),
)

# Without contraction a*b+c rounds twice everywhere, so that a feature is the same bits on every machine.
FLAGS = ["-O3", "-ffp-contract=off", "-fno-strict-aliasing"]


def extension(name: str) -> Extension:
    return Extension(
        f"detectory.kernels.{name}",
        [f"src/detectory/kernels/{name}.pyx"],
        include_dirs=[np.get_include()],
        define_macros=[("NPY_NO_DEPRECATED_API", "NPY_2_0_API_VERSION")],
        extra_compile_args=FLAGS,
    )


setup(
    ext_modules=cythonize(
        [extension(name) for name in KERNELS],
        include_path=["src"],
        compiler_directives={"language_level": "3", "autotestdict": False},
    )
)
