"""A job of the toy detector, fitted, for every test of a way."""

from __future__ import annotations

import pytest

from detectory.choice import Choice
from detectory.job import Job
from detectory.library import plan, run
from tests.toy.make import make_home

STAGES = ("bronze", "silver", "gold", "split", "fit")


MORE = """
        Candidate("forest", "score", "trees", ("dense", "suffix_id"), {"n_estimators": 6}),
        Candidate("stacked", "score", "stacked", ("dense", "suffix_id", "ids"), {"rounds": 20, "folds": 2}),
        Candidate("boosted", "score", "boosted", ("dense", "suffix_id"), {"rounds": 20}, by_request=True),
"""


@pytest.fixture(scope="package")
def job(tmp_path_factory: pytest.TempPathFactory) -> Job:
    """What a way is handed: the toy detector, fitted, with a cap that leaves rows over. Not to be changed."""
    home = make_home(tmp_path_factory.mktemp("toy"), origin="generated")
    model, toml = home.own / "toy/model.py", home.own / "toy/detector.toml"
    model.write_text(model.read_text().replace("    return [\n", f"    return [{MORE}", 1))
    toml.write_text(toml.read_text().replace("[split]\n", "[split]\ntrain_rows_negative = 300\n"))
    fitted, planned = run("toy", stages=STAGES, within=home).artifacts, plan("toy", within=home)
    work = tmp_path_factory.mktemp("work")
    with planned.store.writing("toy/tried", key="0", parents={}, made={}) as out:
        return Job(planned.detector, fitted, out, planned.sources, 1.0, 1, 1, Choice(), work)
