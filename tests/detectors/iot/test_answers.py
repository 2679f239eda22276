"""A version of iot asked as its users ask: with Zeek's own logs."""

from __future__ import annotations

import io
import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from detectory.formats.read import read
from detectory.formats.source import Source
from detectory.library import Workspace
from detectory.runtime import Scorer
from tests.detectors.iot.made import COLUMNS, as_json, csv, labelled, make, zeek


@pytest.fixture
def scorer(made: Callable[[str], Workspace]) -> Scorer:
    """A version made of synthetic rows."""
    return made("iot").scorer("iot", "1")


def scores(scorer: Scorer, text: str) -> Any:
    source = Source("conn.log", io.BufferedReader(io.BytesIO(text.encode())))
    return np.concatenate([scorer.score(chunk.asked()).log_odds for chunk in read(source, scorer.spec.asked)])


def test_the_same_flows_get_the_same_scores_in_every_form(scorer: Scorer) -> None:
    flows = labelled(random.Random(5))[:200]
    log = scores(scorer, zeek(flows, (*COLUMNS[:-1], "tunnel_parents   label   detailed-label")))
    assert len(log) == 200
    assert np.array_equal(log, scores(scorer, csv(flows)))
    assert np.array_equal(log, scores(scorer, "".join(json.dumps(as_json(flow)) + "\n" for flow in flows)))


def test_addresses_change_nothing(scorer: Scorer, tmp_path: Path) -> None:
    log = make(tmp_path, seed=0)[1].read_text()
    moved = log.replace("192.0.2.10", "203.0.113.99").replace("198.51.100.7", "fe80::1")
    assert np.array_equal(scores(scorer, log), scores(scorer, moved))


def test_an_attack_alerts_and_is_named(scorer: Scorer) -> None:
    door = scorer.spec.asked[0]
    irc = {"id.resp_p": 6667, "proto": "tcp", "service": "irc", "conn_state": "S3", "history": "ShADda"}
    sizes = {"duration": 2.5, "orig_bytes": 80, "resp_bytes": 90, "missed_bytes": 0, "orig_pkts": 1}
    more = {"orig_ip_bytes": 120, "resp_pkts": 1, "resp_ip_bytes": 130}
    answer = scorer.score({name: [(irc | sizes | more).get(name)] for name in door})
    assert answer.alert.tolist() == [True]
    assert answer.label.tolist() == ["C&C"]
