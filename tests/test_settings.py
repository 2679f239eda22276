"""Settings: four layers, each value with its origin, nothing unknown accepted."""

from pathlib import Path

import pytest

from detectory import settings
from detectory.errors import BadSetting


def test_later_layers_win_and_each_value_tells_where_it_came_from(tmp_path: Path) -> None:
    file = tmp_path / "detectory.toml"
    file.write_text('store = "from-file"\nseed = 3\n\n[serving]\nport = 1000\n')
    env = {"DETECTORY__SERVING__PORT": "2000", "DETECTORY_SEED": "4", "PATH": "/bin"}
    read = settings.read(file, env=env, given=["seed=5"])
    where = {origin.key: origin.where for origin in read.origins}
    assert read.settings.store == "from-file"
    assert read.settings.serving.port == 2000
    assert read.settings.seed == 5
    assert where["store"] == "detectory.toml:1"
    assert where["serving.port"] == "environment DETECTORY__SERVING__PORT"
    assert where["seed"] == "--set"
    assert where["mirror"] == "built in"


def test_an_unknown_key_is_answered_with_the_known_one() -> None:
    with pytest.raises(BadSetting, match=r"serving\.prot") as caught:
        settings.read(given=["serving.prot=1"])
    assert "did you mean 'serving.port'" in caught.value.why


def test_an_unknown_variable_is_told_too() -> None:
    with pytest.raises(BadSetting, match="stor") as caught:
        settings.read(env={"DETECTORY_STOR": "x"})
    assert caught.value.where == "environment DETECTORY_STOR"


def test_a_value_that_does_not_fit_is_told_with_its_place(tmp_path: Path) -> None:
    file = tmp_path / "detectory.toml"
    file.write_text('\n[serving]\nport = "eighty"\n')
    with pytest.raises(BadSetting, match=r"serving\.port") as caught:
        settings.read(file)
    assert caught.value.where == "detectory.toml:3"


def test_a_file_that_is_no_toml_is_told(tmp_path: Path) -> None:
    file = tmp_path / "detectory.toml"
    file.write_text("store = = 1")
    with pytest.raises(BadSetting, match=r"detectory\.toml") as caught:
        settings.read(file)
    assert "correct it there" in caught.value.fix


@pytest.mark.parametrize(
    "pair",
    [
        "serving.port=70000", "serving.port=-1", "threads=0", "seed=-1", "seed=4294967296",
        "serving.max_rows=0", "serving.max_body_bytes=0",
    ],
)  # fmt: skip
def test_a_number_out_of_range_is_told(pair: str) -> None:
    with pytest.raises(BadSetting, match=pair.partition("=")[0]) as caught:
        settings.read(given=[pair])
    assert "Expected `int` " in caught.value.why


def test_a_list_comes_from_the_environment_with_commas() -> None:
    read = settings.read(env={"DETECTORY__SIGNING__TRUSTED": "a.pub,b.pub"})
    assert read.settings.signing.trusted == ("a.pub", "b.pub")
