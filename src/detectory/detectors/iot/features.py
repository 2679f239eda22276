"""Parsed flows to the numbers that the models read.

Goes in: the columns that ``parse`` gives. Comes out: ``dense`` float32[N, D], ``port`` float32[N, 4], and
the categories ``port_id``, ``proto_id``, ``service_id``, ``state_id`` and ``history_id``, int64[N]. Pure
and stateless: a batch equals its rows one by one, bit for bit; nothing here is fitted to data.

Addresses, uid and time are never features, and neither is the originator's port, which is drawn anew for
every flow. What ties to the responder's port stands in tensors of its own, so that a model without them can
be judged. Sizes and durations are logarithms, log(1 + x); one that is missing is −1, which no other value
is, and has a column that says so.
"""

from __future__ import annotations

from functools import lru_cache
from itertools import pairwise
from math import log1p

import numpy as np
from numpy.typing import NDArray

from detectory.blocks.table import ids
from detectory.schema import Features, Rows

__all__ = ["CATEGORIES", "DENSE", "LOGARITHMS", "NAMES", "WORDS", "features"]

SIZES = (
    *("duration", "orig_bytes", "resp_bytes", "missed_bytes"),
    *("orig_pkts", "orig_ip_bytes", "resp_pkts", "resp_ip_bytes"),
)
Size = float | None

# https://docs.zeek.org/en/master/scripts/base/protocols/conn/main.zeek.html: upper case is the originator
LETTERS = {
    "S": "syn", "H": "syn_ack", "A": "ack", "D": "data", "F": "fin", "R": "rst", "C": "bad_checksum",
    "G": "gap", "T": "retransmission", "W": "zero_window", "I": "inconsistent", "Q": "syn_and_fin",
}  # fmt: skip
_ORIGINATOR, _RESPONDER = "".join(LETTERS), "".join(LETTERS).lower()

WORDS: dict[str, str] = {
    "duration": "seconds from the first to the last packet",
    "orig_bytes": "payload bytes of the originator, by sequence numbers",
    "resp_bytes": "payload bytes of the responder, by sequence numbers",
    "missed_bytes": "bytes that the capture lost",
    "orig_pkts": "packets of the originator",
    "orig_ip_bytes": "bytes of the originator, with headers",
    "resp_pkts": "packets of the responder",
    "resp_ip_bytes": "bytes of the responder, with headers",
    "duration_missing": "is the duration not said?",
    "bytes_missing": "is the payload of a side not said?",  # Zeek leaves it out where no connection was
    "service_missing": "is the application protocol not made out?",
    "orig_packet": "bytes a packet of the originator, with headers",
    "resp_packet": "bytes a packet of the responder, with headers",
    "orig_header": "bytes of headers a packet of the originator",  # TCP options tell stacks apart
    "resp_header": "bytes of headers a packet of the responder",
    "orig_share": "the originator's share of all bytes",
    "orig_packet_share": "the originator's share of all packets",
    "bytes_a_second": "bytes a second",
    "packets_a_second": "packets a second",
    "history_length": "letters of the history",
    "history_turns": "times that one side follows the other in the history",
    "history_flipped": "times that Zeek took the responder for the originator first",
    **{f"orig_{name}": f"{name.replace('_', ' ')} events of the originator" for name in LETTERS.values()},
    **{f"resp_{name}": f"{name.replace('_', ' ')} events of the responder" for name in LETTERS.values()},
}
DENSE: tuple[str, ...] = tuple(WORDS)
PORT = ("port", "port_well_known", "port_registered", "port_dynamic")  # RFC 6335, section 6
_REGISTERED, _DYNAMIC = 1024, 49152

_WORDS_OF = {
    "proto_id": "proto", "service_id": "service", "state_id": "conn_state", "history_id": "history"
}  # fmt: skip
CATEGORIES = {"port_id": "id.resp_p", **_WORDS_OF}
WORDS |= {
    "port": "the responder's port",
    "port_well_known": "a well-known port?",
    "port_registered": "a registered port?",
    "port_dynamic": "a dynamic port?",
    "port_id": "the responder's port",
    "proto_id": "the transport",
    "service_id": "the application protocol",
    "state_id": "how the connection went",
    "history_id": "the history",
}
LOGARITHMS = frozenset({*SIZES, "bytes_a_second", "packets_a_second"})
NAMES: dict[str, tuple[str, ...]] = {
    "dense": DENSE,
    "port": PORT,
    **{name: (name,) for name in CATEGORIES},
}


def features(rows: Rows) -> Features:
    """The seven tensors of N parsed flows.

    >>> flow = {name: [None] for name in (*SIZES, "service", "conn_state", "history")}
    >>> made = features(flow | {"id.resp_p": [23], "proto": ["tcp"], "orig_pkts": [3], "history": ["Sr"]})
    >>> row = dict(zip(DENSE, made["dense"][0].tolist()))
    >>> row["orig_syn"], row["resp_rst"], row["duration"], row["duration_missing"]
    (1.0, 1.0, -1.0, 1.0)
    >>> made["port"].tolist()
    [[23.0, 1.0, 0.0, 0.0]]
    """
    ports = np.asarray(rows["id.resp_p"], dtype=np.int64)
    return {
        "dense": _dense(rows),
        "port": _ports(ports),
        "port_id": ports,
        **_categories(rows),
    }


def _dense(rows: Rows) -> NDArray[np.float32]:
    """float32[N, D], row by row: for one row as fast as it gets, and for many fast enough."""
    sizes = zip(*(rows[name] for name in SIZES), strict=True)
    words = zip(rows["service"], rows["history"], strict=True)
    table = [
        (
            *_logs(size),
            *_missing(size, service),
            *_ratios(*(value or 0.0 for value in size)),
            *_history(history),
        )
        for size, (service, history) in zip(sizes, words, strict=True)
    ]
    return np.array(table, dtype=np.float32).reshape(-1, len(DENSE))


def _logs(sizes: tuple[Size, ...]) -> list[float]:
    return [-1.0 if size is None else log1p(size) for size in sizes]


def _missing(sizes: tuple[Size, ...], service: str | None) -> tuple[bool, bool, bool]:
    duration, orig_bytes, resp_bytes, *_ = sizes
    return duration is None, orig_bytes is None or resp_bytes is None, service is None


def _ratios(
    duration: float, orig: float, resp: float, missed: float,
    orig_pkts: float, orig_ip: float, resp_pkts: float, resp_ip: float,
) -> tuple[float, ...]:  # fmt: skip
    """The eight columns from ``orig_packet`` on; 0 where there is nothing to divide by."""
    ip_bytes, packets = orig_ip + resp_ip, orig_pkts + resp_pkts
    return (
        _divided(orig_ip, orig_pkts),
        _divided(resp_ip, resp_pkts),
        _divided(max(orig_ip - orig, 0.0), orig_pkts),
        _divided(max(resp_ip - resp, 0.0), resp_pkts),
        _divided(orig_ip, ip_bytes),
        _divided(orig_pkts, packets),
        log1p(_divided(ip_bytes, duration)),
        log1p(_divided(packets, duration)),
    )


def _divided(above: float, below: float) -> float:
    return above / below if below else 0.0


@lru_cache(maxsize=4096)  # most flows have one of a few hundred histories
def _history(history: str | None) -> tuple[int, ...]:
    """What happened, letter by letter."""
    word = history or ""
    turns = sum(one.isupper() != other.isupper() for one, other in pairwise(word))
    return (
        len(word), turns, word.count("^"), *map(word.count, _ORIGINATOR), *map(word.count, _RESPONDER)
    )  # fmt: skip


def _ports(ports: NDArray[np.int64]) -> NDArray[np.float32]:
    classes = (ports < _REGISTERED, (ports >= _REGISTERED) & (ports < _DYNAMIC), ports >= _DYNAMIC)
    return np.stack([ports, *classes], axis=1).astype(np.float32)


def _categories(rows: Rows) -> Features:
    """int64[N] each; what is missing is a category too."""
    words = [word or "" for name in _WORDS_OF.values() for word in rows[name]]
    return dict(zip(_WORDS_OF, ids(words).reshape(len(_WORDS_OF), -1), strict=True))
