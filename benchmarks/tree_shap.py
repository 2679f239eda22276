"""What a row costs to explain: our kernel against XGBoost's `pred_contribs`, the same trees, in one run.

    python benchmarks/tree_shap.py [WORKSPACE] [--repeats 16]

For every champion of WORKSPACE that is made of trees: its tables are explained by the kernel ``tree_shap``,
and by XGBoost after they were put into a booster of its own (a forest's "at most" becomes a "less than" the
next number). The rows are the bundle's golden ones, over and over; one thread each; the best of three. Both
give the same Shapley values; the largest difference stands beside.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import xgboost
from onnx import numpy_helper

from detectory import detectors
from detectory.errors import DetectoryError
from detectory.library import workspace
from detectory.runtime import Scorer


def main() -> None:
    """Print a table."""
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("workspace", nargs="?", default=".", type=Path)
    arguments.add_argument("--repeats", type=int, default=16)
    told = arguments.parse_args()
    print(
        f"{'':<10}{'trees':>7}{'nodes':>8}{'ours, us':>10}{'xgboost, us':>13}{'ratio':>8}{'difference':>12}"
    )
    home = workspace(told.workspace)
    for name in detectors.names():
        with suppress(DetectoryError):  # without a champion there is nothing to explain
            compare(home.scorer(name), repeats=told.repeats)


def compare(scorer: Scorer, *, repeats: int) -> None:
    """One line of the table."""
    name, trees = scorer.spec.name, scorer.trees
    if trees is None:
        print(f"{name:<10} is not made of trees")
        return
    golden = scorer.bundle.json("golden.json")["rows"]
    columns = np.repeat(trees.explain(scorer.features(golden)).columns, repeats, axis=0)
    model = onnx.load_from_string(scorer.bundle.files[scorer.bundle.manifest.heads[scorer.DECIDES].trees])
    arrays = {each.name: numpy_helper.to_array(each) for each in model.graph.initializer}
    less = {each.key: each.value for each in model.metadata_props}["branch"] == '"BRANCH_LT"'
    booster, rows = booster_of(arrays, columns, less=less), xgboost.DMatrix(columns, nthread=1)
    ours, fast = best(lambda: trees.tables.contributions(columns), len(columns))
    theirs, slow = best(lambda: booster.predict(rows, pred_contribs=True)[:, :-1], len(columns))
    apart = np.abs(ours - theirs).max()
    sizes = f"{len(arrays['roots']):>7,}{len(arrays['feature']):>8,}"
    print(f"{name:<10}{sizes}{fast:>10.1f}{slow:>13.1f}{slow / fast:>7.1f}x{apart:>12.1e}")


def best(work: Callable[[], np.ndarray], rows: int) -> tuple[np.ndarray, float]:
    """What it gives, and microseconds a row."""
    taken = []
    for _ in range(3):
        began = time.perf_counter()
        found = work()
        taken.append((time.perf_counter() - began) / rows * 1e6)
    return found, min(taken)


def booster_of(arrays: dict[str, np.ndarray], columns: np.ndarray, *, less: bool) -> xgboost.Booster:
    """The tables as a booster: one of a single stump, whose trees are replaced."""
    options = {"objective": "reg:squarederror", "base_score": 0.0, "nthread": 1, "max_depth": 1}
    stump = xgboost.train(options, xgboost.QuantileDMatrix(columns, np.arange(len(columns))), 1)
    document = json.loads(bytes(stump.save_raw("json")))
    model = document["learner"]["gradient_booster"]["model"]
    ends = [*arrays["roots"][1:].tolist(), len(arrays["feature"])]
    model["trees"] = [
        tree_of(arrays, number, start, end, columns.shape[1], less=less)
        for number, (start, end) in enumerate(zip(arrays["roots"].tolist(), ends, strict=True))
    ]
    model["tree_info"] = [0] * len(ends)
    model["iteration_indptr"] = list(range(len(ends) + 1))
    model["gbtree_model_param"]["num_trees"] = str(len(ends))
    booster = xgboost.Booster({"nthread": 1})
    booster.load_model(bytearray(json.dumps(document).encode()))
    return booster


def tree_of(
    arrays: dict[str, np.ndarray], number: int, start: int, end: int, width: int, *, less: bool
) -> dict[str, Any]:
    """One tree in the words of XGBoost's JSON, which has the children of a node side by side."""
    order, left, right, parents = side_by_side(
        arrays["feature"][start:end], arrays["right"][start:end] - start
    )
    told = {name: arrays[name][start:end][order] for name in ("feature", "number", "cover", "missing_left")}
    inner, limit = told["feature"] >= 0, told["number"]
    if not less:
        limit = np.where(inner, np.nextafter(limit, np.float32(np.inf)), limit)
    nodes = str(end - start)
    return {
        "id": number,
        "tree_param": {
            "num_deleted": "0", "num_feature": str(width), "num_nodes": nodes, "size_leaf_vector": "1"
        },
        "left_children": left,
        "right_children": right,
        "parents": parents,
        "split_indices": np.where(inner, told["feature"], 0).tolist(),
        "split_conditions": limit.astype(float).tolist(),
        "split_type": [0] * len(order),
        "default_left": told["missing_left"].tolist(),
        "sum_hessian": told["cover"].astype(float).tolist(),
        "base_weights": np.where(inner, 0, limit).astype(float).tolist(),
        "loss_changes": [0.0] * len(order),
        "categories": [], "categories_nodes": [], "categories_segments": [], "categories_sizes": [],
    }  # fmt: skip


def side_by_side(feature: np.ndarray, right: np.ndarray) -> tuple[list[int], list[int], list[int], list[int]]:
    """The nodes level by level; the place of each one's left and right child, and of its parent."""
    order, left, right_of, parents = [0], [], [], [2**31 - 1]
    for place, node in enumerate(order):  # which grows on the way
        leaf = feature[node] < 0
        left.append(-1 if leaf else len(order))
        right_of.append(-1 if leaf else len(order) + 1)
        if not leaf:
            order += [node + 1, int(right[node])]
            parents += [place, place]
    return order, left, right_of, parents


if __name__ == "__main__":
    main()
