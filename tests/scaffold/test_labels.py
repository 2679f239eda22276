"""Which label is the negative one, and when it must be said."""

from typing import Any

import pytest

from detectory.errors import NegativeUnknown, NothingToLearn
from detectory.scaffold.labels import Labels, read


def of(*counts: tuple[Any, int], negative: str | None = None, positive: str | None = None) -> Labels:
    column = [value for value, count in counts for _ in range(count)]
    return read(column, name="label", where="made.csv", negative=negative, positive=positive)


@pytest.mark.parametrize(
    ("one", "other", "negative", "positive"),
    [
        ("Normal", "dos", "Normal", "dos"),
        (0, 1, "0", "1"),
        (True, False, "False", "True"),
        ("legit", "phishing", "legit", "phishing"),
    ],
)
def test_the_usual_words_for_nothing_to_see_are_known(
    one: Any, other: Any, negative: str, positive: str
) -> None:
    found = of((one, 100), (other, 120))
    assert (found.negative, found.positive, found.families) == (negative, positive, False)


def test_more_than_two_labels_are_families() -> None:
    found = of(("benign", 200), ("scan", 50), ("flood", 50))
    assert (found.families, found.positive, found.target.sum()) == (True, "positive", 100)


def test_a_person_may_name_both_sides() -> None:
    found = of(("cats", 100), ("dogs", 100), negative="CATS", positive="bark")
    assert (found.negative, found.positive) == ("cats", "bark")


def test_minus_one_and_one_are_not_guessed() -> None:
    with pytest.raises(NegativeUnknown, match="no label is a usual word"):
        of((-1, 200), (1, 200))


def test_a_negative_label_that_no_row_has_is_answered_with_those_there_are() -> None:
    with pytest.raises(NegativeUnknown, match="no row is labelled 'normla'") as raised:
        of(("normal", 200), ("dos", 200), negative="normla")
    assert "did you mean 'normal'" in raised.value.why


def test_spellings_that_differ_in_case_alone_are_one_label() -> None:
    found = of(("Benign", 200), ("benign", 9), ("Malicious", 50), ("MALICIOUS", 60))
    assert (found.negative, found.counts) == ("Benign", {"Benign": 209, "MALICIOUS": 110})
    assert found.spellings == {"benign": "Benign", "Malicious": "MALICIOUS"}


def test_rows_without_a_label_are_counted_and_left_out() -> None:
    found = of(("normal", 150), ("", 3), (None, 2), ("dos", 150))
    assert (found.unlabelled, len(found.words)) == (5, 300)


@pytest.mark.parametrize(
    ("counts", "why"),
    [
        ([("normal", 300)], "every row has the same label"),
        ([("normal", 100), ("dos", 50)], "150 rows have a label"),
        ([("normal", 300), ("dos", 3)], "3 rows are not normal"),
        ([("normal", 3), ("dos", 300)], "3 rows are normal"),
        ([("", 300)], "0 rows have a label"),
    ],
)
def test_a_table_with_too_little_is_refused_with_what_it_lacks(
    counts: list[tuple[str, int]], why: str
) -> None:
    with pytest.raises(NothingToLearn, match="no detector") as raised:
        of(*counts)
    assert why in raised.value.why
