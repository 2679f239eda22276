"""Length, digits and character ids."""

import numpy as np

from detectory.blocks.text import letters

DENSE = ("length", "digits")
NAMES = {"dense": DENSE, "suffix_id": ("suffix_id",), "ids": (), "chars": ()}


def features(rows):
    texts = rows["text"]
    dense = np.array([(len(t), sum(c.isdigit() for c in t)) for t in texts], dtype=np.float32).reshape(-1, 2)
    ids = np.zeros((len(texts), 128), dtype=np.int32)
    for row, text in enumerate(texts):
        codes = [ord(sign) % 65_535 + 1 for sign in text[:128]]
        ids[row, : len(codes)] = codes
    last = np.array([ord(text[-1]) for text in texts], dtype=np.int64)
    return {"dense": dense, "suffix_id": last, "ids": ids}


def _chars(rows):
    return letters(rows["text"], width=16)


BY_REQUEST = {"chars": _chars}
