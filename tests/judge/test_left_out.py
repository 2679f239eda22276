"""Left out: what a model is worth on a kind that it never learned from."""

from detectory.library import Workspace


def left_out(toy_made: Workspace) -> dict:
    return toy_made.scorer("toy").bundle.json("report.json")["verdict"]["left_out"]["beta"]


def test_what_is_left_out_is_tested_beside_all_benign_rows(toy_made: Workspace) -> None:
    counts = toy_made.scorer("toy").bundle.json("report.json")["verdict"]["counts"]
    assert counts["benign"] < left_out(toy_made)["rows"] < counts["rows"]


def test_the_version_that_learned_from_them_ranks_them_better(toy_made: Workspace) -> None:
    found = left_out(toy_made)
    assert found["version"]["roc_auc"]["value"] > 0.95
    assert 0.5 < found["without"]["roc_auc"]["high"] <= 1
    assert found["without"]["average_precision"]["value"] <= found["version"]["average_precision"]["value"]


def test_the_report_shows_both(toy_made: Workspace) -> None:
    page = toy_made.scorer("toy").bundle.files["report.md"].decode()
    assert "Without what it never saw" in page
    assert "never learned from them" in page


def test_no_graph_that_left_something_out_is_shipped(toy_made: Workspace) -> None:
    files = toy_made.scorer("toy").bundle.manifest.files
    graphs = ["family.onnx", "score.onnx", "score.trees.onnx"]
    assert sorted(name for name in files if name.endswith(".onnx")) == graphs
