"""A clause of a contract: what it says, who says so, and how it is looked at.

Comes in: a server. Goes out: a finding for every clause. Never: two clauses that look at one thing, so that
a server that breaks one clause fails that one alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from types import ModuleType
from typing import Any, Literal

from detectory.conform.peer import Answer, Broken, NotApplicable, Peer
from detectory.errors import PeerAway

Outcome = Literal["passed", "failed", "not applicable"]
Check = Callable[[Peer], None]


@dataclass(frozen=True, slots=True)
class Finding:
    """What came of looking at a clause; ``why`` says what was found where it did not pass."""

    clause: str
    outcome: Outcome
    text: str
    source: str
    why: str = ""

    def as_dict(self) -> dict[str, str]:
        """The finding for ``--json``."""
        return {name: getattr(self, name) for name in ("clause", "outcome", "text", "source", "why")}


@dataclass(frozen=True, slots=True)
class Clause:
    """One sentence of a contract; ``check`` raises `Broken` or `NotApplicable` unless it holds."""

    name: str
    text: str
    source: str
    check: Check

    def look(self, peer: Peer) -> Finding:
        """Hold a server to it."""
        outcome: Outcome = "passed"
        why = ""
        try:
            self.check(peer)
        except NotApplicable as reason:
            outcome, why = "not applicable", str(reason)
        except Broken as reason:
            outcome, why = "failed", str(reason)
        except PeerAway as reason:
            outcome, why = "failed", f"no answer: {reason.why}"
        return Finding(self.name, outcome, self.text, self.source, why)


def clause(source: str) -> Callable[[Check], Clause]:
    """Make a function a clause: its name is the clause's, its docstring what the clause says."""

    def made(check: Check) -> Clause:
        return Clause(check.__name__, (check.__doc__ or "").strip(), source, check)

    return made


def clauses_of(contract: ModuleType) -> list[Clause]:
    """The clauses of a module, in the order in which they stand there."""
    return [one for one in vars(contract).values() if isinstance(one, Clause)]


def findings(contract: ModuleType, peer: Peer) -> Iterator[Finding]:
    """What comes of each clause."""
    return (one.look(peer) for one in clauses_of(contract))


def expect(holds: bool, why: str) -> None:
    """Raises `Broken` unless it holds."""
    if not holds:
        raise Broken(why)


def expect_status(answer: Answer, *wanted: int) -> None:
    """Raises `Broken` unless the status is one of these."""
    expect(answer.status in wanted, f"answered {answer.status}, not {' or '.join(map(str, wanted))}")


def expect_refusal(answer: Answer) -> None:
    """Raises `Broken` unless the caller is told that the request is at fault."""
    expect(400 <= answer.status < 500, f"answered {answer.status}, not 4xx")


def answered(answer: Answer) -> Any:
    """The JSON of an answer that another clause looks at. Raises `NotApplicable` where there is none."""
    if answer.status != 200:
        raise NotApplicable(f"the request itself is answered with {answer.status}")
    try:
        return answer.json()
    except Broken as error:
        raise NotApplicable(str(error)) from error
