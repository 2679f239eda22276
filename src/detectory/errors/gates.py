"""5: a quality gate, a leak, a threshold that cannot be certified."""

from __future__ import annotations

from collections.abc import Iterable

from detectory.errors.tree import GateFailed


class CannotCertify(GateFailed):
    """Too few benign calibration rows for the false positive rate that the budget asks."""

    code, title = "E5001", "A threshold cannot be certified"

    def __init__(self, alpha: float, *, rows: int, needed: int, smallest: float) -> None:
        can = f"can certify {smallest:.2g} at best" if rows else "certify nothing"
        super().__init__(
            f"a false positive rate of {alpha:g} cannot be certified with {rows:,} benign calibration rows",
            why=f"{rows:,} rows {can}; {alpha:g} needs {needed:,}",
            fix="add benign calibration rows (under --sample: take a larger share), or allow more false "
            "alerts a day in detector.toml [budget]",
        )


class CannotCover(GateFailed):
    """Too few calibration rows for the coverage that prediction intervals promise."""

    code, title = "E5004", "A coverage cannot be promised"

    def __init__(self, coverage: float, *, rows: int, needed: int) -> None:
        super().__init__(
            f"a coverage of {coverage:g} cannot be promised with {rows:,} calibration rows",
            why=f"it needs {needed:,} at least",
            fix="add rows (under --sample: take a larger share), or lower detector.toml [intervals] coverage",
        )


class ScoresNotFinite(GateFailed):
    """A model gave NaN or infinity, which no threshold can judge."""

    code, title = "E5003", "A score is not a finite number"

    def __init__(self, *, count: int, rows: int, first: int) -> None:
        super().__init__(
            f"{count:,} of {rows:,} scores are NaN or infinite",
            why=f"the first is row {first}; such a row would never or always alert",
            fix="score that row by itself; look for a division by zero in features.py or an unclipped model",
        )


class LeakFound(GateFailed):
    """Rows of one group stand on two sides of the split."""

    code, title = "E5010", "The split leaks"

    def __init__(self, detector: str, *, leaks: Iterable[str]) -> None:
        super().__init__(
            f"the split of '{detector}' leaks; nothing was trained",
            why="; ".join(leaks),
            fix="group what belongs together in the detector's source.py (groups), then run again",
        )


class NothingWithinLimits(GateFailed):
    """No candidate of a head is within the declared limits."""

    code, title = "E5012", "No candidate is within the limits"

    def __init__(self, detector: str, *, head: str, size_mib: float) -> None:
        super().__init__(
            f"no candidate for the head '{head}' of '{detector}' is within its limits",
            why=f"detector.toml [limits] allows {size_mib:g} MiB and its time a row",
            fix="make a candidate of model.py smaller, or raise the limit and say why",
        )


class TooLarge(GateFailed):
    """A fitted candidate could not ship: its graph is larger than is allowed."""

    code, title = "E5115", "A graph is too large"

    def __init__(self, candidate: str, *, size_bytes: int, size_mib: float) -> None:
        super().__init__(
            f"the graph of '{candidate}' is too large",
            why=f"{size_bytes / 2**20:.1f} MiB, and detector.toml [limits] allows {size_mib:g}",
            fix="narrow the space of the candidate in model.py, or raise the limit and say why",
        )


class NothingFound(GateFailed):
    """No trial of a search gave a quality."""

    code, title = "E5116", "A search found nothing"

    def __init__(self, study: str, *, trials: int, why: str) -> None:
        super().__init__(
            f"none of {trials} trials of '{study}' gave a quality",
            why=why or "the budget ended before the first trial did",
            fix="mend that, or give trials more time: --trial-limit, --budget; then search anew: --force",
        )


class PromotionRefused(GateFailed):
    """A version may not become champion."""

    code, title = "E5011", "A version is not promoted"

    def __init__(self, detector: str, version: int, *, why: str, is_final: bool = False) -> None:
        answer = (
            f"if a person answers for it: detectory models promote {detector}@{version} --override REASON"
        )
        see = f"detectory report {detector}@{version} --open"
        super().__init__(
            f"version {version} of '{detector}' is not promoted",
            why=why,
            fix=f"{see}   shows what it was made of" if is_final else f"{see}; {answer}",
        )


class NotProven(GateFailed):
    """Labels do not show that a challenger is better than the champion."""

    code, title = "E5020", "A challenger is not proven"

    def __init__(self, detector: str, version: int, *, why: str) -> None:
        super().__init__(
            f"nothing shows that version {version} of '{detector}' is better than its champion",
            why=why,
            fix="label the rows on which the two disagree; if a person answers for it: "
            f"detectory canary promote {detector} --override REASON",
        )


class ContractBroken(GateFailed):
    """A server breaks clauses of a contract."""

    code, title = "E5030", "A contract is broken"

    def __init__(self, contract: str, *, broken: Iterable[str]) -> None:
        super().__init__(
            f"the server breaks the contract '{contract}'",
            why=", ".join(broken),
            fix="docs/reference/contracts.md says what each contract asks; the table says what was found",
        )
