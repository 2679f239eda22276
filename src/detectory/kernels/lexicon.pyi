from collections.abc import Iterable

MIN_WORD: int
MAX_WORD: int

class Lexicon:
    def __init__(self, ranked: Iterable[tuple[bytes, int]]) -> None: ...
    def segments(self, label: bytes) -> dict[str, float]: ...
