"""Case never matters."""

from detectory.blocks.behaviour import Check, of_field


def invariances() -> list[Check]:
    upper = of_field("text", lambda texts, rng: [text.upper() for text in texts])
    return [Check("upper case", "invariance", upper, "same")]


def directional() -> list[Check]:
    return []


def evasions() -> list[Check]:
    return []
