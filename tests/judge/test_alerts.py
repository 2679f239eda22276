"""Baselines beside the version: those that are fitted for it, and the candidates that are called simpler."""

from detectory.library import Workspace


def report(home: Workspace) -> dict:
    return home.scorer("toy").bundle.json("report.json")


def test_baselines_are_the_usual_ones_and_those_asked_for(toy_made: Workspace) -> None:
    usual = {"majority", "single feature", "look-up table"}
    assert set(report(toy_made)["verdict"]["baselines"]) == usual | {"k-means", "linear"}


def test_a_candidate_that_is_a_baseline_ranks_as_the_version_only_where_it_was_chosen(
    toy_made: Workspace,
) -> None:
    told = report(toy_made)
    chosen = [one["name"] for one in told["candidates"] if one["head"] == "score" and one["chosen"]]
    linear, version = told["verdict"]["baselines"]["linear"], told["verdict"]["metrics"]
    assert (linear["roc_auc"] == version["roc_auc"]) == (chosen == ["linear"])
