"""Findings as OCSF: valid by the published schemas, of the version that they name and of its neighbours."""

from __future__ import annotations

import importlib
import json
from collections.abc import Iterator
from typing import Any

import pytest
from pydantic import BaseModel

from detectory.findings import ocsf
from tests.findings.told import ALERTING, REASON, finding_of

#: the schemas of schema.ocsf.io, as the package pydantic-ocsf brings them
VERSIONS = ["v1_4_0", "v1_5_0", "v1_6_0", "v1_7_0"]


def strangers(model: BaseModel, path: str = "") -> Iterator[str]:
    """What a model holds that its schema does not name. ``unmapped`` is there to hold it."""
    for name in model.model_extra or {}:
        yield f"{path}{name}"
    for name in model.model_fields_set - set(model.model_extra or {}) - {"unmapped", "data"}:
        value = getattr(model, name)
        for each in value if isinstance(value, list) else [value]:
            if isinstance(each, BaseModel):
                yield from strangers(each, f"{path}{name}.")


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("name", ALERTING)
@pytest.mark.parametrize("reasons", [None, [REASON]])
def test_every_detectors_finding_is_valid(name: str, version: str, reasons: Any) -> None:
    schema = importlib.import_module(f"ocsf.{version}.events").DetectionFinding
    event = json.loads(json.dumps(ocsf.event(finding_of(name, reasons=reasons))))
    assert list(strangers(schema.model_validate(event))) == []


def test_a_finding_without_what_is_required_would_not_be_valid() -> None:
    """The schemas do look: what the other test asserts is not empty."""
    schema = importlib.import_module("ocsf.v1_5_0.events").DetectionFinding
    event = ocsf.event(finding_of("dga"))
    del event["finding_info"]["uid"]
    with pytest.raises(ValueError, match="uid"):
        schema.model_validate(event)
    odd = ocsf.event(finding_of("dga")) | {"colour": "red"}
    assert list(strangers(schema.model_validate(odd))) == ["colour"]


def test_it_says_who_says_what_of_what() -> None:
    event = ocsf.event(finding_of("dga", label="banjori"))
    assert (event["class_uid"], event["type_uid"], event["time"]) == (2004, 200_401, 1_714_557_600_123)
    assert (event["confidence_score"], event["unmapped"]["probability"]) == (99, 0.987654)
    assert event["finding_info"]["analytic"]["uid"] == "detectory/dga"
    assert event["finding_info"]["types"] == ["banjori"]
    assert event["finding_info"]["attacks"][0]["sub_technique"]["uid"] == "T1568.002"


@pytest.mark.parametrize("name", ALERTING)
def test_observables_point_to_where_the_value_stands(name: str) -> None:
    event = ocsf.event(finding_of(name))
    assert event["observables"]
    for each in event["observables"]:
        value = event
        for step in each["name"].replace("[0]", ".0").split("."):
            value = value[int(step)] if isinstance(value, list) else value[step]
        assert str(value) == each["value"]


def test_a_row_that_others_know_nothing_of_has_no_observables() -> None:
    event = ocsf.event(finding_of("dga", domain=None))
    assert "observables" not in event
    assert "query" not in event["evidences"][0]


@pytest.mark.parametrize(("probability", "id_"), [(0.99, 3), (0.6, 2), (0.01, 1)])
def test_confidence_follows_the_probability(probability: float, id_: int) -> None:
    assert ocsf.event(finding_of("dga", score=probability))["confidence_id"] == id_
