"""Length, digits and character ids."""

import numpy as np

DENSE = ("length", "digits")
NAMES = {"dense": DENSE, "suffix_id": ("suffix_id",), "ids": ()}


def features(rows):
    texts = rows["text"]
    dense = np.array([(len(t), sum(c.isdigit() for c in t)) for t in texts], dtype=np.float32).reshape(-1, 2)
    ids = np.zeros((len(texts), 128), dtype=np.int32)
    for row, text in enumerate(texts):
        codes = [ord(sign) % 65_535 + 1 for sign in text[:128]]
        ids[row, : len(codes)] = codes
    last = np.array([ord(text[-1]) for text in texts], dtype=np.int64)
    return {"dense": dense, "suffix_id": last, "ids": ids}
