"""The library: what the command line does, without its skin.

>>> import detectory
>>> dga = detectory.load("dga")  # doctest: +SKIP
>>> dga.score({"domain": ["google.com"]}).label  # doctest: +SKIP
array(['benign'], dtype='<U6')

``load`` opens the promoted version and imports no training library and no server.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from detectory import signing
from detectory.artifacts import Artifact
from detectory.errors import NoThreshold, PromotionRefused, UsageError
from detectory.registry import promote as promotion, versions
from detectory.workspace import Workspace as Workspace, workspace as workspace

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    from detectory.choice import Choice
    from detectory.models.candidate import Candidate
    from detectory.models.recipe import Recipe
    from detectory.pipeline import Event, Plan
    from detectory.recertify import Recertified
    from detectory.runtime import Scorer
    from detectory.schema import Rows


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run made: the artifacts by stage, the version if it got that far, and who serves now.

    ``refused`` says why the new version was not promoted, ``run`` which run of the journal it was.
    """

    artifacts: dict[str, Artifact]
    version: int | None
    is_new: bool
    champion: int | None
    refused: PromotionRefused | None = None
    run: str = ""


def load(name: str, *, version: str | int | None = None, within: Workspace | None = None) -> Scorer:
    """Open a detector's promoted version (or another) to score with.

    Raises `UnknownDetector`, `NoChampion`, `SignatureInvalid`.
    """
    return (within or workspace()).scorer(name, None if version is None else str(version))


def run(
    name: str,
    *,
    stages: Sequence[str] = (),
    given: Sequence[str] = (),
    only_given: bool = False,
    synthetic: bool = False,
    sample: float = 1.0,
    choice: Choice | None = None,
    force: bool = False,
    watch: Callable[[Event], None] | None = None,
    within: Workspace | None = None,
) -> Outcome:
    """Run a detector's stages, from source to a promoted version by default.

    ``stages`` names some of them instead. ``given`` are paths, globs and addresses of raw files to add; with
    ``only_given`` nothing else is read, and with ``synthetic`` their rows are marked as made up. ``sample``
    is the share of raw rows to use, above 0 and at most 1, and ``choice`` says which candidates to fit, and
    how. With ``force`` stages are made again from the same inputs. ``watch`` is called with every event.

    Raises what a stage raises (`CannotCertify`, `LeakFound`, `RunBusy` …), and `PromotionRefused` when
    a gate failed.
    """
    home = within or workspace()
    planned = plan(
        name, stages=stages, given=given, only_given=only_given, synthetic=synthetic, sample=sample,
        choice=choice, force=force, watch=watch, within=home,
    )  # fmt: skip
    outcome = carry_out(planned, home)
    if outcome.refused:
        raise outcome.refused
    return outcome


def plan(
    name: str,
    *,
    stages: Sequence[str] = (),
    given: Sequence[str] = (),
    only_given: bool = False,
    synthetic: bool = False,
    sample: float = 1.0,
    choice: Choice | None = None,
    force: bool = False,
    watch: Callable[[Event], None] | None = None,
    within: Workspace | None = None,
) -> Plan:
    """What `run` would do, from the same arguments; ``pipeline.preview`` says which stages it would make.

    Raises `UsageError` when ``sample`` is no share above 0, `UnknownCandidate`, `HeadAbsent` and
    `SetInVain`.
    """
    from detectory import compress, pipeline
    from detectory.choice import Choice
    from detectory.imported import catalogue

    if not 0 < sample <= 1:
        raise UsageError(f"a sample of {sample:g} is no share above 0", fix="give a share such as 0.01")
    home = within or workspace()
    detector = home.detector(name)
    choice = replace(choice or Choice(), given=catalogue.given(home.store, name))
    # told before hours of work, not after
    fitted = choice.of(detector.candidates, detector.recipes)
    choice.check_heads(detector.spec.heads, [*detector.candidates, *detector.recipes])
    made: list[Candidate | Recipe] = [*fitted, *choice.recipes(detector.recipes)]
    choice.check_used([one for one in made if one.head in detector.spec.heads])
    compress.check(detector.recipes)
    return pipeline.Plan(
        detector, home.store, home.sources(given, only_given=only_given, synthetic=synthetic),
        stages=pipeline.chosen(stages), sample=sample, seed=home.settings.seed,
        threads=home.settings.threads, choice=choice, force=force, watch=watch or (lambda event: None),
    )  # fmt: skip


def carry_out(planned: Plan, home: Workspace, *, verb: str = "run") -> Outcome:
    """Run a plan, and keep in the journal what it did.

    A missing key is told before anything is made, a refused promotion in the outcome.
    """
    from detectory import pipeline
    from detectory.recording import failure, recorded

    with recorded(planned, home, verb=verb) as (plan, running):
        key = signing.private_key(home.signing_key) if pipeline.REGISTER in plan.stages else None
        outcome = _finished(plan, pipeline.run(plan), key, home)
        running.note(version=outcome.version, is_new=outcome.is_new, champion=outcome.champion)
        if outcome.refused:
            running.note(error=failure(outcome.refused))
    return replace(outcome, run=running.id)


def evaluate(
    name: str,
    rows: Rows,
    truth: Sequence[Any],
    *,
    version: str | None = None,
    within: Workspace | None = None,
) -> dict[str, Any]:
    """Judge a version on somebody's own rows whose truth is known; changes nothing.

    ``truth`` holds each row's class, the detector's negative label (``benign``) or a family; for a
    detector that predicts numbers it holds those. The answer counts the rows that do not parse and those
    that the version was trained on.
    """
    from detectory.judge import stranger

    home = within or workspace()
    scorer = home.scorer(name, version)
    return stranger.judged(scorer, rows, truth, trained=stranger.trained_keys(scorer, home.store))


def recertify(
    name: str,
    file: str,
    *,
    version: str | None = None,
    false_alerts: float | None = None,
    benign_events: float | None = None,
    watch: Callable[[Event], None] | None = None,
    within: Workspace | None = None,
) -> Recertified:
    """Certify the threshold of a version on a file of one's own benign rows, as a new version.

    The budget is that of ``detector.toml`` unless ``false_alerts`` a day or ``benign_events`` a day say
    otherwise. Nothing is promoted; the journal keeps it as a run. Raises `CannotCertify` for too few rows,
    `NothingScored`, `NoKey`, and `NoThreshold` for a detector that predicts numbers.
    """
    from detectory import recertify as again
    from detectory.pipeline import Event
    from detectory.recording import fields_of_recertified, recorded
    from detectory.runtime import AlertScorer

    home = within or workspace()
    scorer = home.scorer(name, str(versions.resolve(home.store, name, version)))
    if not isinstance(scorer, AlertScorer):
        raise NoThreshold(name, asked="certifying a threshold")
    planned = replace(plan(name, watch=watch, within=home), stages=())
    wanted = again.Wanted(file, false_alerts, benign_events, seed=home.settings.seed)
    with recorded(planned, home, verb="threshold") as (_, running):
        planned.watch(Event("threshold", "started"))
        key = signing.private_key(home.signing_key)
        found = again.recertified(
            scorer, planned.detector, wanted, store=home.store, key=key, trusted=home.trusted
        )
        running.note(**fields_of_recertified(found))
    return found


def _finished(
    plan: Plan, made: dict[str, Artifact], key: Ed25519PrivateKey | None, home: Workspace
) -> Outcome:
    """Register and promote what was made, where the plan goes so far.

    A version that was promoted before is not promoted again: somebody may have rolled it back.
    """
    from detectory.pipeline import PROMOTE, REGISTER, Event
    from detectory.registry.register import register

    name, number, is_new, refused = plan.detector.name, None, False, None
    if key is not None:
        number, is_new = register(plan.detector, made, store=home.store, key=key, trusted=home.trusted)
        plan.watch(Event(REGISTER, "made" if is_new else "kept", f"version {number}"))
    if number is not None and PROMOTE in plan.stages and promotion.may_serve(home.store, name, number):
        refused = _promoted(plan, number, home)
    return Outcome(made, number, is_new, versions.champion(home.store, name), refused)


def _promoted(plan: Plan, number: int, home: Workspace) -> PromotionRefused | None:
    from detectory.pipeline import PROMOTE, Event

    name, now = plan.detector.name, datetime.now(UTC)
    try:
        promotion.promote(home.store, name, str(number), trusted=home.trusted, now=now)
    except PromotionRefused as refused:
        return refused
    plan.watch(Event(PROMOTE, "made", f"version {number} is the champion"))
    return None
