"""How the score of a flow must behave when the flow is changed.

Goes in: flows as a caller sends them. Comes out: checks, each a change with what it may do to the score. All
changes are made from the generator that is handed in.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from detectory.blocks.behaviour import Check, Mutate, Sent, of_field

__all__ = ["directional", "evasions", "invariances"]

_NUMBERS = (
    "ts", "id.resp_p", "duration", "orig_bytes", "resp_bytes", "missed_bytes", "orig_pkts", "orig_ip_bytes",
    "resp_pkts", "resp_ip_bytes",
)  # fmt: skip


def invariances() -> list[Check]:
    """Spellings of the same flow: the score must not move at all.

    >>> [check.name for check in invariances()][:3]
    ['unset as -', 'unset as nothing', 'numbers as text']
    """
    return [
        Check("unset as -", "invariance", _unset("-"), "same"),
        Check("unset as nothing", "invariance", _unset(""), "same"),
        Check("numbers as text", "invariance", _numbers_as_text, "same"),
        Check("fields in another order", "invariance", _reordered, "same"),
        Check("other case", "invariance", _other_case, "same"),
        Check("another time", "invariance", of_field("ts", _later), "same"),
    ]


def directional() -> list[Check]:
    """Changes after which a flow looks more like an attack: the score must not fall.

    Port 37215 is that of a router's hole (CVE-2017-17215) for which Okiru looks; benign flows of a house have
    no business there, nor with IRC.
    """
    return [
        Check(
            "to a port with a known hole", "directional", _all("id.resp_p", 37215), "not_lower", of="benign"
        ),
        Check("speaks IRC", "directional", _all("service", "irc"), "not_lower", of="benign"),
    ]


def evasions() -> list[Check]:
    """Changes that an author of malware can afford: the flow must alert all the same."""
    return [
        Check("padded payload", "evasion", _padded, "alert", of="target"),
        Check("slower", "evasion", of_field("duration", _slower), "alert", of="target"),
        Check("more packets", "evasion", _more_packets, "alert", of="target"),
        Check("other port", "evasion", of_field("id.resp_p", _other_ports), "alert", of="target"),
        Check("web port", "evasion", _all("id.resp_p", 443), "alert", of="target"),
    ]


def _unset(spelling: str) -> Mutate:
    def mutate(rows: Sent, rng: np.random.Generator) -> Sent:
        return {
            name: [spelling if value is None else value for value in column] for name, column in rows.items()
        }

    return mutate


def _numbers_as_text(rows: Sent, rng: np.random.Generator) -> Sent:
    texts = {name: [None if value is None else str(value) for value in rows[name]] for name in _NUMBERS}
    return {**rows, **texts}


def _reordered(rows: Sent, rng: np.random.Generator) -> Sent:
    return dict(reversed(rows.items()))


def _other_case(rows: Sent, rng: np.random.Generator) -> Sent:
    upper = {name: [value and value.upper() for value in rows[name]] for name in ("proto", "service")}
    return {**rows, **upper, "conn_state": [value and value.lower() for value in rows["conn_state"]]}


def _later(times: list[Any], rng: np.random.Generator) -> list[Any]:
    return [None if time is None else time + 86_400 for time in times]


def _all(field: str, value: Any) -> Mutate:
    return of_field(field, lambda column, rng: [value] * len(column))


def _padded(rows: Sent, rng: np.random.Generator) -> Sent:
    """Up to 200 bytes more payload from the originator, in the packets that it sent anyway."""
    sizes, extras = rows["orig_bytes"], _draws(rows, 200, rng)
    more = [0 if size is None else extra for size, extra in zip(sizes, extras, strict=True)]
    return {**rows, **{name: _sum(rows[name], more) for name in ("orig_bytes", "orig_ip_bytes")}}


def _slower(durations: list[Any], rng: np.random.Generator) -> list[Any]:
    """Up to three times as long."""
    factors = rng.uniform(1, 3, len(durations)).tolist()
    return [None if one is None else one * factor for one, factor in zip(durations, factors, strict=True)]


def _more_packets(rows: Sent, rng: np.random.Generator) -> Sent:
    """Up to three empty packets of 40 bytes more from the originator."""
    more = _draws(rows, 3, rng)
    sizes = _sum(rows["orig_ip_bytes"], [40 * extra for extra in more])
    return {**rows, "orig_pkts": _sum(rows["orig_pkts"], more), "orig_ip_bytes": sizes}


def _other_ports(ports: list[Any], rng: np.random.Generator) -> list[Any]:
    return list(map(int, rng.integers(1024, 65536, len(ports))))


def _draws(rows: Sent, most: int, rng: np.random.Generator) -> list[int]:
    return list(map(int, rng.integers(1, most + 1, len(rows["id.resp_p"]))))


def _sum(column: list[Any], more: list[int]) -> list[Any]:
    return [None if one is None else one + extra for one, extra in zip(column, more, strict=True)]
