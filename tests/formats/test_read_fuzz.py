"""No row is lost, whatever the bytes are."""

import json

from hypothesis import given, settings, strategies as st

from detectory.formats.source import Form
from tests.formats.reading import fates

LINE = st.binary(max_size=30).map(lambda text: text.replace(b"\n", b"").replace(b"\r", b""))


@settings(max_examples=200)
@given(st.lists(LINE, min_size=1, max_size=40), st.sampled_from(["lines", "jsonl"]))
def test_no_line_is_lost_whatever_it_holds(lines: list[bytes], form: Form) -> None:
    data = b"\n".join([b'{"domain":"a.com"}', *lines, b'{"domain":"b.com"}'])
    found = fates(data, form)
    assert [line for line, _ in found] == list(range(1, len(lines) + 3))


@settings(max_examples=200)
@given(st.lists(LINE.map(lambda line: line.replace(b'"', b"")), max_size=40))
def test_no_record_of_a_csv_is_lost_where_nothing_is_quoted(lines: list[bytes]) -> None:
    data = b"\n".join([b"domain,x", b"a.com,1", *lines, b"b.com,2"])
    found = fates(data, "csv")
    assert [line for line, _ in found] == list(range(2, len(lines) + 4))


@settings(max_examples=200)
@given(st.lists(LINE, max_size=40))
def test_a_csv_with_any_quotes_is_read_to_its_end(lines: list[bytes]) -> None:
    data = b"\n".join([b"domain,x", b"a.com,1", *lines])
    found = fates(data, "csv")
    assert found[0] == (2, "a.com")
    assert found[-1][0] <= len(lines) + 2


@settings(max_examples=100)
@given(st.lists(st.text(st.characters(exclude_categories=["Cs"]), min_size=1), min_size=1, max_size=20))
def test_what_json_can_say_is_read_as_said(values: list[str]) -> None:
    data = "\n".join(json.dumps({"domain": value}) for value in values).encode()
    assert [value for _, value in fates(data, "jsonl")] == values
