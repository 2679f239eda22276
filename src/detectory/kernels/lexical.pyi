COLUMNS: tuple[str, ...]
LETTER_PERCENT: tuple[float, ...]
