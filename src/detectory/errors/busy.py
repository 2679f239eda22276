"""7: somebody else holds it, or it is not ready."""

from __future__ import annotations

from collections.abc import Mapping

from detectory.errors.tree import Busy


class NothingBefore(Busy):
    """There is no earlier champion to go back to."""

    code, status, title = "E7002", 409, "There is nothing to roll back to"

    def __init__(self, detector: str) -> None:
        super().__init__(
            f"'{detector}' cannot be rolled back",
            why="no other version was champion before this one",
            fix=f"detectory models promote {detector}@VERSION",
        )


class TrialRunning(Busy):
    """Another challenger is tried; one at a time, since each is compared with the champion."""

    code, status, title = "E7020", 409, "A challenger is tried already"

    def __init__(self, detector: str, *, challenger: int) -> None:
        super().__init__(
            f"version {challenger} of '{detector}' is tried already",
            why="one challenger at a time is compared with the champion",
            fix=f"wait for its end, or: detectory canary abort {detector} --reason REASON",
        )


class RunBusy(Busy):
    """Another run of the same detector is at it."""

    code, title = "E7001", "Another run holds the detector"

    def __init__(self, detector: str, *, holder: str) -> None:
        super().__init__(
            f"another run of '{detector}' is at it",
            why=f"{holder} holds it; two runs would do the same work twice",
            fix="wait for it, or stop it; a lock of a dead process frees itself",
        )


class NotReady(Busy):
    """A detector is still being opened, or could not be; ``waiting`` says which and why."""

    code, title = "E7010", "Not ready"

    def __init__(self, waiting: Mapping[str, str]) -> None:
        super().__init__(
            f"not ready: {', '.join(waiting) or 'no detector is served'}",
            why="; ".join(f"{name}: {state}" for name, state in waiting.items()),
            fix="ask again in a second; where it failed, mend what is named and start the server again",
        )
        self.members = {"detectors": dict(waiting)}


class RateLimited(Busy):
    """A caller has used up its rows for now; ``Retry-After`` says when the same request would fit."""

    code, status, title = "E7011", 429, "Too many rows a minute"

    def __init__(self, *, cost: int, quota: int, window_s: int, policy: str, retry_after: int) -> None:
        super().__init__(
            f"over the limit of {quota:,} rows in {window_s} seconds",
            why=f"this request costs {cost:,}" + (", which never fits" if cost > quota else ""),
            fix="send fewer rows at once" if cost > quota else f"ask again in {retry_after} seconds",
        )
        self.policy, self.retry_after = policy, retry_after


class Overloaded(Busy):
    """There is more to do than is done; ``why`` says whether the queue was full or the wait too long."""

    code, title = "E7012", "Too much to do at once"

    def __init__(self, *, why: str) -> None:
        super().__init__("the server has too much to do at once", why=why, fix="ask again in a second")


class TooLate(Busy):
    """The answer took longer than the request may take."""

    code, title = "E7013", "Not answered in time"

    def __init__(self, *, within_s: float) -> None:
        super().__init__(
            f"not answered within {within_s:g} seconds",
            fix="send fewer rows at once, or ask again later; setting admission.deadline_ms",
        )


class RunUnfinished(Busy):
    """The record of a run that goes on is not removed."""

    code, status, title = "E7138", 409, "The run is not over"

    def __init__(self, run: str, *, host: str, pid: int) -> None:
        super().__init__(
            f"the run {run} is not over",
            why=f"process {pid} of {host} writes its record",
            fix="wait for its end, or end that process",
        )
