"""Runs on their way to trackers: the journal says which ones still wait, and this sends them.

In: a workspace whose settings name sinks. Out: what became of each. Never: a run that fails, or waits for
longer than ``tracking.patience_s`` a sink, because a tracker is away: its record says why, and it is tried
again after the next run and by ``detectory runs send``.
"""

from __future__ import annotations

import importlib
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from detectory.errors import BadSetting, DetectoryError, MissingExtra, NotSent
from detectory.journal import Journal, Record
from detectory.settings import referred
from detectory.settings.references import KINDS
from detectory.workspace import Workspace

SENT, WAITING = "sent", "waiting"
#: how many of the latest runs are looked through, and sent at once, after a run
RECENT, MOST = 100, 20
LOCK = "journal/sending"


@dataclass(frozen=True, slots=True)
class News:
    """What became of the runs that waited for a sink: how many were sent, and why the others were not."""

    sink: str
    sent: int
    waiting: int
    why: str = ""

    def __str__(self) -> str:
        """One line for a person."""
        if not self.why:
            return f"{self.sink}: {self.sent} sent"
        return f"{self.sink}: {self.waiting} not sent, tried again after the next run: {self.why}"


def waiting(home: Workspace) -> dict[str, str]:
    """What the record of a run that begins says of sinks.

    Told before hours of work: raises `MissingExtra` for a library that is not installed, and `BadSetting`
    for a reference that leads nowhere.
    """
    for sink in home.settings.tracking.sinks:
        if find_spec(sink) is None:
            raise MissingExtra(sink, extra=sink, because="to send runs there, as tracking.sinks says")
        _known(sink, home)
    return dict.fromkeys(home.settings.tracking.sinks, WAITING)


@contextmanager
def sending(home: Workspace, tell: Callable[[str], None]) -> Iterator[None]:
    """Send what waits once the ``with`` block is over, however it ended, unless somebody wants to leave."""
    try:
        yield
    except Exception:
        _send_quietly(home, tell)
        raise
    _send_quietly(home, tell)


def _send_quietly(home: Workspace, tell: Callable[[str], None]) -> None:
    try:
        for news in send(home, recent=RECENT, most=MOST):
            tell(str(news))
    except Exception as error:  # noqa: BLE001  # whatever it is, what the run made is there
        why = error if isinstance(error, (DetectoryError, OSError)) else f"{type(error).__name__}: {error}"
        tell(f"runs are not sent, and tried again after the next one: {why}")


def send(home: Workspace, *, recent: int = 0, most: int | None = None) -> Iterator[News]:
    """Send the runs that wait to each sink, oldest first: of the ``recent`` ones (0: all) ``most`` at once.

    Raises `MissingExtra`, `BadSetting`, `RunBusy` while another command sends, and what the store raises.
    """
    sinks = waiting(home)
    if not sinks:
        return
    with home.store.locked(LOCK):
        journal = Journal(home.store)
        over = [one for one in journal.records(last=recent) if isinstance(one, Record) and one.is_over]
        for sink in sinks:
            left = [one for one in over if one.sinks.get(sink, SENT) != SENT]
            # one that a tracker refused, and may refuse for ever, keeps no other waiting
            left.sort(key=lambda one: one.sinks[sink] != WAITING)
            yield from _to(sink, left[:most], home, journal)


def check_sent(told: Sequence[News]) -> None:
    """Raises `NotSent` where some runs were not."""
    for news in told:
        if news.why:
            raise NotSent(news.sink, count=news.waiting, why=news.why)


def _to(sink: str, records: Sequence[Record], home: Workspace, journal: Journal) -> Iterator[News]:
    """Some after some, so that few are unpacked at once, up to the first that is not sent."""
    for at in range(0, len(records), MOST):
        news = _sent(sink, records[at : at + MOST], home, journal)
        yield news
        if news.why:
            break


def _sent(sink: str, records: Sequence[Record], home: Workspace, journal: Journal) -> News:
    # every run looks for what waits; what opens bundles is loaded by those that send
    from detectory.tracking import apart
    from detectory.tracking.child import Job
    from detectory.tracking.parcel import packed

    with tempfile.TemporaryDirectory(prefix="detectory-") as scratch:
        parcels = [
            packed(
                journal.get(record.id),
                home.store,
                trusted=home.trusted,
                card=_card(record.detector, home),
                scratch=Path(scratch) / record.id,
            )
            for record in records
        ]
        job = Job(sink, home.settings.tracking, _known(sink, home), parcels)
        answers = apart.sent(job, root=home.root.resolve(), environment=home.environment)
    for answer in answers:
        journal.mark(answer.run, **{sink: f"{WAITING}: {answer.why}" if answer.why else SENT})
    sent = sum(not answer.why for answer in answers)
    return News(sink, sent, len(records) - sent, next((one.why for one in answers if one.why), ""))


def _card(detector: str, home: Workspace) -> Path | None:
    """The detector's card; None where it has none, or is no more."""
    with suppress(DetectoryError):
        card = home.detector(detector).folder / "README.md"
        return card if card.is_file() else None
    return None


def _known(sink: str, home: Workspace) -> dict[str, str]:
    """What the settings of a sink refer to. Raises `BadSetting`."""
    section = getattr(home.settings.tracking, sink)
    found = {}
    for name in importlib.import_module(f"detectory.tracking.{sink}").REFERENCES:
        said, key = getattr(section, name), f"tracking.{sink}.{name}"
        if said.partition(":")[0] in KINDS:
            found[name] = referred(key, said, env=home.environment, root=home.root)
    if sink == "wandb" and section.mode == "online" and "key" not in found:
        raise BadSetting("tracking.wandb.key", why="online wants a key: env:NAME or file:PATH")
    return found
