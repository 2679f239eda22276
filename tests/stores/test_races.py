"""Eight processes at one bucket, each as if on a machine of its own: nothing is lost, nothing there twice."""

import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from detectory.artifacts import Access, Store
from detectory.library import Workspace
from detectory.registry import promote, versions

WRITERS, TURNS = 8, 15

COUNT = """
import sys
from pathlib import Path
from detectory.artifacts import Access, Store

url, endpoint, cache, turns = sys.argv[1:]
store = Store(url, Access(endpoint, allow_http=True, retry_s=60, cache=Path(cache)))
input()
lost = 0
for _ in range(int(turns)):
    while True:
        before = store.swappable("count.json")
        if store.swap(before, {"count": (before.body or {"count": 0})["count"] + 1}):
            break
        lost += 1
print(lost)
"""

REGISTER = """
import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from detectory.library import Workspace, workspace
from detectory.registry import promote, transfer

root, url, endpoint, cache, version = sys.argv[1:]
pairs = [f"objects.endpoint={endpoint}", "objects.allow_http=true", f"objects.cache={cache}"]
home = workspace(Path(root), pairs)
there, now = home.store_at(url), datetime(2026, 1, 1, tzinfo=UTC)
input()
moved = transfer.push(home.store, there, "toy", version, trusted=home.trusted, now=now)
number = promote.promote(there, "toy", str(moved.number), trusted=home.trusted, now=now)
print(json.dumps([moved.number, moved.is_new, number]))
"""


def at_once(program: str, arguments: list[list[str]]) -> list[str]:
    """Start a process for each list of arguments, let them go together, and gather what they print."""
    started = [
        subprocess.Popen(
            [sys.executable, "-c", program, *words], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        for words in arguments
    ]
    for process in started:
        assert process.stdin
        process.stdin.write("\n")
        process.stdin.flush()
    said = [process.communicate()[0] for process in started]
    assert [process.returncode for process in started] == [0] * len(started)
    return said


def test_eight_processes_that_count_lose_no_turn(url: str, access: Access, tmp_path: Path) -> None:
    words = [[url, access.endpoint, str(tmp_path / str(n)), str(TURNS)] for n in range(WRITERS)]
    conflicts = sum(map(int, at_once(COUNT, words)))
    assert Store(url, access).document("count.json")["count"] == WRITERS * TURNS  # type: ignore[index]
    assert conflicts > 0, "they never met, so nothing was shown"


def test_versions_that_come_from_many_machines_are_each_there_once_and_the_trail_explains_who_serves(
    toy_made: Workspace, url: str, access: Access, tmp_path: Path
) -> None:
    words = [[str(toy_made.root), url, access.endpoint, str(tmp_path / str(n)), "1"] for n in range(WRITERS)]
    ended = [json.loads(said) for said in at_once(REGISTER, words)]
    assert sorted(is_new for _, is_new, _ in ended) == [False] * (WRITERS - 1) + [True]
    there = Store(url, access)
    assert versions.numbers(there, "toy") == [1]
    assert versions.champion(there, "toy") == 1
    trail = promote.trail(there, "toy")
    void = {entry["instead_of"] for entry in trail if "instead_of" in entry}
    held = [entry for number, entry in enumerate(trail, start=1) if number not in void]
    assert [entry["version"] for entry in held if entry["action"] == "promote"] == [1]


def test_promotions_that_meet_from_many_machines_are_all_on_the_trail_in_the_order_they_held(
    toy_made: Workspace, url: str, access: Access, tmp_path: Path
) -> None:
    there, now = Store(url, access), datetime(2026, 1, 1, tzinfo=UTC)

    def promoted(machine: int) -> None:
        own = Store(url, replace(access, cache=tmp_path / str(machine)))
        for turn in range(3):
            version = 10 * machine + turn

            def decide(history: list[int]) -> promote.Change:
                before = history[-1] if history else None
                return [*history, version], {"version": version, "before": before}  # noqa: B023  # at once

            promote.change(own, "toy", decide, now=now)

    with ThreadPoolExecutor(WRITERS) as pool:
        list(pool.map(promoted, range(WRITERS)))
    trail = promote.trail(there, "toy")
    void = {entry["instead_of"] for entry in trail if "instead_of" in entry}
    held = [entry for number, entry in enumerate(trail, start=1) if number not in void]
    history = there.document("toy/champion.json")["history"]  # type: ignore[index]
    assert sorted(history) == sorted(10 * machine + turn for machine in range(WRITERS) for turn in range(3))
    assert {entry["version"]: entry["before"] for entry in held} == dict(
        zip(history, [None, *history], strict=False)
    )
    assert void, "they never met, so nothing was shown"


def test_a_promotion_that_lost_to_another_machine_is_decided_again(
    toy_made: Workspace, url: str, access: Access, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What happens between the entry on the trail and the swap is done by another machine."""
    now = datetime(2026, 1, 1, tzinfo=UTC)
    here, there = Store(url, access), Store(url, access)
    _, opened = versions.open_version(toy_made.store, "toy", "1", toy_made.trusted)
    pointer = "toy/champion.json"
    for number in ("1", "2"):
        there.publish_folder(f"toy/versions/{number}", dict(opened.files) | _envelope(toy_made))
    decided: list[list[int]] = []

    def once_more(before: list[int]) -> tuple[list[int], dict[str, int]]:
        decided.append(before)
        if len(decided) == 1:
            there.swap(there.swappable(pointer), {"version": 2, "history": [2]})
        return [*before, 1], {"version": 1}

    assert promote.change(here, "toy", once_more, now=now) == [2, 1]
    assert decided == [[], [2]]
    first, second = promote.trail(here, "toy")
    assert (first["version"], second["version"], second["instead_of"]) == (1, 1, 1)


def _envelope(home: Workspace) -> dict[str, bytes]:
    folder = versions.folder_of(home.store, "toy", 1)
    return {"bundle.dsse.json": (folder / "bundle.dsse.json").read_bytes()}
