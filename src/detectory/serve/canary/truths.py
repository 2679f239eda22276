"""What labels say of a trial: who was right where its versions disagree, an entity once."""

from __future__ import annotations

import logging
from collections import Counter
from random import Random
from typing import TYPE_CHECKING

from detectory.errors import LedgerAway
from detectory.ledger.database import Database
from detectory.ledger.disputes import Dispute, settled
from detectory.monitor.disagreement import Answer, Right, nearer, right_alert
from detectory.monitor.evidence import Truth
from detectory.registry.trial import Trial
from detectory.schema import keys_of
from detectory.spec import Binary

if TYPE_CHECKING:  # runtime loads onnxruntime; a server listens before that
    from detectory.runtime import Scorer


logger = logging.getLogger(__name__)


class Truths:
    """The labels of one ledger. While it is away, what it said last counts: guards need no label.

    ``keep`` is the share of the rows without an alert that it keeps. As alerts are all kept, an alert that
    the challenger takes away would be seen more often than one that it adds; so of alerts no more count.
    """

    def __init__(self, database: Database, *, keep: float = 1.0) -> None:
        self._database, self._keep, self._known = database, keep, dict[str, Truth]()

    def __call__(self, trial: Trial, scorer: Scorer) -> Truth:
        """Who was right in this trial so far."""
        try:
            self._known = {trial.id: self._read(trial, scorer)}
        except LedgerAway as error:
            logger.warning("labels not read", extra={"facts": {"reason": error.why}})
        except Exception:  # the ledger holds what strangers sent; the guards must go on
            logger.exception("labels not read", extra={"facts": {"detector": scorer.spec.name}})
        return self._known.get(trial.id, Truth())

    def _read(self, trial: Trial, scorer: Scorer) -> Truth:
        versions, since = (str(trial.champion), str(trial.challenger)), trial.began.timestamp()
        found = _alike(settled(self._database, scorer.spec.name, versions, since=since), self._keep)
        newest_last = {_entity(dispute, scorer): dispute for dispute in reversed(found)}
        said = Counter(_right(dispute, versions, scorer) for dispute in newest_last.values())
        return Truth(said["challenger"], said["champion"], said["neither"])


def _alike(found: list[Dispute], keep: float) -> list[Dispute]:
    """Those that count, whatever was said with the same probability; always the same ones."""
    least = min([keep, *(dispute.share for dispute in found)])
    return [one for one in found if Random(one.id).random() < least / one.share]  # noqa: S311  # a sample


def _entity(dispute: Dispute, scorer: Scorer) -> str:
    """What tells the row's entity apart: the same name asked a hundred times is one label's worth."""
    fields = scorer.spec.doors[scorer.spec.door_of(list(dispute.row))].fields
    parsed = scorer.parse({name: [dispute.row.get(name)] for name in fields})
    return (keys_of(parsed.rows, scorer.spec.key) or [repr(dispute.row)])[0]


def _right(dispute: Dispute, versions: tuple[str, str], scorer: Scorer) -> Right:
    champion, challenger = (Answer(*dispute.said[version]) for version in versions)
    if isinstance(scorer.spec, Binary):
        return right_alert(dispute.truth, champion, challenger, negative=scorer.spec.label.negative)
    return nearer(float(dispute.truth), champion, challenger)
