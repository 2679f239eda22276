"""Requests of one turn of the event loop share a call of the scorer, and nothing else."""

from __future__ import annotations

import asyncio
from typing import Any

import numpy as np

from detectory.runtime import AlertScorer, Record, Scorer, Scores
from detectory.schema import Parsed, Rows
from detectory.serve.batching import Batches
from detectory.serve.predictor import Predictor
from detectory.serve.sent import Sent
from detectory.serve.telemetry import Metrics


class Counting(AlertScorer):
    """A scorer that counts how often it scores."""

    def __init__(self, whole: Scorer) -> None:
        self.__dict__.update(whole.__dict__)
        self.calls = 0

    def score_parsed(self, parsed: Parsed) -> Scores:
        self.calls += 1
        return super().score_parsed(parsed)


class Grouping(Counting):
    """A scorer to which all rows are one entity, as the lines of one block are."""

    def parse(self, rows: Rows) -> Parsed:
        parsed = super().parse(rows)
        first = {name: column[:1] for name, column in parsed.rows.items()}
        return Parsed(first, np.zeros_like(parsed.source), parsed.source)


class Broken(Counting):
    """A scorer with a bug."""

    def parse(self, rows: Rows) -> Parsed:
        raise RuntimeError("a bug")


def records(batches: Batches, scorer: Scorer, domains: list[str]) -> asyncio.Future[list[Record]]:
    promised: asyncio.Future[list[Record]] = asyncio.get_running_loop().create_future()
    batches.add(scorer, Sent.of({"domain": domains}), promised)
    return promised


def asked_at_once(scorer: Scorer, *asked: list[str]) -> list[Any]:
    async def all_of_them() -> list[list[Record] | BaseException]:
        batches = Batches(Metrics(Predictor({}), version="0"))
        answers = (records(batches, scorer, domains) for domains in asked)
        return await asyncio.gather(*answers, return_exceptions=True)

    return asyncio.run(all_of_them())


def test_requests_of_one_turn_are_scored_in_one_call(scorer: Scorer) -> None:
    counting = Counting(scorer)

    answers = asked_at_once(counting, ["google.com"], ["x1y2z3w4.com", "bbc.co.uk"])

    assert counting.calls == 1
    assert [[row["domain"] for row in answer] for answer in answers] == [
        ["google.com"],
        ["x1y2z3w4.com", "bbc.co.uk"],
    ]


def test_a_request_is_answered_as_if_it_were_alone(scorer: Scorer) -> None:
    asked = [["google.com", "a b"], ["1.2.3.4"], ["x1y2z3w4.com", "", "bücher.example"]]

    expected = [scorer.score({"domain": domains}).records({"domain": domains}) for domains in asked]

    assert asked_at_once(scorer, *asked) == expected


def test_rows_of_two_callers_never_become_one_entity(scorer: Scorer) -> None:
    grouping = Grouping(scorer)

    answers = asked_at_once(grouping, ["google.com", "bbc.co.uk"], ["x1y2z3w4.com", "a.com"])

    assert [[row["domain"] for row in answer] for answer in answers] == [["google.com"], ["x1y2z3w4.com"]]
    assert grouping.calls == 2


def test_a_bug_is_told_to_everyone_who_waits(scorer: Scorer) -> None:
    assert [str(error) for error in asked_at_once(Broken(scorer), ["a.com"], ["b.com"])] == ["a bug"] * 2


def test_a_caller_that_goes_away_takes_nobody_along(scorer: Scorer) -> None:
    async def one_goes() -> list[Record]:
        batches = Batches(Metrics(Predictor({}), version="0"))
        gone = records(batches, scorer, ["a.com"])
        stays = records(batches, scorer, ["b.com"])
        gone.cancel()
        return await stays

    assert [row["domain"] for row in asyncio.run(one_goes())] == ["b.com"]


def test_a_batch_in_which_every_caller_went_away_is_not_scored(scorer: Scorer) -> None:
    counting = Counting(scorer)

    async def all_go() -> None:
        records(Batches(Metrics(Predictor({}), version="0")), counting, ["a.com"]).cancel()
        await asyncio.sleep(0.01)

    asyncio.run(all_go())

    assert counting.calls == 0
