"""Where records go, also when something fails in the middle."""

import io
import json
import sys

import pytest

from detectory.cli.session import Session
from detectory.cli.sinks import sink
from detectory.errors import ScoresNotFinite


def fail_after_two_rows(session: Session) -> None:
    with sink(session, None, None) as out:
        out.begin(["domain"], line=1)
        out.write([{"domain": "a.com"}, {"domain": "b.com"}])
        raise ScoresNotFinite(count=1, rows=2, first=0)


def test_a_document_that_fails_in_the_middle_is_closed_with_the_error(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    stdout = io.TextIOWrapper(io.BytesIO())
    monkeypatch.setattr(sys, "stdout", stdout)
    session = Session(as_json=True)
    with pytest.raises(ScoresNotFinite, match="NaN"):
        fail_after_two_rows(session)
    document = json.loads(stdout.buffer.getvalue())  # type: ignore[attr-defined]
    assert [row["domain"] for row in document["rows"]] == ["a.com", "b.com"]
    assert document["error"]["code"] == "E5003"
    assert session.has_answered
