"""How each server is started, and what it is asked: the same 80 numbers, each in its own words."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from peers import venvs
from peers.model import FIELDS

HERE = Path(__file__).parent
ONE_THREAD = {"OMP_NUM_THREADS": "1", "MLFLOW_DISABLE_TELEMETRY": "true", "BENTOML_DO_NOT_TRACK": "True"}
Row = list[float]


@dataclass(frozen=True)
class Server:
    """A server of the model: the route it answers on, its body for a row, and the command that starts it."""

    name: str
    path: str
    body: Callable[[Row], Any]
    command: Callable[[Path, int], list[str | Path]]

    def start(self, command: list[str | Path], made: Path, *, core: int) -> subprocess.Popen[bytes]:
        """The process, on one core."""
        env = {**os.environ, **ONE_THREAD, "BENCHMARK_FOLDER": str(made)}
        log = (made / f"{self.name}.log").open("wb")
        return subprocess.Popen(
            ["taskset", "-c", str(core), *command],
            cwd=HERE,
            env=env,
            stdout=log,
            stderr=log,
        )


def ours(made: Path, port: int) -> list[str | Path]:
    """Detectory."""
    return [sys.executable, HERE / "ours_app.py", made, str(port)]


def fastapi(made: Path, port: int) -> list[str | Path]:
    """Plain FastAPI."""
    return [venvs.made("fastapi") / "python", HERE / "fastapi_app.py", made, str(port)]


def litserve(made: Path, port: int) -> list[str | Path]:
    """LitServe."""
    return [venvs.made("litserve") / "python", HERE / "litserve_app.py", made, str(port)]


def bentoml(made: Path, port: int) -> list[str | Path]:
    """BentoML."""
    programs = venvs.made("bentoml")
    return [programs / "bentoml", "serve", "bentoml_app:Scores", "--host", "127.0.0.1", "--port", str(port)]


def mlserver(made: Path, port: int) -> list[str | Path]:
    """MLServer, in one process."""
    folder = made / "mlserver"
    folder.mkdir(exist_ok=True)
    runtime = {"uri": str(made / "model.json"), "version": "1"}
    model = {"name": "table", "implementation": "mlserver_xgboost.XGBoostModel", "parameters": runtime}
    ports = {"http_port": port, "grpc_port": port + 1, "metrics_port": port + 2}
    settings = {**ports, "host": "127.0.0.1", "parallel_workers": 0, "debug": False}
    (folder / "model-settings.json").write_text(json.dumps(model))
    (folder / "settings.json").write_text(json.dumps(settings))
    return [venvs.made("mlserver") / "mlserver", "start", folder]


def mlflow(made: Path, port: int) -> list[str | Path]:
    """``mlflow models serve``, with its own interpreter first on the path."""
    programs = venvs.made("mlflow")
    if not (made / "mlflow").is_dir():
        command = [programs / "python", HERE / "mlflow_model.py", made]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    path = f"PATH={programs}:{os.environ['PATH']}"
    serve = [programs / "mlflow", "models", "serve", "-m", made / "mlflow", "--env-manager", "local"]
    return ["env", path, *serve, "--host", "127.0.0.1", "--port", str(port)]


def native(row: Row) -> Any:
    """Our own contract: every number by its name."""
    return {"rows": [dict(zip(FIELDS, row, strict=True))]}


def rows(row: Row) -> Any:
    """A matrix of one row."""
    return {"rows": [row]}


def tensor(row: Row) -> Any:
    """A tensor of the Open Inference Protocol."""
    return {"inputs": [{"name": "x", "shape": [1, len(row)], "datatype": "FP32", "data": row}]}


def inputs(row: Row) -> Any:
    """A matrix as MLflow wants it."""
    return {"inputs": [row]}


SERVERS = [
    Server("ours", "/v1/detectors/table/score", native, ours),
    Server("plain FastAPI", "/predict", rows, fastapi),
    Server("LitServe", "/predict", rows, litserve),
    Server("BentoML", "/predict", rows, bentoml),
    Server("MLServer", "/v2/models/table/infer", tensor, mlserver),
    Server("mlflow models serve", "/invocations", inputs, mlflow),
]
