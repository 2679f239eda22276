"""MLflow's own server answers with a version as ours does: the blocks of the page, for real."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from detectory.conform import mlflow
from detectory.conform.clauses import findings
from detectory.conform.examples import of_fields
from detectory.conform.peer import Peer, at
from detectory.library import Workspace
from tests.tracking.conftest import served
from tests.tracking.programs import environment, free_port, running, whole_only

ROOT = Path(__file__).resolve().parent.parent.parent
PAGE = (ROOT / "docs/how-to/serve-on-a-platform.md").read_text(encoding="utf-8")
EXPORT, SERVE = re.findall(r"^```sh\n(.*?)^```", PAGE.partition("## With MLflow")[2], re.M | re.S)[:2]
TEXTS = ["a1b2c3", "hello", ""]
RECORDS = [{"text": text} for text in TEXTS]
FORMS = {
    "records": {"dataframe_records": RECORDS},
    "split": {"dataframe_split": {"columns": ["text"], "data": [[text] for text in TEXTS]}},
    "instances": {"instances": RECORDS},
    "inputs": {"inputs": {"text": TEXTS}},
}


@pytest.fixture(scope="module")
def address(toy_made: Workspace, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """MLflow's server, started as the page says."""
    whole_only()
    folder, port = tmp_path_factory.mktemp("served"), free_port()
    for name in ("keys", ".detectory", "detectors"):
        (folder / name).symlink_to(toy_made.root.resolve() / name)
    subprocess.run(["bash", "-c", EXPORT.replace("dga", "toy")], cwd=folder, env=environment(), check=True)
    url = f"http://127.0.0.1:{port}"
    with running(SERVE.replace("5000", str(port)), at=folder, ready=f"{url}/ping"):
        yield url


@pytest.mark.soak
@pytest.mark.parametrize("form", FORMS)
def test_it_answers_as_our_server_does(form: str, address: str, toy_made: Workspace) -> None:
    answer = httpx.post(f"{address}/invocations", json=FORMS[form])
    assert answer.json()["predictions"] == served(toy_made, "toy", RECORDS)


@pytest.mark.soak
def test_a_file_is_answered_too(address: str, toy_made: Workspace) -> None:
    kind, body = {"content-type": "text/csv"}, "text\na1b2c3\nhello\n"
    answer = httpx.post(f"{address}/invocations", content=body, headers=kind)
    assert answer.json()["predictions"] == served(toy_made, "toy", RECORDS[:2])


@pytest.mark.soak
def test_it_holds_the_contract_of_mlflow(address: str) -> None:
    peer = Peer(at(address), of_fields("toy", {"text": {"type": "string", "example": "a1b2c3"}}))
    assert [one.clause for one in findings(mlflow, peer) if one.outcome == "failed"] == []
