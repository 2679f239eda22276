"""Everything that can be set, section by section. Secrets are never values here, only paths to them."""

from itertools import pairwise
from typing import Annotated

from detectory.settings.section import Section, about
from detectory.settings.serving import Admission, Limits, Oidc, Otel, Serving
from detectory.settings.tracking import Tracking

STEPS = (0, 5, 10, 25, 50, 100)


class Signing(Section, frozen=True):
    """Who signs bundles, and whose signature is believed."""

    key: Annotated[str, about("private key that signs new versions (PEM, Ed25519)")] = "keys/signing.key"
    trusted: Annotated[tuple[str, ...], about("public keys whose versions may be opened")] = (
        "keys/signing.pub",
    )


class Canary(Section, frozen=True):
    """How a challenger is tried beside the champion, and what takes it out."""

    steps: Annotated[tuple[int, ...], about("percent of the entities that get its answer, in order")] = STEPS
    least_rows: Annotated[int, about("rows that both versions answer before a step up", least=1)] = 1_000
    least_s: Annotated[int, about("seconds before a step up", least=0)] = 600
    unproven: Annotated[
        int, about("largest step, in percent, before labels show it to be better", least=0, most=100)
    ] = 10
    alpha: Annotated[
        float, about("how likely labels decide between equals, at any look", least=1e-6, most=0.5)
    ] = 0.05
    guard_alpha: Annotated[
        float, about("how likely the guards take out one as good", least=1e-6, most=0.5)
    ] = 0.02
    failed: Annotated[float, about("share of the rows that it may fail", least=1e-6, most=0.5)] = 0.005
    slower: Annotated[float, about("times the champion's time that it may take", least=1)] = 2.0
    silent_s: Annotated[int, about("seconds without a row after which it is taken out", least=1)] = 43_200

    def __post_init__(self) -> None:
        rising = all(low < high for low, high in pairwise(self.steps))
        if not self.steps or not rising or not 0 <= self.steps[0] <= self.steps[-1] <= 100:
            raise ValueError("the steps are percentages that rise, each from 0 to 100")


class Objects(Section, frozen=True):
    """How buckets are reached. Who may is the environment's to say: no credentials stand here."""

    endpoint: Annotated[str, about("address of an S3-compatible server; empty: Amazon's")] = ""
    region: Annotated[str, about("region of the bucket; empty: the environment's")] = ""
    anonymous: Annotated[bool, about("whether requests are unsigned, for public buckets")] = False
    allow_http: Annotated[bool, about("whether an endpoint without TLS may be used")] = False
    retry_s: Annotated[int, about("seconds for which one call is tried again", least=1, most=600)] = 20
    cache: Annotated[str, about("folder for what is fetched; it may be removed at any time")] = (
        ".detectory/objects"
    )


class Ray(Section, frozen=True):
    """The cluster that `tune --engine ray` works on. A token that it wants stands in the environment."""

    address: Annotated[
        str, about("address of a cluster, as ray://HOST:10001 or HOST:6379; empty: our own, on this machine")
    ] = ""
    storage: Annotated[
        str,
        about("folder that all machines of the cluster see, for what Ray notes; empty: one here"),
    ] = ""


class Ledger(Section, frozen=True):
    """Where predictions and labels are kept, and for how long."""

    url: Annotated[
        str,
        about(
            "file of the ledger, or postgresql://USER@HOST/NAME, or env:NAME, file:PATH; none: keep nothing"
        ),
    ] = ".detectory/ledger.db"
    days: Annotated[int, about("days for which predictions are kept; labels stay", least=1)] = 30
    keep: Annotated[
        float, about("share that is kept of the rows that do not alert; alerts always are", least=0, most=1)
    ] = 1.0


class Settings(Section, frozen=True):
    """Everything that can be set."""

    store: Annotated[str, about("folder of artifacts and versions; or s3://BUCKET/PREFIX, gs://…")] = (
        ".detectory"
    )
    model: Annotated[
        str, about("exported versions to serve in place of the store's: a folder, or gs://…")
    ] = ""
    mirror: Annotated[str, about("folder with the mirror of real lists; empty: none")] = ""
    network: Annotated[bool, about("whether to fetch public real lists where there is no mirror")] = False
    detectors: Annotated[str, about("folder with your own detectors")] = "detectors"
    seed: Annotated[int, about("seed of every random choice of a run", least=0, most=2**32 - 1)] = 0
    threads: Annotated[int, about("threads that fitting may use", least=1)] = 1
    signing: Signing = Signing()
    serving: Serving = Serving()
    limits: Limits = Limits()
    admission: Admission = Admission()
    oidc: Oidc = Oidc()
    otel: Otel = Otel()
    objects: Objects = Objects()
    canary: Canary = Canary()
    ledger: Ledger = Ledger()
    tracking: Tracking = Tracking()
    ray: Ray = Ray()
