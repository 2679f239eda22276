"""The whole plan for a table of many kinds of column."""

from pathlib import Path

import pytest

from detectory.errors import NothingToLearn, UnknownColumn
from detectory.scaffold.plan import Plan, Wishes, infer
from detectory.scaffold.reading import read
from tests.scaffold import made


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return made.write(tmp_path / "flows.csv", made.flows())


def plan(file: Path, **said: object) -> Plan:
    return infer("mine", read(file), Wishes(**{"label": "label", **said}))  # type: ignore[arg-type]  # any wish


def test_every_column_is_a_field_a_label_or_left_out_with_a_reason(file: Path) -> None:
    found = plan(file)
    assert [field.name for field in found.fields] == list(made.FIELDS)
    assert {name: reason.code for name, reason in found.dropped.items()} == {
        "flow_id": "identifier", "when": "time", "source": "address", "sensor": "constant",
        "verdict": "knows_the_label",
    }  # fmt: skip


def test_fields_are_described_by_what_they_hold(file: Path) -> None:
    proto, sent, rate, note = plan(file).fields
    assert (proto.use, proto.description, proto.optional) == ("category", "one of icmp, tcp, udp", False)
    assert (sent.type, rate.type, rate.optional, note.use) == ("integer", "float", True, "text")


def test_the_budget_is_one_that_the_rows_can_certify(file: Path) -> None:
    found = plan(file)
    assert found.budget is not None
    assert (found.budget.rate, found.protocol.kind) == (0.02, "forward")


def test_a_person_overrules_what_was_inferred(file: Path) -> None:
    found = plan(file, keep=("verdict",), drop=("note",), group="source")
    assert [field.name for field in found.fields] == ["proto", "bytes", "rate", "verdict"]
    assert found.dropped["note"].why == "you said so"
    assert found.protocol.column == "source"


def test_what_says_nothing_or_has_a_name_of_silvers_is_not_kept(tmp_path: Path) -> None:
    columns = made.flows()
    columns |= {"rows": columns.pop("bytes"), "nothing": [""] * 3_000}
    found = plan(made.write(tmp_path / "flows.csv", columns), keep=("rows", "nothing", "source"))
    assert [found.dropped[name].code for name in ("rows", "nothing", "source")] == [
        "reserved",
        "empty",
        "reserved",
    ]


def test_contradicting_rows_are_mistakes_when_few_and_the_world_when_many(tmp_path: Path) -> None:
    few = {name: made.flows()[name] for name in ("proto", "bytes", "rate", "label")}
    many = {name: few[name] for name in ("proto", "label")} | {"size": [one // 40 for one in few["bytes"]]}
    rare, usual = (plan(made.write(tmp_path / "some.csv", columns)) for columns in (few, many))
    assert (0 < rare.conflicts < 30, rare.keeps_conflicts) == (True, False)
    assert (usual.conflicts > 300, usual.keeps_conflicts) == (True, True)


def test_a_table_of_leaks_leaves_nothing(tmp_path: Path) -> None:
    leaks = {name: made.flows()[name] for name in ("flow_id", "when", "verdict", "label")}
    with pytest.raises(NothingToLearn, match="no detector") as raised:
        plan(made.write(tmp_path / "leaks.csv", leaks))
    assert "identifier (1), time (1), knows_the_label (1)" in raised.value.why


def test_a_label_may_be_named_by_its_position(file: Path) -> None:
    assert plan(file, label="10").label == "label"


def test_an_unknown_column_is_answered_with_the_known_ones(file: Path) -> None:
    with pytest.raises(UnknownColumn, match="no column named 'lable'") as raised:
        plan(file, label="lable")
    assert "did you mean 'label'" in raised.value.why


def test_a_large_table_is_thinned_evenly_and_says_so(file: Path) -> None:
    table = read(file, most_cells=10_000)
    assert (table.rows, table.stride, table.kept) == (3_000, 4, 750)
    found = infer("mine", table, Wishes("label"))
    assert "1 row in 4 was looked at; a run reads all of them" in found.notes
    assert found.budget is not None
    assert found.budget.rate == 0.02


def test_a_label_of_many_numbers_is_predicted(tmp_path: Path) -> None:
    found = plan(made.write(tmp_path / "trips.csv", made.trips()), label="minutes")
    assert (found.alerts, found.budget, found.truth) == (False, None, "minutes")
    assert (found.protocol.kind, [field.name for field in found.fields]) == (
        "forward",
        ["route", "way", "hour"],
    )
    assert found.best_alone[0] == "way"
