"""How the score of a flow must behave when the flow is changed.

Goes in: flows as a caller sends them, CICFlowMeter's columns. Comes out: checks, each a change with what it
may do to the score. No direction is claimed: what is many packets in a flood is few in a scan.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from detectory.blocks.behaviour import Check, Mutate, Sent

__all__ = ["directional", "evasions", "invariances"]

_SLOWER = 10.0
_PADDED_BYTES = 1_400.0  # nearly what a packet of Ethernet holds


def invariances() -> list[Check]:
    """Spellings of the same flow: the score must not move at all.

    >>> [check.name for check in invariances()]
    ['numbers as text', 'blanks around', 'missing as NaN', 'missing as infinity']
    """
    return [
        Check("numbers as text", "invariance", _each(repr), "same"),
        Check("blanks around", "invariance", _each(" {!r} ".format), "same"),
        Check("missing as NaN", "invariance", _each(float, missing="NaN"), "same"),
        Check("missing as infinity", "invariance", _each(float, missing=float("inf")), "same"),
    ]


def directional() -> list[Check]:
    """None: no statistic of a flow is worse high than low whatever the attack."""
    return []


def evasions() -> list[Check]:
    """Changes that whoever writes malware can afford: an anomalous flow must alert all the same."""
    return [
        Check("ten times slower", "evasion", _slower, "alert", of="target"),
        Check("every gap another", "evasion", _jittered, "alert", of="target"),
        Check("packets padded", "evasion", _padded, "alert", of="target"),
    ]


def _each(spelled: Callable[[Any], Any], *, missing: Any = None) -> Mutate:
    """Every value in another spelling."""

    def mutate(rows: Sent, rng: np.random.Generator) -> Sent:
        return {
            name: [missing if value is None else spelled(value) for value in column]
            for name, column in rows.items()
        }

    return mutate


def _slower(rows: Sent, rng: np.random.Generator) -> Sent:
    """Ten times the time for the same packets."""
    return {name: _mapped(column, _factor_of(name).__mul__) for name, column in rows.items()}


def _factor_of(name: str) -> float:
    if name.endswith("/s"):
        return 1 / _SLOWER
    return _SLOWER if _is_time(name) else 1.0


def _is_time(name: str) -> bool:
    return name == "Flow_Duration" or "_IAT_" in name or name.startswith(("Active_", "Idle_"))


def _jittered(rows: Sent, rng: np.random.Generator) -> Sent:
    """Every gap of a flow up to twice as long or half as long; its rates stay."""
    return {
        name: _times(column, (2.0 ** rng.uniform(-1, 1, len(column))).tolist()) if "_IAT_" in name else column
        for name, column in rows.items()
    }


def _padded(rows: Sent, rng: np.random.Generator) -> Sent:
    """The initiator sends one full packet more."""
    more = {"TotLen_Fwd_Pkts": _PADDED_BYTES, "Subflow_Fwd_Byts": _PADDED_BYTES, "Tot_Fwd_Pkts": 1.0}
    changes: dict[str, Callable[[float], float]] = {name: amount.__add__ for name, amount in more.items()}
    changes["Fwd_Pkt_Len_Max"] = partial(max, _PADDED_BYTES)
    return {**rows, **{name: _mapped(rows[name], changes[name]) for name in changes if name in rows}}


def _mapped(column: list[Any], change: Callable[[float], float]) -> list[Any]:
    return [None if value is None else change(value) for value in column]


def _times(column: list[Any], factors: list[float]) -> list[Any]:
    return [None if value is None else value * factor for value, factor in zip(column, factors, strict=True)]
