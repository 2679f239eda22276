IDS: int
