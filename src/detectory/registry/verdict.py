"""What a bundle's verdict says against promoting it.

In: an opened bundle. Out: sentences, none when every gate held on the very bytes of the bundle.
"""

from __future__ import annotations

import msgspec

from detectory.bundle import Opened

FILE = "verdict.json"
#: what stands between a head and an answer: a threshold, or the margin of intervals
DECIDES = ("threshold.json", "intervals.json")


class Gate(msgspec.Struct, frozen=True):
    """One gate: whether it held, in a flag and in words."""

    passed: bool
    sentence: str


class Verdict(msgspec.Struct, frozen=True):
    """The part of ``verdict.json`` that promotion reads. ``judged`` are the files' SHA-256 by name."""

    passed: bool
    gates: list[Gate]
    judged: dict[str, str]


def objections(opened: Opened) -> list[str]:
    """Why the bundle may not serve, in words; empty when it may."""
    if FILE not in opened.files:
        return ["it was never judged"]
    try:
        verdict = msgspec.json.decode(opened.files[FILE], type=Verdict)
    except msgspec.DecodeError as error:
        return [f"its verdict cannot be read: {error}"]
    failed = [gate.sentence for gate in verdict.gates if not gate.passed]
    if not failed and not verdict.passed:
        failed = ["its verdict is not a passing one (no gate was asked for)"]
    return [*failed, *_other_bytes(opened, verdict)]


def _other_bytes(opened: Opened, verdict: Verdict) -> list[str]:
    shipped = {name: file.sha256 for name, file in opened.manifest.files.items()}
    other = [name for name in _scoring(opened) if verdict.judged.get(name) != shipped.get(name)]
    return [f"its verdict is about other bytes of {name}" for name in other]


def _scoring(opened: Opened) -> list[str]:
    """The files that decide an answer."""
    heads = [head.file for head in opened.manifest.heads.values()]
    decides = [name for name in DECIDES if name in opened.manifest.files]
    return sorted([*heads, *decides, "detector.toml", "parse.py", "features.py"])
