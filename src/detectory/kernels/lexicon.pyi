from collections.abc import Iterable, Sequence

MIN_WORD: int
MAX_WORD: int

class Lexicon:
    def __init__(self, words: Iterable[bytes], ranks: Sequence[int]) -> None: ...
    def segments(self, label: bytes) -> dict[str, float]: ...
