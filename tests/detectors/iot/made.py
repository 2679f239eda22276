"""Flows that nobody sent, in the published forms of IoT-23: for tests that need rows and no mirror.

Times, sizes and ports are drawn; names of attacks are IoT-23's. They are easy to tell apart on purpose.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Sequence
from pathlib import Path

BENIGN, ATTACKS = 1_000, 160  # rows a file, and rows a kind of attack in each labelled one
FIRST_DAY, DAYS, DAY_S = 1_600_000_000, 20, 86_400
COLUMNS = (
    "ts", "uid", "id.orig_h", "id.orig_p", "id.resp_h", "id.resp_p", "proto", "service", "duration",
    "orig_bytes", "resp_bytes", "conn_state", "local_orig", "local_resp", "missed_bytes", "history",
    "orig_pkts", "orig_ip_bytes", "resp_pkts", "resp_ip_bytes", "tunnel_parents",
)  # fmt: skip
HEADER = "#separator \\x09\n#set_separator\t,\n#empty_field\t(empty)\n#unset_field\t-\n#path\tconn\n"
CLOSE = "#close\t2020-10-01-00-00-00\n"
Flow = dict[str, str]


def make(folder: Path, *, seed: int) -> list[Path]:
    """A CSV, a labelled Zeek log, a log of clean devices and a JSON log; the paths of all four."""
    rng = random.Random(seed)
    benign_log, labelled_log = folder / "benign_lamp.log", folder / "conn.log.labeled"
    csv_file, json_log = folder / "flows.csv", folder / "flows.json"
    benign_log.write_text(zeek(benign(rng), COLUMNS))
    labelled_log.write_text(zeek(labelled(rng), (*COLUMNS[:-1], "tunnel_parents   label   detailed-label")))
    csv_file.write_text(csv(labelled(rng)))
    json_log.write_text("".join(json.dumps(as_json(flow)) + "\n" for flow in labelled(rng)))
    return [benign_log, labelled_log, csv_file, json_log]


def zeek(flows: Sequence[Flow], names: Sequence[str]) -> str:
    """A log with header lines; labels are packed into the last column, as IoT-23 has them."""
    rows = ["\t".join(packed(flow)[: len(names)]) for flow in flows]
    fields = "\t".join(names)
    return f"{HEADER}#fields\t{fields}\n" + "\n".join(rows) + f"\n{CLOSE}"


def packed(flow: Flow) -> list[str]:
    cells = [flow[name] for name in COLUMNS]
    if "label" in flow:
        cells[-1] = f"{cells[-1]}   {flow['label']}   {flow['detailed-label']}"
    return cells


def csv(flows: Sequence[Flow]) -> str:
    names = [*COLUMNS, "label", "detailed-label"]
    return "\n".join([",".join(names), *(",".join(flow[name] for name in names) for flow in flows), ""])


def as_json(flow: Flow) -> dict[str, object]:
    """As Zeek's JSON logs have it: numbers are numbers, and what is unset is not there."""
    return {name: number(value) for name, value in flow.items() if value != "-"}


def number(text: str) -> object:
    try:
        return float(text) if "." in text else int(text)
    except ValueError:
        return text


def labelled(rng: random.Random) -> list[Flow]:
    """Benign flows and those of three kinds of attack, in time."""
    flows = [flow | {"label": "Benign", "detailed-label": "-"} for flow in benign(rng)]
    for kind, of in ATTACK.items():
        made = [of(rng) for _ in range(ATTACKS)]
        flows += [flow | {"label": "Malicious", "detailed-label": kind} for flow in made]
    return sorted(flows, key=lambda one: one["ts"])


def benign(rng: random.Random) -> list[Flow]:
    return sorted((rng.choice([look_up, clock, page])(rng) for _ in range(BENIGN)), key=lambda one: one["ts"])


def look_up(rng: random.Random) -> Flow:
    return flow(rng, 53, "udp", "dns", "SF", "Dd", sizes=(rng.randint(25, 60), rng.randint(50, 400)))


def clock(rng: random.Random) -> Flow:
    return flow(rng, 123, "udp", "ntp", "SF", "Dd", sizes=(48, 48))


def page(rng: random.Random) -> Flow:
    sizes = (rng.randint(200, 900), rng.randint(500, 90_000))
    return flow(rng, rng.choice([80, 443]), "tcp", "ssl", "SF", "ShADadfF", sizes=sizes)


def control(rng: random.Random) -> Flow:
    return flow(rng, 6667, "tcp", "irc", "S3", "ShADda", sizes=(rng.randint(60, 99), rng.randint(60, 200)))


def guess(rng: random.Random) -> Flow:
    sizes = (rng.randint(1_500, 2_500), rng.randint(2_000, 4_000))
    return flow(rng, 22, "tcp", "ssh", "SF", "ShAdDaFf", sizes=sizes)


def flood(rng: random.Random) -> Flow:
    return flow(rng, 52869, "tcp", "-", "S0", "S", sizes=(0, 0))


ATTACK: dict[str, Callable[[random.Random], Flow]] = {"C&C": control, "Attack": guess, "DDoS": flood}


def flow(
    rng: random.Random,
    port: int,
    proto: str,
    service: str,
    state: str,
    history: str,
    *,
    sizes: tuple[int, int],
) -> Flow:
    """A flow between addresses that are set aside for documentation (RFC 5737)."""
    orig_bytes, resp_bytes = sizes
    orig_pkts, resp_pkts = 1 + orig_bytes // 600, resp_bytes // 600 + (resp_bytes > 0)
    values: tuple[object, ...] = (
        f"{FIRST_DAY + rng.uniform(0, DAYS * DAY_S):.6f}", f"C{rng.getrandbits(60):x}",
        "192.0.2.10", rng.randint(32768, 60999), "198.51.100.7", port, proto, service,
        f"{rng.uniform(0.01, 9):.6f}", orig_bytes, resp_bytes, state, "-", "-", 0, history,
        orig_pkts, orig_bytes + 40 * orig_pkts, resp_pkts, resp_bytes + 40 * resp_pkts, "-",
    )  # fmt: skip
    return dict(zip(COLUMNS, map(str, values), strict=True))
