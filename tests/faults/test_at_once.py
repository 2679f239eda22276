"""Several processes at once: one wins or waits, nothing is lost, and the trail explains who serves."""

import itertools
from collections.abc import Callable
from pathlib import Path

import pytest

from detectory.library import Workspace
from detectory.registry import promote, versions
from tests.faults.conftest import Forks, Stop, scratch, state


@pytest.fixture
def three(forks: Forks, stops: dict[str, Stop], tmp_path: Path) -> Workspace:
    """A home in which versions 2 and 3 wait beside the champion, 1."""
    home = stops["promote"].copied(tmp_path / "home")
    words = tmp_path / "words.txt"
    words.write_text("\n".join(f"{chr(97 + n % 26)}{'word' * 3}{chr(97 + n // 26)}" for n in range(600)))
    code, said = forks.run(home, "threshold", "toy@2", "--from", str(words))
    assert code == 0, said
    return home


def consistent(home: Workspace) -> None:
    """Every entry of the trail begins where the one before it ended, and the last one serves."""
    entries = promote.trail(home.store, "toy")
    for before, entry in itertools.pairwise(entries):
        assert entry["before"] == before["version"]
    pointer = home.store.document("toy/champion.json")
    assert pointer["version"] == entries[-1]["version"]
    names = home.store.listing("toy/audit")
    assert names == [f"{number:06}.json" for number in range(1, len(names) + 1)]


@pytest.mark.soak
def test_two_promotions_at_once_have_one_winner_and_both_are_on_the_trail(
    forks: Forks, three: Workspace, tenth: Callable[[int], int]
) -> None:
    entries = len(promote.trail(three.store, "toy"))
    for race in range(tenth(50)):
        first, second = ("2", "3") if versions.champion(three.store, "toy") == 1 else ("1", "2")
        started = [forks.start(three, "models", "promote", f"toy@{number}") for number in (first, second)]
        ended = [one.ended() for one in started]
        assert [code for code, _ in ended] == [0, 0], ended
        assert len(promote.trail(three.store, "toy")) > entries, race
        entries = len(promote.trail(three.store, "toy"))
        consistent(three)


@pytest.mark.soak
def test_a_promotion_and_a_rollback_at_once_leave_a_trail_that_explains_who_serves(
    forks: Forks, three: Workspace, tenth: Callable[[int], int]
) -> None:
    promoted, _ = forks.run(three, "models", "promote", "toy@2")
    assert promoted == 0
    for _ in range(tenth(20)):
        started = [
            forks.start(three, "models", "promote", "toy@3"),
            forks.start(three, "models", "rollback", "toy", "--reason", "a race"),
        ]
        assert {one.ended()[0] for one in started} <= {0, 7}
        consistent(three)
        forks.run(three, "models", "promote", "toy@2")


def test_two_runs_at_once_do_the_work_once(forks: Forks, stops: dict[str, Stop], tmp_path: Path) -> None:
    stop = stops["fit"]
    home = stop.copied(tmp_path / "home")
    started = [forks.start(home, "run", "toy", "--set", "seed=1") for _ in range(2)]
    ended = sorted(one.ended() for one in started)
    codes = [code for code, _ in ended]
    assert codes in ([0, 7], [0, 0]), ended
    assert all("E7001" in said and "process " in said for code, said in ended if code == 7)
    assert state(home) == stops["promote"].after


@pytest.mark.soak
def test_versions_made_at_once_get_numbers_of_their_own(
    forks: Forks, stops: dict[str, Stop], tmp_path: Path, tenth: Callable[[int], int]
) -> None:
    home = stops["bronze"].copied(tmp_path / "home")
    words = tmp_path / "words.txt"
    words.write_text("\n".join(f"{chr(97 + n % 26)}{'word' * 3}{chr(97 + n // 26)}" for n in range(600)))
    for race in range(tenth(20)):
        command = ("threshold", "toy@1", "--from", str(words), "--benign-events")
        started = [forks.start(home, *command, str(1_000 - 3 * race - n)) for n in (0, 1, 1)]
        ended = [one.ended() for one in started]
        assert [code for code, _ in ended] == [0, 0, 0], ended
        # three processes, two of them with the same bytes: two versions
        assert len(versions.numbers(home.store, "toy")) == 1 + 2 * (race + 1)


def test_a_run_that_begins_sweeps_nothing_of_a_version_that_is_being_made(
    forks: Forks, stops: dict[str, Stop], tmp_path: Path
) -> None:
    home = stops["judge"].copied(tmp_path / "home")
    waiting = home.store.root / "toy/versions/.tmp-of-another-process"
    waiting.mkdir()
    code, said = forks.run(home, "run", "toy", "--to", "judge", "--set", "seed=1")
    assert (code, waiting.is_dir()) == (0, True), said
    forks.run(home, "models", "promote", "toy@1")
    assert not scratch(home)
