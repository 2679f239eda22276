"""A report opens from a file, says in its first line whether the version may ship, and repeats itself."""

from __future__ import annotations

import json
import re
import subprocess
import time
from collections.abc import Callable
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest

from detectory.judge import gates, report
from detectory.judge.alert_report import ReportFacts
from detectory.judge.compression import CandidateRow
from detectory.judge.evaluate import core_metrics, evaluate
from detectory.judge.gates import Gate
from detectory.judge.reported import DataCounts
from detectory.judge.scored import Scored
from detectory.judge.slices import PopulationRow
from detectory.judge.threshold import Threshold
from detectory.judge.titles import title_of
from detectory.judge.verdict import CheckResult
from detectory.metrics import Interval, wilson
from tests import needs

Make = Callable[..., Scored]
HOSTILE = "<img src=x onerror=alert(1)>"
VOID = {"meta", "br", "img", "link", "input", "hr"}


def facts_of(scored: Scored, threshold: Threshold, *, least: float) -> ReportFacts:
    """Threshold, verdict, gates and report, as the stage calls them."""
    verdict = evaluate(scored, threshold=threshold, classes=("benign", *scored.families), seed=1, times=20)
    constant = core_metrics(np.zeros(len(scored.target)), scored, seed=1, times=5)
    verdict = replace(
        verdict,
        baselines={"majority": constant},
        ablations={"without suffix": constant},
        behaviour=[CheckResult("case does not matter", "invariance", wilson(99, 100), True, HOSTILE)],
    )
    held = [Gate("recall_seen_at_budget", at_least=least), Gate("fpr_at_budget", at_most=0.02)]
    return ReportFacts(
        detector="dga",
        title="Machine-made domain names",
        question="Is this domain name machine-made?",
        verdict=verdict,
        gates=gates.check(held, verdict.metrics),
        threshold=threshold,
        data=DataCounts(read=110, good=100, duplicates=7, rejected={"too_long": 3}),
        candidates=[
            CandidateRow("xgboost", "score", "recall_at_fpr_1e-3", Interval(0.9, 0.8, 1.0), 2**20, True)
        ],
        origins={"real": 90, "generated": 20},
        lineage={"gold": "9f3c"},
        environment={"numpy": "2"},
        notes=["Made from generated rows."],
    )


@pytest.fixture(scope="module")
def facts(scored: Scored, threshold: Threshold) -> ReportFacts:
    return facts_of(scored, threshold, least=0.5)


@pytest.fixture(scope="module")
def page(facts: ReportFacts) -> str:
    return report.render(facts)["report.html"].decode()


class _Tags(HTMLParser):
    """Every tag with its attributes, and whether each is closed in its turn."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_the_page_is_one_file_without_script_or_any_reference_outside(page: str) -> None:
    tags = _Tags(page)
    assert tags.open == []
    assert "script" not in {tag for tag, _ in tags.found}
    addresses = [v for _, attributes in tags.found for k, v in attributes.items() if k in ("href", "src")]
    assert all(address and address.startswith("#") for address in addresses)
    assert not re.search(r"https?://|@import|url\(", page)
    assert len(page.encode()) < 2 * 2**20


def test_the_same_facts_give_the_same_bytes(facts: ReportFacts, page: str) -> None:
    assert report.render(facts)["report.html"].decode() == page


def test_rendering_takes_at_most_four_seconds(facts: ReportFacts) -> None:
    start = time.process_time()
    report.render(facts)
    assert time.process_time() - start < 4


def test_ids_are_never_given_twice_and_every_drawing_has_a_text_alternative(page: str) -> None:
    tags = _Tags(page).found
    ids = [attributes["id"] for _, attributes in tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    drawings = [attributes for tag, attributes in tags if tag == "svg"]
    assert len(drawings) == 6
    assert all("aria-label" in attributes or "aria-hidden" in attributes for attributes in drawings)


def test_the_numbers_behind_each_plot_are_in_a_table(page: str) -> None:
    assert page.count("<figure>") == 5
    assert len(re.findall(r"<details><summary>The numbers</summary>\s*<div[^>]*>\s*<table", page)) == 5


def test_intervals_on_unseen_kinds_are_said_to_be_of_these_kinds_alone(facts: ReportFacts, page: str) -> None:
    recalls = sorted(row.detected.value for row in facts.verdict.families if not row.seen)
    assert len(recalls) == 2
    assert f"2 in all, whose recalls at the budget go from {recalls[0]:.3f} to {recalls[1]:.3f}: " in page
    assert "another kind may lie anywhere" in page


def test_what_comes_from_data_is_escaped(page: str, facts: ReportFacts) -> None:
    assert HOSTILE not in page
    assert "&lt;img src=x onerror" in page
    assert "suffix: &lt;script&gt;" in page
    assert "<img" not in report.render(facts)["report.md"].decode()


def test_a_version_that_clears_its_gates_may_ship(page: str) -> None:
    assert "May ship" in page
    assert "All 2 gates hold" in page


def test_a_failed_gate_is_named_with_its_gap_in_the_first_lines(scored: Scored, threshold: Threshold) -> None:
    files = report.render(facts_of(scored, threshold, least=1.01))
    first = files["report.md"].decode().splitlines()[:8]
    assert any("Must not ship: 1 of 2 gates fails" in line for line in first)
    assert any("below its gate (at least 1.01)" in line for line in first)
    assert json.loads(files["report.json"])["passed"] is False


def test_without_a_gate_nothing_is_said_to_have_passed(facts: ReportFacts) -> None:
    found = report.as_json(replace(facts, gates=[]))
    assert found["passed"] is False
    assert found["headline"]["line"] == "Judged without a gate"


def test_a_population_over_the_budget_is_a_warning_in_the_headline(facts: ReportFacts) -> None:
    over = PopulationRow("opendns", 1000, 75, wilson(75, 1000))
    within = PopulationRow("hsts", 1000, 0, wilson(0, 1000))
    found = report.headline(replace(facts, verdict=replace(facts.verdict, populations=[over, within])))
    assert found.line == "May ship"
    assert found.why.endswith("over the budget on opendns: 7.50%")


def test_an_evasion_is_measured_and_neither_holds_nor_fails(facts: ReportFacts) -> None:
    evasion = CheckResult("hyphens added", "evasion", wilson(1, 100), True)
    found = report.render(replace(facts, verdict=replace(facts.verdict, behaviour=[evasion])))
    text = found["report.md"].decode()
    assert "| measured | hyphens added (evasion) |" in text
    assert "✓ held" not in text


def test_an_unknown_version_is_left_out_of_the_figures(facts: ReportFacts) -> None:
    assert "version" not in report.as_json(facts)
    assert report.as_json(replace(facts, version="3"))["version"] == "3"


def test_every_recall_at_a_false_positive_rate_has_a_title(facts: ReportFacts) -> None:
    names = [name for name in facts.verdict.metrics if "at_fpr" in name]
    assert [name for name in names if title_of(name) == name] == []


def test_the_order_is_verdict_metrics_novelty_threshold_labels_slices_data(page: str) -> None:
    anchors = re.findall(r'<section id="(\w+)"', page)
    assert anchors == [
        "metrics",
        "novelty",
        "threshold",
        "labels",
        "calibration",
        "slices",
        "populations",
        "families",
        "behaviour",
        "data",
        "candidates",
        "lineage",
    ]


def test_json_holds_everything_and_a_schema_version(facts: ReportFacts) -> None:
    found = json.loads(report.render(facts)["report.json"])
    assert found["schema_version"] == 1
    assert found["verdict"]["metrics"]["roc_auc"]["value"] == facts.verdict.metrics["roc_auc"].value
    assert {"gates", "threshold", "data", "candidates", "lineage", "environment", "origins"} <= set(found)


def test_every_table_of_the_markdown_has_rows_as_wide_as_its_head(facts: ReportFacts) -> None:
    text = report.render(facts)["report.md"].decode()
    for table in re.findall(r"(?:^\|.*\|\n)+", text, flags=re.MULTILINE):
        widths = {len(re.findall(r"(?<!\\)\|", line)) for line in table.splitlines()}
        assert len(widths) == 1, table


def test_counts_that_do_not_add_up_are_said_so(facts: ReportFacts) -> None:
    wrong = replace(facts, data=replace(facts.data, good=99))
    assert "do not add up" in report.render(wrong)["report.html"].decode()


@pytest.mark.parametrize(("rows", "benign"), [(0, 0.5), (200, 0.0), (200, 1.0)])
def test_rows_of_one_class_or_none_still_make_a_report(
    make: Make, threshold: Threshold, rows: int, benign: float
) -> None:
    files = report.render(facts_of(make(rows, benign=benign), threshold, least=0.5))
    assert b"Threshold and certificate" in files["report.html"]
    json.loads(files["report.json"])


def test_a_browser_shows_the_page_from_a_file_without_an_error(page: str, tmp_path: Path) -> None:
    (tmp_path / "report.html").write_text(page, encoding="utf-8")
    command = [needs.debian_package("chromium"), "--headless", "--no-sandbox", "--disable-gpu", "--dump-dom"]
    address = (tmp_path / "report.html").as_uri()
    shown = subprocess.run([*command, address], capture_output=True, text=True, timeout=60, check=True)
    assert "May ship" in shown.stdout
    assert "Refused to" not in shown.stderr
