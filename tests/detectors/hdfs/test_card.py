"""The card says what the code does: reasons, features, candidates, split, budget."""

from __future__ import annotations

import re

from detectory import detectors
from detectory.detectors.hdfs import model, parse
from detectory.detectors.hdfs.features import DENSE, TIME

DETECTOR = detectors.load("hdfs")
CARD = (DETECTOR.folder / "README.md").read_text(encoding="utf-8")


def section(heading: str) -> str:
    return re.split(r"^##+ ", CARD.split(f"## {heading}\n", 1)[1], maxsplit=1, flags=re.MULTILINE)[0]


def table(text: str) -> dict[str, str]:
    """The second cell of each row by the first."""
    cells = [line.strip("|").split("|") for line in text.splitlines() if line.startswith("| `")]
    return {row[0].strip(" `"): row[1].strip() for row in cells}


def test_every_reason_of_a_rejection_is_told_with_its_meaning() -> None:
    told = table(section("Input").split("| reason |")[1])
    assert told == parse.REASONS


def test_every_door_is_told() -> None:
    assert set(table(section("Input").split("| reason |")[0])) == set(DETECTOR.spec.doors)


def test_every_feature_is_in_a_group() -> None:
    assert sorted(re.findall(r"`(\w+)`", section("Features"))) == sorted([*DENSE, *TIME])


def test_every_candidate_is_told() -> None:
    assert set(table(section("Models"))) == {candidate.name for candidate in model.candidates()}


def test_shares_limits_and_budget_are_those_of_the_words() -> None:
    spec = DETECTOR.spec
    assert re.findall(r"(\d+) %", section("Split")) == [
        f"{100 * part:.0f}" for part in spec.split.parts.values()
    ]
    assert f"{spec.limits.size_mib:g} MiB and {spec.limits.row_us:g} µs a row" in section("Models")
    assert f"false positive rate of {spec.budget.rate:g}, at {spec.budget.prevalence:.2%}".replace(
        "%", " %"
    ) in section("Alert budget")
