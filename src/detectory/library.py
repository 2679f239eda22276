"""The library: what the command line does, without its skin.

>>> import detectory
>>> dga = detectory.load("dga")  # doctest: +SKIP
>>> dga.score({"domain": ["google.com"]}).label  # doctest: +SKIP
array(['benign'], dtype='<U6')

``load`` opens the promoted version and imports no training library and no server.
"""

from __future__ import annotations

import glob
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from detectory import detectors, settings as configured, signing, stores
from detectory.artifacts import Artifact, Store
from detectory.detector import Detector, Origin, Sources
from detectory.errors import BadSetting, NoSuchFile, NoThreshold, PromotionRefused, UsageError
from detectory.ledger.database import Database
from detectory.registry import promote as promotion, versions
from detectory.settings import Settings

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    from detectory.pipeline import Event, Plan
    from detectory.recertify import Recertified
    from detectory.runtime import Scorer
    from detectory.schema import Rows


@dataclass(frozen=True, slots=True)
class Workspace:
    """A folder with its settings, store, keys and own detectors."""

    root: Path
    settings: Settings
    environment: Mapping[str, str] = field(default_factory=dict, repr=False)  # it may hold secrets

    @property
    def store(self) -> Store:
        """The store that the settings name: a folder of the workspace, or a bucket."""
        place = self.settings.store
        return self.store_at(place if stores.is_url(place) else self.root / place)

    def store_at(self, place: Path | str) -> Store:
        """Another store, reached as the settings say."""
        return Store(place, self.access)

    @property
    def access(self) -> stores.Access:
        """How buckets are reached."""
        objects = self.settings.objects
        return stores.Access(
            endpoint=objects.endpoint,
            region=objects.region,
            anonymous=objects.anonymous,
            allow_http=objects.allow_http,
            retry_s=objects.retry_s,
            cache=self.root / objects.cache,
        )

    @property
    def ledger(self) -> Database | None:
        """Where predictions and labels are kept, not opened yet; None where nothing is to be kept.

        Raises `BadSetting` for what the setting refers to and is not there, and for a password in it.
        """
        said = self.settings.ledger.url
        if said == "none":
            return None
        if urlsplit(said).password:
            raise BadSetting(
                "ledger.url", why="a password stands in it; let env:NAME or file:PATH hold the URL"
            )
        url = configured.referred("ledger.url", said, env=self.environment, root=self.root)
        return Database(url if "://" in url else str(self.root / url))

    @property
    def own(self) -> Path:
        """The folder of the user's own detectors."""
        return self.root / self.settings.detectors

    @property
    def trusted(self) -> list[signing.TrustedKey]:
        """The public keys whose versions may be opened."""
        return signing.trusted_keys([self.root / path for path in self.settings.signing.trusted])

    @property
    def signing_key(self) -> Path:
        """Where the key that signs new versions is."""
        return self.root / self.settings.signing.key

    def detector(self, name: str) -> Detector:
        """Open a detector's folder by name."""
        return detectors.load(name, self.own)

    def served(self, name: str) -> Scorer:
        """The champion as a server answers with it: to so many digits as the settings say."""
        return self.scorer(name, digits=self.settings.serving.digits)

    def scorer(self, name: str, version: str | None = None, *, digits: int = 6) -> Scorer:
        """Open a version (the champion by default), ready to score."""
        from detectory.runtime import open_scorer

        if not versions.numbers(self.store, name):
            detectors.load(name, self.own)  # says which detectors there are
        number, opened = versions.open_version(self.store, name, version, self.trusted)
        return open_scorer(opened, version=str(number), digits=digits)

    def sources(
        self, given: Sequence[str] = (), *, only_given: bool = False, synthetic: bool = False
    ) -> Sources:
        """Where a run reads from. Raises `NoSuchFile` for a path or glob that finds nothing."""
        mirror = self.root / self.settings.mirror if self.settings.mirror else None
        if mirror and not (mirror / "index.json").is_file():
            raise BadSetting("mirror", why=f"there is no index.json in {mirror}")
        paths = tuple(path for pattern in given for path in self._files_of(pattern))
        downloads = self.store.root / "downloads" if self.settings.network else None
        origin: Origin = "synthetic" if synthetic else "real"
        return Sources(mirror, paths, self.settings.seed, only_given, downloads, origin)

    def _files_of(self, pattern: str) -> list[Path]:
        """The files that a path, a folder, a glob or an address means. Raises `NoSuchFile` for none."""
        found = stores.fetched(pattern, self.access) if stores.is_url(pattern) else _local_files(pattern)
        if not found:
            raise NoSuchFile(pattern)
        return found


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run made: the artifacts by stage, the version if it got that far, and who serves now.

    ``refused`` says why the new version was not promoted.
    """

    artifacts: dict[str, Artifact]
    version: int | None
    is_new: bool
    champion: int | None
    refused: PromotionRefused | None = None


def workspace(root: Path | None = None, given: Sequence[str] = ()) -> Workspace:
    """The workspace of a folder (here, by default); the environment is read here, once a call."""
    base = root or Path()
    read = configured.read(base / configured.FILE, env=os.environ, given=given)  # noqa: TID251  # the one place
    return Workspace(base, read.settings, os.environ)  # noqa: TID251  # handed on, for what settings refer to


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
    force: bool = False,
    watch: Callable[[Event], None] | None = None,
    within: Workspace | None = None,
) -> Outcome:
    """Run a detector's stages, from source to a promoted version by default.

    Raises what a stage raises (`CannotCertify`, `LeakFound`, `RunBusy` …), and `PromotionRefused` when
    a gate failed.
    """
    home = within or workspace()
    planned = plan(
        name, stages=stages, given=given, only_given=only_given, synthetic=synthetic, sample=sample,
        force=force, watch=watch, within=home,
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
    force: bool = False,
    watch: Callable[[Event], None] | None = None,
    within: Workspace | None = None,
) -> Plan:
    """What `run` would do; ``pipeline.preview`` says which stages it would make.

    Raises `UsageError` when ``sample`` is no share above 0.
    """
    from detectory import pipeline

    if not 0 < sample <= 1:
        raise UsageError(f"a sample of {sample:g} is no share above 0", fix="give a share such as 0.01")
    home = within or workspace()
    return pipeline.Plan(
        home.detector(name), home.store, home.sources(given, only_given=only_given, synthetic=synthetic),
        stages=pipeline.chosen(stages), sample=sample, seed=home.settings.seed,
        threads=home.settings.threads, force=force, watch=watch or (lambda event: None),
    )  # fmt: skip


def carry_out(planned: Plan, home: Workspace) -> Outcome:
    """Run a plan; a missing key is told before anything is made, a refused promotion in the outcome."""
    from detectory import pipeline

    key = signing.private_key(home.signing_key) if pipeline.REGISTER in planned.stages else None
    return _finished(planned, pipeline.run(planned), key, home)


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
    within: Workspace | None = None,
) -> Recertified:
    """Certify the threshold of a version on a file of one's own benign rows, as a new version.

    The budget is that of ``detector.toml`` unless ``false_alerts`` a day or ``benign_events`` a day say
    otherwise. Nothing is promoted. Raises `CannotCertify` for too few rows, `NothingScored`, `NoKey`, and
    `NoThreshold` for a detector that predicts numbers.
    """
    from detectory import recertify as again
    from detectory.runtime import AlertScorer

    home = within or workspace()
    key, number = signing.private_key(home.signing_key), versions.resolve(home.store, name, version)
    scorer = home.scorer(name, str(number))
    if not isinstance(scorer, AlertScorer):
        raise NoThreshold(name, asked="certifying a threshold")
    wanted = again.Wanted(file, false_alerts, benign_events, seed=home.settings.seed)
    return again.recertified(
        scorer, home.detector(name), wanted, store=home.store, key=key, trusted=home.trusted
    )


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


def _local_files(pattern: str) -> list[Path]:
    inside = f"{glob.escape(pattern)}/*" if Path(pattern).is_dir() else pattern
    named = [pattern] if Path(pattern).is_file() else sorted(glob.glob(inside))
    return [Path(name) for name in named if Path(name).is_file()]
