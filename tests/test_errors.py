"""Errors: what they advise can be done."""

from detectory import errors


def test_a_final_refusal_does_not_offer_what_would_be_refused_again() -> None:
    refused = errors.PromotionRefused("toy", 1, why="synthetic rows", is_final=True)
    assert "--override" not in refused.fix
    assert "toy@1 --override" in errors.PromotionRefused("toy", 1, why="a gate").fix


def test_without_a_champion_both_ways_to_one_are_named() -> None:
    fix = errors.NoChampion("toy").fix
    assert "detectory run toy" in fix
    assert "detectory models promote toy" in fix


def test_a_sample_too_small_to_certify_is_told_to_grow() -> None:
    assert "--sample" in errors.CannotCertify(0.001, rows=10, needed=2995, smallest=0.3).fix


def test_an_address_that_cannot_be_had_may_be_the_host_or_the_port() -> None:
    fix = errors.CannotListen("10.9.9.9", 80, reason="not ours").fix
    assert "port" in fix
    assert "'10.9.9.9'" in fix


def test_no_advice_needs_what_has_just_failed() -> None:
    assert "config show" not in errors.BadSetting("detectory.toml", why="no TOML").fix


def test_a_library_is_installed_otherwise_in_a_clone() -> None:
    fix = errors.MissingExtra("polars", extra="train", because="to read Parquet").fix
    assert fix.startswith("make setup")
    assert "pip install 'detectory[train]'" in fix
