"""iot's features: true numbers, finite whatever is missing, and nothing of who spoke to whom."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from detectory.detectors.iot.features import DENSE, NAMES, PORT, features
from detectory.detectors.iot.parse import parse
from detectory.schema import Features
from tests.detectors.iot.test_parse import flows


def made(**fields: Any) -> Features:
    return features(parse(flows(fields)).rows)


def dense(**fields: Any) -> dict[str, float]:
    return dict(zip(DENSE, made(**fields)["dense"][0].tolist(), strict=True))


@pytest.mark.parametrize(
    ("fields", "name", "value"),
    [
        ({"duration": 0}, "duration", 0),
        ({"duration": None}, "duration", -1),
        ({"duration": None}, "duration_missing", 1),
        ({"orig_bytes": 1, "resp_bytes": 2}, "bytes_missing", 0),
        ({"orig_bytes": 1}, "bytes_missing", 1),
        ({"service": "dns"}, "service_missing", 0),
        ({"orig_pkts": 4, "orig_ip_bytes": 200}, "orig_packet", 50),
        ({"orig_pkts": 4, "orig_ip_bytes": 200, "orig_bytes": 40}, "orig_header", 40),
        ({"resp_pkts": 2, "resp_ip_bytes": 90, "resp_bytes": 10}, "resp_header", 40),
        ({"resp_pkts": 2, "resp_ip_bytes": 10, "resp_bytes": 90}, "resp_header", 0),
        ({"resp_pkts": 0, "resp_ip_bytes": 0}, "resp_packet", 0),
        ({"orig_ip_bytes": 30, "resp_ip_bytes": 10}, "orig_share", 0.75),
        ({"orig_pkts": 1, "resp_pkts": 3}, "orig_packet_share", 0.25),
        ({"duration": 0, "orig_ip_bytes": 30}, "bytes_a_second", 0),
        ({"history": "ShAdDaFf"}, "history_length", 8),
        ({"history": "ShAdDaFf"}, "history_turns", 7),
        ({"history": "^dd"}, "history_flipped", 1),
        ({"history": "SSr"}, "orig_syn", 2),
        ({"history": "Sr"}, "resp_rst", 1),
        ({"history": "Sh"}, "resp_syn_ack", 1),
        ({"history": None}, "history_length", 0),
    ],
)
def test_a_column_says_what_its_name_says(fields: dict[str, Any], name: str, value: float) -> None:
    assert dense(**fields)[name] == pytest.approx(value)


def test_sizes_are_logarithms_and_rates_too() -> None:
    row = dense(duration=2, orig_ip_bytes=60, orig_pkts=2, resp_pkts=0, resp_ip_bytes=0)
    assert row["orig_ip_bytes"] == pytest.approx(np.log(61), rel=1e-6)
    assert row["bytes_a_second"] == pytest.approx(np.log(31), rel=1e-6)
    assert row["packets_a_second"] == pytest.approx(np.log(2), rel=1e-6)


def test_no_two_columns_have_one_name() -> None:
    assert len(set(DENSE)) == len(DENSE)


@pytest.mark.parametrize(("port", "classes"), [(1023, [1, 0, 0]), (1024, [0, 1, 0]), (49152, [0, 0, 1])])
def test_a_port_is_a_number_a_class_and_a_category(port: int, classes: list[int]) -> None:
    tensors = made(**{"id.resp_p": port})
    assert tensors["port"].tolist() == [[port, *classes]]
    assert tensors["port_id"].tolist() == [port]
    assert len(PORT) == 4


def test_categories_are_equal_where_their_words_are() -> None:
    rows = parse(flows({"service": "dns"}, {"service": "DNS"}, {"service": "-"}, {})).rows
    first, second, third, fourth = features(rows)["service_id"].tolist()
    assert first == second != third == fourth


def test_what_is_huge_stays_finite() -> None:
    huge = dict.fromkeys(("orig_bytes", "resp_bytes", "orig_pkts", "orig_ip_bytes", "resp_ip_bytes"), 2**53)
    for tensor in made(**huge, duration=1e-6).values():
        assert np.isfinite(tensor).all()


def test_no_rows_have_tensors_of_no_rows() -> None:
    assert {name: len(tensor) for name, tensor in features(parse(flows()).rows).items()} == dict.fromkeys(
        NAMES, 0
    )
