"""What a person hears of rows while they are read, parsed and described."""

from __future__ import annotations

from detectory import pipeline
from detectory.library import Workspace, run
from detectory.pipeline import Event


def test_rows_are_counted_while_they_are_worked_on(toy_home: Workspace) -> None:
    events: list[Event] = []
    run("toy", stages=pipeline.chosen(last="gold"), watch=events.append, within=toy_home)
    said = [event for event in events if event.state == "said"]
    reading = [event.note for event in said if (event.stage, event.text) == ("bronze", "reading")]
    assert reading[:2] == ["5,000 rows, the last of words", "5,200 rows, the last of attic"]
    counted = [(event.stage, event.done, event.of) for event in said if event.text == "rows"]
    assert counted == [("silver", 6_400, 6_400), ("gold", 6_400, 6_400)]
    assert [event.text for event in said if event.stage == "gold"][-1] == "6,400 rows"
