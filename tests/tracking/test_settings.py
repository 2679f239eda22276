"""Secrets of trackers are referred to: one that is written out is refused, and not repeated."""

from __future__ import annotations

from pathlib import Path

import pytest

from detectory import settings
from detectory.errors import BadSetting


@pytest.mark.parametrize(
    "key",
    ["tracking.mlflow.token", "tracking.mlflow.username", "tracking.mlflow.password", "tracking.wandb.key"],
)
def test_a_secret_that_is_written_out_is_refused_and_not_repeated(key: str, tmp_path: Path) -> None:
    section, _, name = key.rpartition(".")
    (tmp_path / "detectory.toml").write_text(f'[{section}]\n{name} = "s3cr3t"\n')
    for refused in (
        lambda: settings.read(given=[f"{key}=s3cr3t"]),
        lambda: settings.read(env={settings.variable_of(key): "s3cr3t"}),
        lambda: settings.read(tmp_path / "detectory.toml"),
    ):
        with pytest.raises(BadSetting, match=key) as found:
            refused()
        assert "s3cr3t" not in str(found.value)
        assert "env:NAME or file:PATH" in found.value.why


def test_a_password_in_an_address_is_refused_and_not_repeated() -> None:
    with pytest.raises(BadSetting, match=r"tracking\.mlflow\.uri") as refused:
        settings.read(given=["tracking.mlflow.uri=https://ann:s3cr3t@mlflow.example"])
    assert "s3cr3t" not in str(refused.value)


def test_references_are_taken_and_so_is_an_address_without_a_password() -> None:
    given = ["tracking.sinks=mlflow,wandb", "tracking.mlflow.token=env:TOKEN", "tracking.wandb.key=file:key"]
    read = settings.read(given=[*given, "tracking.mlflow.uri=https://mlflow.example"]).settings.tracking
    assert (read.sinks, read.mlflow.token, read.wandb.key) == (("mlflow", "wandb"), "env:TOKEN", "file:key")


def test_no_sink_can_be_named_where_a_file_names_some(tmp_path: Path) -> None:
    (tmp_path / "detectory.toml").write_text('[tracking]\nsinks = ["wandb"]\n')
    read = settings.read(tmp_path / "detectory.toml", given=["tracking.sinks="])
    assert read.settings.tracking.sinks == ()


def test_another_sink_is_refused_with_those_there_are() -> None:
    with pytest.raises(BadSetting, match=r"tracking\.sinks"):
        settings.read(given=["tracking.sinks=neptune"])
