"""A signed folder of a bucket comes whole, under its names, and is checked where it arrived."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from detectory import signing
from detectory.bundle import ENVELOPE
from detectory.errors import BundleRefused, NoModel
from detectory.serve.mounted import at_hand, openers
from detectory.stores import Access
from detectory.stores.client import Client
from tests.serve.conftest import dga_folder, key  # noqa: F401  # fixtures
from tests.stores.gcs import BUCKET, Gcs


def upload(url: str, access: Access, folder: Path) -> None:
    client = Client(url, access)
    for path in folder.rglob("*"):
        if path.is_file():
            client.put(path.relative_to(folder).as_posix(), path.read_bytes())


def test_a_model_in_google_cloud_storage_is_fetched_and_served(
    gcs: Gcs,
    dga_folder: Path,  # noqa: F811
    key: Path,  # noqa: F811
    tmp_path: Path,
) -> None:
    url, access = f"gs://{BUCKET}/models/dga", Access(allow_http=True, retry_s=2, cache=tmp_path / "cache")
    upload(url, access, dga_folder)

    folder = at_hand(f"{url}/", access)  # as Vertex AI writes it

    scorer = openers(folder, signing.trusted_keys([key.with_suffix(".pub")]))["dga"]()
    assert scorer.check_golden() == 3


def test_of_an_older_model_nothing_stays(
    access: Access,
    url: str,
    dga_folder: Path,  # noqa: F811
    key: Path,  # noqa: F811
    tmp_path: Path,
) -> None:
    kept = replace(access, cache=tmp_path)
    (tmp_path / "model").mkdir()
    (tmp_path / "model" / "older.py").touch()
    upload(url, kept, dga_folder)

    found = {path.name for path in at_hand(url, kept).iterdir()}

    assert "older.py" not in found
    assert ENVELOPE in found


def test_a_file_that_was_changed_in_the_bucket_is_refused(
    access: Access,
    url: str,
    dga_folder: Path,  # noqa: F811
    key: Path,  # noqa: F811
) -> None:
    upload(url, access, dga_folder)
    Client(url, access).put("threshold.json", b'{"log_odds": 9.0}')

    folder, trusted = at_hand(url, access), signing.trusted_keys([key.with_suffix(".pub")])
    with pytest.raises(BundleRefused, match="refused"):
        openers(folder, trusted)


def test_a_place_without_a_model_is_named(access: Access, url: str) -> None:
    with pytest.raises(NoModel, match="no model to serve"):
        openers(at_hand(url, access), [])
