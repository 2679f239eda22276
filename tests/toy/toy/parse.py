"""A word is lower-cased text without blanks."""

import numpy as np

from detectory.schema import Parsed, Rejected, Without


def parse(rows, *, door="text") -> Parsed:
    kept, rejected = [], []
    for row, value in enumerate(rows["text"]):
        if not isinstance(value, str):
            rejected.append(Rejected(row, "text", "not_text"))
        elif not value or " " in value:
            rejected.append(Rejected(row, "text", "bad_character" if value else "empty"))
        else:
            kept.append(row)
    texts = [rows["text"][row].lower() for row in kept]
    entity = np.arange(len(kept))
    return Parsed({"text": texts}, entity=entity, source=np.array(kept, dtype=np.int64), rejected=rejected)


def without_parts(rows) -> Without:
    """A word has letters and digits."""
    without = Without({"text": []})
    for entity, text in enumerate(rows["text"]):
        letters = "".join(sign for sign in text if not sign.isdigit())
        digits = "".join(sign for sign in text if sign.isdigit())
        if letters and digits:
            without.add(entity, "digits", digits, {"text": letters})
    return without
