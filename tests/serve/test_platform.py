"""What a platform's environment says is done, and its model folder is served."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from detectory import settings, signing
from detectory.errors import BadSetting, NoModel, SignatureInvalid
from detectory.serve.app import create_app
from detectory.serve.gate import Gate
from detectory.serve.mounted import at_hand, openers
from detectory.serve.platform import Batch, found
from detectory.serve.predictor import Predictor
from detectory.stores import Access
from tests.serve import bundles
from tests.serve.conftest import asking
from tests.serve.test_run import wait_until_ready


def test_without_a_platform_nothing_is_decided(tmp_path: Path) -> None:
    here = found({"HOME": "/root"}, root=tmp_path)

    assert (here.name, here.settings(), here.model) == ("", (), "")


def test_vertex_says_port_routes_and_where_the_model_is(tmp_path: Path) -> None:
    env = {
        "AIP_MODE": "PREDICTION",
        "AIP_HTTP_PORT": "8085",
        "AIP_HEALTH_ROUTE": "/up",
        "AIP_PREDICT_ROUTE": "/v1/endpoints/7/deployedModels/8:predict",
        "AIP_STORAGE_URI": "gs://bucket/model",
    }
    here = found(env, root=tmp_path)

    assert here.settings() == (
        *("serving.host=0.0.0.0", "serving.port=8085"),
        *("serving.insecure=true", "limits.anonymous=0", "admission.deadline_ms=60000"),
    )
    assert (here.health_route, here.predict_route) == ("/up", env["AIP_PREDICT_ROUTE"])
    assert here.model == "gs://bucket/model"


def test_sagemaker_says_the_port_and_puts_the_model_under_opt_ml(tmp_path: Path) -> None:
    model = tmp_path / "opt/ml/model"
    model.mkdir(parents=True)

    assert found({}, root=tmp_path).name == "sagemaker"
    assert found({}, root=tmp_path).model == ""  # an empty folder: the image brings the model itself
    (model / "bundle.dsse.json").touch()
    here = found({"SAGEMAKER_BIND_TO_PORT": "9000"}, root=tmp_path)
    assert (here.model, here.port) == (str(model), 9000)


def test_a_batch_job_says_how_much_it_sends(tmp_path: Path) -> None:
    env = {
        "SAGEMAKER_BATCH": "true",
        "SAGEMAKER_MAX_PAYLOAD_IN_MB": "16",
        "SAGEMAKER_BATCH_STRATEGY": "SINGLE_RECORD",
        "SAGEMAKER_MAX_CONCURRENT_TRANSFORMS": "8",
    }
    here = found(env, root=tmp_path)

    assert here.batch == Batch(8, "SINGLE_RECORD", 16)
    assert f"serving.max_body_bytes={16 << 20}" in here.settings()
    assert f"serving.max_rows={16 << 20}" in here.settings()
    assert "admission.deadline_ms=3600000" in here.settings()


def test_kserve_puts_the_model_under_mnt_models(tmp_path: Path) -> None:
    folder = tmp_path / "mnt/models"
    folder.mkdir(parents=True)
    (folder / "bundle.dsse.json").touch()

    assert (found({}, root=tmp_path).name, found({}, root=tmp_path).model) == ("kserve", str(folder))


@pytest.mark.parametrize(
    ("name", "value"),
    [("AIP_HTTP_PORT", "http"), ("AIP_PREDICT_ROUTE", "predict"), ("AIP_HEALTH_ROUTE", "/{x}")],
)
def test_a_variable_that_does_not_fit_is_named(name: str, value: str) -> None:
    with pytest.raises(BadSetting, match=name):
        found({"AIP_MODE": "PREDICTION", name: value})


def test_a_model_folder_holds_one_exported_version_or_several(
    dga_folder: Path, key: Path, tmp_path: Path
) -> None:
    flow = tmp_path / "flow"
    bundles.write(flow, bundles.flow_files(), bundles.flow_heads(), {"bytes": [40, 500]}, key)
    (tmp_path / "dga").symlink_to(dga_folder)
    trusted = signing.trusted_keys([key.with_suffix(".pub")])

    assert list(openers(dga_folder, trusted)) == ["dga"]
    predictor = Predictor(openers(tmp_path, trusted))
    predictor.load()
    assert predictor.waiting() == {}
    assert len(predictor.scorer("flow").version) == 12


def test_a_model_folder_without_a_version_is_named(tmp_path: Path) -> None:
    with pytest.raises(NoModel, match="no model to serve"):
        openers(tmp_path, [])


def test_two_versions_of_one_detector_are_refused(dga_folder: Path, key: Path, tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name).symlink_to(dga_folder)

    with pytest.raises(NoModel) as refused:
        openers(tmp_path, signing.trusted_keys([key.with_suffix(".pub")]))
    assert refused.value.why == "two folders in it hold versions of 'dga'"


def test_a_version_that_no_trusted_key_signed_is_refused(dga_folder: Path, tmp_path: Path) -> None:
    signing.new_key(tmp_path / "other.key")

    with pytest.raises(SignatureInvalid, match="signature does not hold"):
        openers(dga_folder, signing.trusted_keys([tmp_path / "other.pub"]))


def test_a_place_may_be_a_path_or_a_file_address(tmp_path: Path) -> None:
    assert at_hand(str(tmp_path), Access()) == tmp_path
    assert at_hand(f"file://{tmp_path}", Access()) == tmp_path


@contextmanager
def container(folder: Path, key: Path, env: Mapping[str, str]) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """``detectory serve`` as a container runs it: the process and its address."""
    given = {"DETECTORY__SIGNING__TRUSTED": str(key.with_suffix(".pub")), **env}
    with subprocess.Popen(
        [sys.executable, "-m", "detectory.cli.main", "-C", str(folder), "serve"],
        env={**os.environ, **given},
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            assert process.stderr is not None
            said = [json.loads(process.stderr.readline())]
            while "url" not in said[-1]:
                said.append(json.loads(process.stderr.readline()))
            assert said[0]["message"] == "the platform decides who may ask"
            yield process, said[-1]["url"].replace("0.0.0.0", "127.0.0.1")
        finally:
            process.kill()


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as one:
        port: int = one.getsockname()[1]
    return port


def test_sagemaker_starts_the_container_and_stops_it_within_thirty_seconds(
    dga_folder: Path, key: Path, tmp_path: Path
) -> None:
    env = {"SAGEMAKER_BIND_TO_PORT": str(free_port()), "DETECTORY_MODEL": str(dga_folder)}
    with container(tmp_path, key, env) as (process, url):
        wait_until_ready(url)
        assert url.endswith(env["SAGEMAKER_BIND_TO_PORT"])
        assert httpx.get(f"{url}/ping").status_code == 200
        answer = httpx.post(f"{url}/invocations", content="a.com", headers={"content-type": "text/csv"})
        assert answer.json()["predictions"][0]["label"] == "benign"

        began = time.monotonic()
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=30) == 0
        assert time.monotonic() - began < 30


def test_vertex_starts_the_container_with_its_routes_and_its_model(
    dga_folder: Path, key: Path, tmp_path: Path
) -> None:
    env = {
        "AIP_MODE": "PREDICTION",
        "AIP_HTTP_PORT": str(free_port()),
        "AIP_HEALTH_ROUTE": "/up",
        "AIP_PREDICT_ROUTE": "/ask",
        "AIP_STORAGE_URI": f"file://{dga_folder}",
    }
    with container(tmp_path, key, env) as (_, url):
        wait_until_ready(url)
        assert httpx.get(f"{url}/up").status_code == 200
        answer = httpx.post(f"{url}/ask", json={"instances": [{"domain": "a.com"}]})
        assert answer.json()["predictions"][0]["label"] == "benign"


def test_a_batch_job_may_send_more_rows_than_a_caller(predictor: Predictor) -> None:
    there = found({"SAGEMAKER_BATCH": "true", "SAGEMAKER_MAX_PAYLOAD_IN_MB": "6"})
    told = settings.read(given=there.settings()).settings
    gate = Gate(told.serving, limits=told.limits, admission=told.admission)
    ask = asking(create_app(predictor, serving=told.serving, version="0", platform=there, gate=gate))
    headers = {"content-type": "text/csv", "accept": "text/csv", "x-amzn-sagemaker-target-model": "dga"}

    answer = ask("POST", "/invocations", content=b"google.com\n" * 20_000, headers=headers)

    assert answer.text.count("\n") == 20_000
    assert ask("GET", "/execution-parameters").json()["MaxPayloadInMB"] == 6
