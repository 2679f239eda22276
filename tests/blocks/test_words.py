"""The dictionary is the pinned list, cut by rank."""

from __future__ import annotations

import subprocess
import sys
import tracemalloc

from detectory.blocks.words import MOST_RANK, lexicon, ranked_words


def test_ranks_rise_to_the_last_and_every_word_can_be_compiled() -> None:
    words = list(ranked_words())
    ranks = [rank for _, rank in words]
    assert ranks == sorted(ranks)
    assert ranks[-1] <= MOST_RANK
    assert all(3 <= len(word) <= 24 and word.isalpha() and word.islower() for word, _ in words)


def test_reading_the_dictionary_imports_neither_package_of_tables() -> None:
    code = (
        "import sys; from detectory.blocks import domain, words\n"
        "words.lexicon(), domain.suffix_rules()\n"
        "sys.exit(bool({'wordsegment', 'publicsuffixlist'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_the_dictionary_is_never_held_as_python_objects() -> None:
    tracemalloc.start()
    try:
        lexicon.__wrapped__()
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 16 << 20  # 12 MiB are its tables; with a list of words it was 46
