"""Case never matters; a longer way never makes a bus earlier."""

from detectory.blocks.behaviour import Check, of_field


def invariances() -> list[Check]:
    upper = of_field("stop", lambda stops, rng: [stop.upper() for stop in stops])
    return [Check("upper case", "invariance", upper, "same")]


def directional() -> list[Check]:
    farther = of_field("km", lambda ways, rng: [None if km is None else km + 5 for km in ways])
    return [Check("five kilometres more", "directional", farther, "not_lower")]


def evasions() -> list[Check]:
    return []
