"""dga's features: true numbers, fixed shapes, a batch equal to its rows."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from detectory.detectors.dga.features import BY_REQUEST, DENSE, LETTERS, NAMES, features
from detectory.detectors.dga.parse import parse
from detectory.kernels import names
from tests.kernels.hostile import examples, values


def dense(domain: str) -> dict[str, float]:
    made = features(parse({"domain": [domain]}).rows)["dense"]
    return dict(zip(DENSE, made[0].tolist(), strict=True))


def test_the_names_are_in_the_order_the_kernel_writes() -> None:
    assert DENSE == names.COLUMNS
    assert NAMES["dense"] is DENSE


@pytest.mark.parametrize(
    ("domain", "name", "value"),
    [
        ("www.google.co.uk", "length", 16),
        ("www.google.co.uk", "name_length", 10),
        ("www.google.co.uk", "label_count", 2),
        ("www.google.co.uk", "longest_label", 6),
        ("a-very-long-host.b.com", "last_label", 1),
        ("bücher.de", "encoded", 1),
        ("google.de", "encoded", 0),
        ("aabb.com", "entropy", 1),
        ("aabb.com", "entropy_share", 0.5),
        ("aaaa.com", "entropy", 0),
        ("google.com", "distinct", 4),
        ("aab.b.com", "distinct_share", 0.5),
        ("aaab.com", "commonest_share", 0.75),
        ("google.com", "vowel_share", 0.5),
        ("gogy.com", "consonant_share", 0.75),
        ("a1b2.com", "digit_share", 0.5),
        ("a-bc.com", "hyphen_share", 0.25),
        ("af0z.com", "hex_share", 0.75),
        ("beautiful.com", "longest_vowel_run", 3),
        ("strength.com", "longest_consonant_run", 4),
        ("ab.ba.com", "longest_consonant_run", 1),
        ("a12b345.com", "longest_digit_run", 3),
        ("banana.com", "alternation", 1),
        ("a1b2-3.com", "digit_switches", 3),
        ("google.com", "doubles", 1),
        ("banana.com", "repeated_bigrams", 2),
        ("e.com", "letter_bits", -np.log2(0.1249)),
        ("secure-update24.com", "word_share", 0.8),
        ("expertsexchange.net", "words", 2),
        ("expertsexchange.net", "longest_word", 8),
        ("firefox.com", "words", 1),
        ("xqthexq.com", "short_words", 1),
        ("expertsexchange.net", "mean_word", 7.5),
        ("xkzjqwvb2q.ru", "longest_gap", 10),
        ("secure-update24.com", "gaps", 2),
        ("xkzjqwvb2q.ru", "word_bits", 0),
        ("google.com", "word_concentration", 1),
        ("xkzjqwvb2q.ru", "spelling_bits", 8),
        ("xkzjqgoogle.ru", "leading_gap", 5),
        ("googlexq.ru", "trailing_gap", 2),
        ("xkzjq.ru", "head_bits", 40),
        ("xkzjqwvb2q.ru", "tail_bits", 8),
        ("expertsexchange.net", "first_word", 7),
        ("expertsexchange.net", "last_word", 8),
        ("thegoogle.ru", "first_word_bits", 5),
        ("googlethe.ru", "last_word_bits", 5),
        ("thethe.ru", "rarest_word_bits", 5),
        ("thegoogle.ru", "commonest_word_bits", 5),
        ("the-xkzjq.ru", "common_share", 3 / 9),
        ("xkbanyna.ru", "longest_alternation", 6),
    ],
)
def test_a_number_is_what_its_name_says(domain: str, name: str, value: float) -> None:
    assert dense(domain)[name] == pytest.approx(value, rel=1e-6)


def test_the_suffix_is_one_category_whatever_stands_before_it() -> None:
    made = features(parse({"domain": ["a.co.uk", "b.c.co.uk", "a.com"]}).rows)["suffix_id"]
    assert made[0] == made[1] != made[2]
    assert made.min() >= 0


def test_ids_come_position_by_position_and_are_padded_with_zero() -> None:
    short, long = features({"name": ["ab", "ab" * 120], "suffix": ["com", "com"]})["ids"]
    assert np.count_nonzero(short) == 3 + 2 + 1  # ^a ^ab ^ab$, ab ab$, b$
    assert short[6:].max() == 0
    assert np.count_nonzero(long) == 128
    assert short[:2].tolist() == long[:2].tolist()


def test_letters_are_those_of_the_name_cut_and_padded() -> None:
    rows = parse({"domain": ["www.ab.co.uk", "a" * 60 + "." + "b" * 60 + ".com"]}).rows
    short, long = BY_REQUEST["chars"](rows)
    assert bytes(short).rstrip(b"\0").decode() == rows["name"][0]
    assert bytes(long).decode() == rows["name"][1][:LETTERS]
    assert BY_REQUEST["chars"]({"name": []}).shape == (0, LETTERS)


def test_no_rows_give_empty_tensors_of_the_same_width() -> None:
    made = features({"name": [], "suffix": []})
    assert {key: tensor.shape for key, tensor in made.items()} == {
        "dense": (0, len(DENSE)),
        "suffix_id": (0,),
        "ids": (0, 128),
        "word_ids": (0, 48),
    }


def test_a_name_of_ten_million_characters_costs_no_more_than_the_longest_name() -> None:
    made = features({"name": ["a" * 10_000_000], "suffix": ["com"]})
    assert np.isfinite(made["dense"]).all()
    assert made["dense"][0, DENSE.index("longest_label")] == 253


@settings(max_examples=examples(60), deadline=None)
@given(st.lists(values, min_size=1, max_size=20))
def test_a_batch_equals_its_rows_one_by_one_bit_for_bit(column: list[Any]) -> None:
    rows = parse({"domain": column}).rows
    batch, letters = features(rows), BY_REQUEST["chars"](rows)
    for row in range(len(rows["domain"])):
        alone = {key: [texts[row]] for key, texts in rows.items()}
        single = features(alone)
        assert BY_REQUEST["chars"](alone)[0].tobytes() == letters[row].tobytes()
        for key, tensor in single.items():
            assert tensor[0].tobytes() == batch[key][row].tobytes()
    assert np.isfinite(batch["dense"]).all()
