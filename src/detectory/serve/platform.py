"""Where the server runs, as the platform's own variables and folders say it.

Comes in: the environment, as the command line got it. Goes out: the address to listen on, the routes to
mount, what a batch job may send, and where the model is. Never: a variable that is read anywhere else.

Sources: Amazon SageMaker developer guide ("Use Your Own Inference Code with Hosting Services", "… with Batch
Transform"); Vertex AI "Custom container requirements for prediction"; KServe's storage initializer.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from detectory.errors import BadSetting

SAGEMAKER_MODEL, KSERVE_MODEL = "opt/ml/model", "mnt/models"
PORT = 8080
CONCURRENT, STRATEGY = 4, "MULTI_RECORD"  # of batch transform, unless the job says otherwise
ANSWER_MS, JOB_MS = 60_000, 3_600_000  # how long SageMaker waits for an answer, a batch job for one of its
ROUTE = re.compile(r"/[\w/.:~@-]*")
Name = Literal["", "sagemaker", "vertex", "kserve"]


@dataclass(frozen=True, slots=True)
class Batch:
    """What a batch transform job sends at once; ``payload_mb`` 0: there is no job."""

    concurrent: int = CONCURRENT
    strategy: str = STRATEGY
    payload_mb: int = 0


@dataclass(frozen=True, slots=True)
class Platform:
    """What a platform wants of the container; the empty name is none.

    ``model`` is where the platform put the model: a folder of this machine or a ``gs://`` address, empty
    where it put none.
    """

    name: Name = ""
    port: int = PORT
    health_route: str = "/health"
    predict_route: str = "/predict"
    model: str = ""
    batch: Batch = Batch()

    def settings(self) -> tuple[str, ...]:
        """What the platform decides, as ``key=value``: it alone reaches the container, and checks who asks.

        So no key is needed there, no address is slowed down, and an answer may take as long as the platform
        waits for it, unless somebody sets it otherwise.

        >>> Platform("vertex", port=8085).settings()[:3]
        ('serving.host=0.0.0.0', 'serving.port=8085', 'serving.insecure=true')
        """
        if not self.name:
            return ()
        address = ("serving.host=0.0.0.0", f"serving.port={self.port}")
        open_to_it = (*address, "serving.insecure=true", "limits.anonymous=0")
        if not self.batch.payload_mb:
            return (*open_to_it, f"admission.deadline_ms={ANSWER_MS}")
        size = self.batch.payload_mb << 20
        taken = (f"serving.max_body_bytes={size}", f"serving.max_rows={size}")  # a row has a byte
        waits = (f"admission.deadline_ms={JOB_MS}", f"admission.queue_ms={JOB_MS}")
        return (*open_to_it, *taken, *waits)


def found(env: Mapping[str, str], *, root: Path = Path("/")) -> Platform:
    """The platform of this container. Raises `BadSetting` for a variable that does not fit.

    >>> found({"AIP_MODE": "PREDICTION", "AIP_HTTP_PORT": "8085", "AIP_HEALTH_ROUTE": "/up"}).port
    8085
    """
    if env.get("AIP_MODE") == "PREDICTION" or "AIP_HTTP_PORT" in env:
        return _vertex(env)
    if "SAGEMAKER_BIND_TO_PORT" in env or "SAGEMAKER_BATCH" in env or (root / "opt/ml").is_dir():
        return _sagemaker(env, root)
    if (root / KSERVE_MODEL).is_dir():
        return Platform("kserve", model=_filled(root / KSERVE_MODEL))
    return Platform()


def _vertex(env: Mapping[str, str]) -> Platform:
    return Platform(
        "vertex",
        port=_number(env, "AIP_HTTP_PORT", PORT),
        health_route=_route(env, "AIP_HEALTH_ROUTE", "/health"),
        predict_route=_route(env, "AIP_PREDICT_ROUTE", "/predict"),
        model=env.get("AIP_STORAGE_URI", ""),
    )


def _sagemaker(env: Mapping[str, str], root: Path) -> Platform:
    batch = Batch(
        concurrent=_number(env, "SAGEMAKER_MAX_CONCURRENT_TRANSFORMS", CONCURRENT),
        strategy=env.get("SAGEMAKER_BATCH_STRATEGY") or STRATEGY,
        payload_mb=_number(env, "SAGEMAKER_MAX_PAYLOAD_IN_MB", 6) if _is_job(env) else 0,
    )
    port, model = _number(env, "SAGEMAKER_BIND_TO_PORT", PORT), _filled(root / SAGEMAKER_MODEL)
    return Platform("sagemaker", port=port, model=model, batch=batch)


def _is_job(env: Mapping[str, str]) -> bool:
    return env.get("SAGEMAKER_BATCH", "").lower() in ("true", "1")


def _filled(folder: Path) -> str:
    """The folder, unless it is empty: then the image brings its model itself."""
    return str(folder) if folder.is_dir() and any(folder.iterdir()) else ""


def _number(env: Mapping[str, str], name: str, default: int) -> int:
    said = env.get(name) or str(default)
    if not said.isdigit():
        raise BadSetting(name, why=f"'{said[:40]}' is no number", where="the environment")
    return int(said)


def _route(env: Mapping[str, str], name: str, default: str) -> str:
    said = env.get(name) or default
    if not ROUTE.fullmatch(said):
        raise BadSetting(name, why=f"'{said[:80]}' is no path", where="the environment")
    return said
