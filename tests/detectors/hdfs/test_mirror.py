"""hdfs on real blocks: from the mirror to a judged version, and both doors on a raw log."""

from __future__ import annotations

import csv
import gzip
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from detectory import pipeline, signing
from detectory.artifacts import Artifact
from detectory.detectors.hdfs.features import features
from detectory.detectors.hdfs.parse import parse
from detectory.library import Workspace, run, workspace


@pytest.fixture(scope="module")
def home(mirror: Path, tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    made = workspace(tmp_path_factory.mktemp("hdfs"), [f"mirror={mirror}"])
    signing.new_key(made.signing_key)
    return made


@pytest.fixture(scope="module")
def made(home: Workspace) -> dict[str, Artifact]:
    return run("hdfs", stages=pipeline.chosen(last="judge"), within=home).artifacts


@pytest.fixture(scope="module")
def sequences(mirror: Path) -> dict[str, str]:
    """The whole sequence of each block that has a name."""
    return dict(of_blocks(mirror))


def of_blocks(mirror: Path) -> Iterator[tuple[str, str]]:
    for name in ("hdfs_loghub_abnormal.csv.gz", "hdfs_loghub_normal_train.csv.gz"):
        for block, sequence in csv.reader(read(mirror, name)):
            yield block, sequence.strip()


def read(mirror: Path, name: str) -> list[str]:
    return gzip.decompress((mirror / "hdfs" / name).read_bytes()).decode().splitlines()


def test_every_row_is_accounted_for_and_every_block_named_is_kept(made: dict[str, Artifact]) -> None:
    facts = made["silver"].facts
    assert facts["read"] == facts["good"] + facts["duplicates"] == 23_066
    assert facts["classes"] == {"fail": 12_628, "normal": 6_422}


def test_no_sequence_is_learned_from_and_tested_as_unseen(made: dict[str, Artifact]) -> None:
    rows = pl.concat(
        [
            pl.read_parquet(made["silver"].path("rows.parquet"), columns=["sequence"]),
            pl.read_parquet(made["split"].path("parts.parquet")),
        ],
        how="horizontal",
    )
    learned = set(rows.filter(pl.col("part").is_in(["train", "validation", "calibration"]))["sequence"])
    unseen = rows.filter(pl.col("part") == "test", ~pl.col("seen"))["sequence"]
    assert not learned & set(unseen)
    assert unseen.len() > 3_000


def test_gates_hold_and_unseen_failures_are_found_within_the_budget(made: dict[str, Artifact]) -> None:
    verdict = made["judge"].json("verdict.json")
    assert verdict["passed"]
    assert verdict["metrics"]["recall_unseen_at_budget"]["value"] > 0.98
    assert verdict["metrics"]["fpr_at_budget"]["value"] < 0.01


def test_the_statements_are_those_that_the_sequences_count_by(
    mirror: Path, sequences: dict[str, str]
) -> None:
    """The raw log ends after minutes: what it has of a block begins the block's whole sequence."""
    parsed = parse({"log_line": read(mirror, "HDFS_20000.log.gz")}, door="lines")
    begun = dict(zip(parsed.rows["block"], parsed.rows["sequence"], strict=True))
    both = begun.keys() & sequences.keys()
    assert len(both) == 53
    assert all(f"{sequences[block]} ".startswith(f"{begun[block]} ") for block in both)
    assert sum(parsed.rows["new_lines"]) == 0


def test_lines_chosen_by_block_give_the_features_of_the_sequences(
    mirror: Path, sequences: dict[str, str]
) -> None:
    parsed = parse({"log_line": read(mirror, "HDFS_5k.log.gz")}, door="lines")
    whole = [block in sequences and len(text.split()) >= len(sequences[block].split())
             for block, text in zip(parsed.rows["block"], parsed.rows["sequence"], strict=True)]  # fmt: skip
    names = np.array(parsed.rows["block"])[whole]
    assert len(names) > 0
    told = {"sequence": [sequences[name] for name in names], "latency_s": [None] * len(names)}
    assert np.array_equal(features(parsed.rows)["dense"][whole], features(told)["dense"])


def test_every_line_of_the_raw_logs_is_of_the_template_that_the_list_numbers(mirror: Path) -> None:
    """The words of template n stand, in order, in every line that is called event n."""
    templates = (mirror / "hdfs/HDFS_templates.csv").read_text().splitlines()
    words = [[part.strip() for part in text.split("<*>") if part.strip()] for text in templates]
    for name in ("HDFS_20000.log.gz", "HDFS_5k.log.gz"):
        for line in sorted(set(read(mirror, name)))[::7]:
            [event] = {*parse({"log_line": [line]}, door="lines").rows["sequence"][0].split()}
            rest = line
            for word in words[int(event) - 1]:
                assert word in rest, (event, line)
                rest = rest.partition(word)[2]
