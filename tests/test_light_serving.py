"""A server that scores has loaded nothing that only training needs."""

from __future__ import annotations

import signal
from pathlib import Path

import httpx

from tests.serve.conftest import dga_folder, key, server  # noqa: F401  # fixtures
from tests.serve.test_run import wait_until_ready


def test_after_a_score_no_training_library_is_loaded(dga_folder: Path, key: Path) -> None:  # noqa: F811
    with server(dga_folder, key.with_suffix(".pub")) as (process, url):
        wait_until_ready(url)
        body = {"rows": [{"domain": "x1y2z3w4.com"}]}
        answer = httpx.post(f"{url}/v1/detectors/dga/score", json=body)
        process.send_signal(signal.SIGTERM)
        heavy, _ = process.communicate(timeout=20)

    assert answer.json()["results"][0]["alert"] is True
    assert heavy == "heavy:\n"
