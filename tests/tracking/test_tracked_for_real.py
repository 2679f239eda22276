"""MLflow's own tracking server is told of runs: the page's blocks, in a workspace, for real."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from tests.toy.make import make_home
from tests.tracking.programs import environment, free_port, running, whole_only

ROOT = Path(__file__).resolve().parent.parent.parent
PAGE = (ROOT / "docs/how-to/track-runs.md").read_text(encoding="utf-8")
TYPED = re.findall(r"^```sh\n(.*?)^```", PAGE, re.M | re.S)
SERVER = (
    "mlflow server --backend-store-uri sqlite:///s.db --artifacts-destination files --workers 1 --port %d"
)


def typed(block: str, *, at: Path, **more: str) -> str:
    """What a block of the page says in the end, about the toy detector."""
    command = ["bash", "-euo", "pipefail", "-c", block.replace("dga", "toy")]
    done = subprocess.run(command, cwd=at, env=environment(**more), capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stderr


@pytest.mark.soak
def test_the_blocks_of_the_page_work_as_they_stand(tmp_path: Path) -> None:
    whole_only()
    home = make_home(tmp_path, origin="generated")
    mlflow, wandb, send = TYPED
    assert "mlflow: 1 sent" in typed(mlflow, at=home.root)
    assert "wandb: 1 sent" in typed(wandb, at=home.root)
    assert typed(send, at=home.root, DETECTORY__TRACKING__SINKS="mlflow,wandb")


@pytest.mark.soak
def test_a_server_is_told_of_a_run_and_its_model_is_loaded_from_there(
    tmp_path: Path, quiet_mlflow: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole_only()
    import mlflow.pyfunc
    import pandas
    from mlflow.tracking import MlflowClient

    home, port = make_home(tmp_path / "home", origin="generated"), free_port()
    url = f"http://127.0.0.1:{port}"
    with running(SERVER % port, at=tmp_path, ready=f"{url}/health"):
        told = typed(TYPED[0], at=home.root, DETECTORY__TRACKING__MLFLOW__URI=url)
        assert "mlflow: 1 sent" in told
        client = MlflowClient(url)
        [run] = client.search_runs([client.get_experiment_by_name("toy").experiment_id])
        monkeypatch.setenv("DETECTORY__SIGNING__TRUSTED", str(home.root.resolve() / "keys/signing.pub"))
        monkeypatch.setenv("MLFLOW_TRACKING_URI", url)
        model = mlflow.pyfunc.load_model(f"runs:/{run.info.run_id}/model")
        [answer] = model.predict(pandas.DataFrame({"text": ["a1b2c3"]}))

    assert (run.info.status, run.data.tags["detectory.version"]) == ("FINISHED", "1")
    assert run.data.metrics["roc_auc"] > 0.9
    assert answer["alert"]
