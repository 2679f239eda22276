"""A replay: the same rows answered by the champion and by a candidate, from a file or from the ledger."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, cast

import msgspec

from detectory.cli.defanged import defanged
from detectory.cli.table import table
from detectory.formats.gather import gathered
from detectory.formats.read import opened, read
from detectory.formats.source import Form
from detectory.monitor.comparison import first_rows, predictions_of
from detectory.monitor.replay import Day, FalseAlerts, Replay
from detectory.runtime import AlertScorer
from detectory.schema import Rows, keys_of

FILE = "file"  # the one day of rows that have no time
#: when it was sent, the share of such rows that is kept, its fields
Sent = tuple[float, float, dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Block:
    """Rows of one door: the day of each, how many rows it stands for, and its truth, empty if unknown."""

    rows: Rows
    days: Sequence[str]
    weights: Sequence[float]
    truths: Sequence[str]


def of_file(file: str, scorer: AlertScorer, form: str | None) -> Iterator[Block]:
    """The rows of a file; a line that holds none is left out."""
    with opened(file) as source:
        chunks = read(source, scorer.spec.asked, form=cast("Form | None", form))
        for chunk in gathered(chunks, scorer.spec.is_gathered):
            count = len(chunk.lines)
            if count:
                yield Block(chunk.asked(), [FILE] * count, [1.0] * count, [""] * count)


def of_ledger(kept: Iterable[Sent], labels: Mapping[bytes, str], scorer: AlertScorer) -> Iterator[Block]:
    """Rows as a server was sent them: time in Unix seconds, the share of such rows that is kept, fields.

    ``labels`` are the truth of some rows, by `row_key`. Entities of many rows are not there whole, and
    left out.
    """
    found: dict[tuple[str, ...], list[Sent]] = {}
    for one in kept:
        fields = tuple(scorer.spec.doors[scorer.spec.door_of(list(one[2]))].fields)
        if not scorer.spec.is_gathered(fields):
            found.setdefault(fields, []).append(one)
    for fields, rows in found.items():
        columns = {name: [row.get(name) for _, _, row in rows] for name in fields}
        days = [datetime.fromtimestamp(at, UTC).date().isoformat() for at, _, _ in rows]
        truths = [labels.get(row_key(row), "") for _, _, row in rows]
        yield Block(columns, days, [1 / share for _, share, _ in rows], truths)


def row_key(row: Mapping[str, Any]) -> bytes:
    """What tells a row apart, whatever the order of its fields."""
    return msgspec.json.encode(row, order="sorted")


def replayed(blocks: Iterable[Block], champion: AlertScorer, candidate: AlertScorer) -> Replay:
    """What the candidate says otherwise."""
    replay = Replay()
    for block in blocks:
        before, after = champion.score(block.rows), candidate.score(block.rows)
        first = first_rows(before.parsed).tolist()
        replay.add(
            predictions_of(before),
            predictions_of(after),
            entities=[key.replace("\x1f", " ") for key in keys_of(before.parsed.rows, champion.spec.key)],
            days=[block.days[row] for row in first],
            weights=[block.weights[row] for row in first],
            false=[_is_false(block.truths[row], champion) for row in first],
        )
    return replay


def _is_false(truth: str, scorer: AlertScorer) -> bool | None:
    """Whether an alert for a row of this truth is false; None where the truth is unknown."""
    return truth == scorer.spec.label.negative if truth else None


def false_alerts(replay: Replay, champion: AlertScorer) -> FalseAlerts:
    """Against the budget: on a day as the rows' own, or as ``detector.toml`` says where they have none."""
    total, budget = replay.total(), champion.spec.budget
    has_days = FILE not in replay.days and replay.days
    rows_a_day = total.rows / len(replay.days) if has_days else budget.benign_events_a_day
    return FalseAlerts.of(replay, rows_a_day=rows_a_day, rate=budget.rate)


def text_of(replay: Replay, false: FalseAlerts) -> str:
    """The replay for people; indicators are defanged."""
    total = replay.total()
    lines = [
        f"rows        {total.rows:,.0f}, of which {total.alerts:,.0f} alert",
        *(f"{kind:12}{getattr(total, kind):,.0f}" for kind in replay.examples),
        f"false       {abs(false.at_least):,.1f} fewer to {false.at_most:,.1f} more a day"
        f"{_expected(false)}; the budget bears {false.budget:,.1f}",
    ]
    if replay.unanswered:
        lines.append(f"unanswered  {replay.unanswered:,} that the candidate does not take")
    return "\n\n".join(["\n".join(lines), _by_day(replay.days), *_examples(replay)]).rstrip()


def _expected(false: FalseAlerts) -> str:
    if false.expected is None or false.at_least == false.at_most:
        return ""
    return f", by their labels {abs(false.expected):,.1f} {'fewer' if false.expected < 0 else 'more'}"


def _by_day(days: Mapping[str, Day]) -> str:
    names = ("rows", "alerts", "added", "lost", "moved")
    shown = [
        {"day": day, **{name: f"{getattr(one, name):,.0f}" for name in names}}
        for day, one in sorted(days.items())
    ]
    return table(shown, ("day", *names))


def _examples(replay: Replay) -> Iterator[str]:
    for kind, found in replay.examples.items():
        if found:
            shown = [
                {
                    kind: defanged(one.entity),
                    "from": one.before,
                    "to": one.after,
                    "log-odds": f"{one.change:+.2f}",
                }
                for one in found.values()
            ]
            yield table(shown, (kind, "from", "to", "log-odds"))
