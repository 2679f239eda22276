"""A version as an MLmodel: what MLflow wants to find beside a bundle, so that it loads and serves it.

Comes in: an opened bundle. Goes out: files, by name; the bundle lies untouched in the folder `BUNDLE` next
to them, and `detectory.pyfunc` opens it there. Never: a pickle, or MLflow, which is not needed to write it.

Source: mlflow.org, "MLflow Model: storage format" and "Model signatures"; YAML takes JSON as it is.
"""

from __future__ import annotations

import json
import platform
from collections import Counter
from collections.abc import Iterator
from typing import Any

from detectory.bundle import Opened
from detectory.doors import Door
from detectory.runtime.scorer import spec_of
from detectory.spec import Binary, Spec
from detectory.version import __version__

#: the module whose ``_load_pyfunc`` MLflow calls
LOADER = "detectory.pyfunc"
BUNDLE = "bundle"
#: what a field is to MLflow; an integer that may lack is a double, as pandas has no other missing one
TYPES = {"string": "string", "float": "double", "integer": "long"}
ALERT = {"score": "double", "alert": "boolean", "label": "string"}
VALUE = {"value": "double", "low": "double", "high": "double"}


def beside(number: int, opened: Opened) -> dict[str, bytes]:
    """The files that stand beside the bundle of a version: ``MLmodel``, and the environment it needs.

    The same version gives the same bytes. ``number`` is told in answers, as our own server does.
    """
    needed = _requirements(opened)
    python = platform.python_version()
    conda = {"name": "detectory", "dependencies": [f"python={python}", "pip", {"pip": needed}]}
    virtualenv = {"python": python, "dependencies": ["-r requirements.txt"]}
    return {
        "MLmodel": _yaml(_model(number, opened, python)),
        "requirements.txt": "".join(f"{line}\n" for line in needed).encode(),
        "conda.yaml": _yaml(conda),
        "python_env.yaml": _yaml(virtualenv),
    }


def _model(number: int, opened: Opened, python: str) -> dict[str, Any]:
    flavour = {
        "loader_module": LOADER,
        "data": BUNDLE,
        "config": {"version": str(number)},
        "env": {"conda": "conda.yaml", "virtualenv": "python_env.yaml"},
        "python_version": python,
    }
    told = {"detector": opened.manifest.detector, "version": number, "digest": opened.digest}
    return {
        "flavors": {"python_function": flavour},
        "signature": signature(spec_of(opened)),
        "metadata": {"detectory": told},
        "model_uuid": opened.digest[:32],
    }


def signature(spec: Spec) -> dict[str, str]:
    """The columns that go in and come out, as MLflow writes them.

    Several doors share one signature: of them, only fields that each one wants are required.
    """
    return {"inputs": json.dumps(list(_inputs(spec))), "outputs": json.dumps(list(_outputs(spec)))}


def _inputs(spec: Spec) -> Iterator[dict[str, Any]]:
    doors = list(spec.doors.values())
    wanted = Counter(name for door in doors for name in door.required)
    fields = {name: field for door in doors for name, field in door.fields.items()}
    for name, field in fields.items():
        required = wanted[name] == len(doors)
        lacks_as_float = field.type == "integer" and not required
        yield _column(name, "double" if lacks_as_float else TYPES[field.type], required=required)


def _outputs(spec: Spec) -> Iterator[dict[str, Any]]:
    for told in _told(list(spec.doors.values())):
        yield _column(told, "string", required=False)
    for name, kind in (ALERT if isinstance(spec, Binary) else VALUE).items():
        yield _column(name, kind)
    yield _column("version", "string")
    yield _column("error", "string", required=False)


def _told(doors: list[Door]) -> list[str]:
    return list(dict.fromkeys(name for door in doors for name in door.tells))


def _column(name: str, kind: str, *, required: bool = True) -> dict[str, Any]:
    return {"name": name, "type": kind, "required": required}


def _requirements(opened: Opened) -> list[str]:
    """This Detectory, and the versions with which the bundle was judged: others might not reproduce it."""
    judged: dict[str, str] = opened.manifest.lineage["libraries"]
    return [f"detectory=={__version__}", "mlflow>=3", *(f"{name}=={judged[name]}" for name in sorted(judged))]


def _yaml(document: dict[str, Any]) -> bytes:
    return json.dumps(document, indent=1).encode()
