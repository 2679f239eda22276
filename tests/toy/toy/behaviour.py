"""Case never matters."""

from detectory.blocks.behaviour import Check


def invariances() -> list[Check]:
    return [Check("upper case", "invariance", lambda texts, rng: [text.upper() for text in texts], "same")]


def directional() -> list[Check]:
    return []


def evasions() -> list[Check]:
    return []
