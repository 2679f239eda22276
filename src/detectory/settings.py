"""Settings: built in < ``detectory.toml`` < environment < ``--set``; each knows where it came from.

Comes in: a TOML file, the environment (read here once and nowhere else), pairs from the command
line. Goes out: a frozen `Settings`. Secrets are never values here, only paths to them.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec

from detectory.errors import BadSetting, did_you_mean

FILE = "detectory.toml"
STEPS = (0, 5, 10, 25, 50, 100)
PREFIX = "DETECTORY_"
#: set by people who develop Detectory, not settings of the product
NOT_SETTINGS = frozenset({"DETECTORY_FAILPOINT", "DETECTORY_REQUIRE_ALL", "DETECTORY_SOAK"})


def _about(text: str, *, least: float | None = None, most: float | None = None) -> msgspec.Meta:
    return msgspec.Meta(description=text, ge=least, le=most)


class Section(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Base of all sections: an unknown key is an error."""


class Signing(Section, frozen=True):
    """Who signs bundles, and whose signature is believed."""

    key: Annotated[str, _about("private key that signs new versions (PEM, Ed25519)")] = "keys/signing.key"
    trusted: Annotated[tuple[str, ...], _about("public keys whose versions may be opened")] = (
        "keys/signing.pub",
    )


class Serving(Section, frozen=True):
    """Where the server listens and what it takes."""

    host: Annotated[str, _about("address to listen on; another than this machine's needs keys")] = "127.0.0.1"
    port: Annotated[int, _about("port to listen on; 0 takes a free one", least=0, most=65_535)] = 8080
    max_body_bytes: Annotated[int, _about("largest request body", least=1)] = 4 << 20
    max_rows: Annotated[int, _about("most rows in one request", least=1)] = 10_000
    max_explained_rows: Annotated[
        int, _about("most rows in one request for reasons, which cost a hundred times a score", least=1)
    ] = 1_000
    digits: Annotated[
        int, _about("digits behind the point of a score or a value that is answered", least=1, most=6)
    ] = 4
    access_log: Annotated[bool, _about("whether the log hears of requests that succeed, too")] = False
    poll_s: Annotated[
        float, _about("seconds between two looks at who is to answer, champion and challenger", least=0.05)
    ] = 1.0
    headers_s: Annotated[
        float, _about("seconds in which the head of a request must have come", least=0.05)
    ] = 5.0
    body_s: Annotated[
        float,
        _about("seconds for the body after its head, and without progress for whoever reads", least=0.05),
    ] = 10.0
    idle_s: Annotated[float, _about("seconds that a connection may rest between requests", least=0.05)] = 15.0
    drain_delay: Annotated[
        float,
        _about("seconds to serve on after SIGTERM, not ready; 5 behind Kubernetes", least=0, most=20),
    ] = 0.5
    docs: Annotated[bool, _about("whether /docs and /openapi.json are answered, to everybody")] = True
    insecure: Annotated[bool, _about("whether others may reach the server although there is no key")] = False
    anonymous: Annotated[
        tuple[str, ...], _about("scopes of whoever shows no key, where there are keys; none: no answer")
    ] = ()
    proxies: Annotated[
        tuple[str, ...], _about("networks (CIDR) of proxies whose X-Forwarded-For is believed")
    ] = ()


class Limits(Section, frozen=True):
    """How many rows a caller may have scored in a minute."""

    anonymous: Annotated[
        int, _about("rows a minute from one address (IPv6: one /64) without a key; 0: no limit", least=0)
    ] = 10
    keyed: Annotated[int, _about("rows a minute with one key; 0: no limit", least=0)] = 60_000_000
    url: Annotated[
        str,
        _about("redis://… where processes share the counts; or env:NAME, file:PATH that hold it"),
    ] = ""
    when_away: Annotated[
        Literal["count_alone", "refuse"], _about("while that Redis is away: count_alone or refuse")
    ] = "count_alone"


class Admission(Section, frozen=True):
    """How much is done at once, and how long anybody waits."""

    in_flight: Annotated[int, _about("KiB of small bodies that are scored at once", least=1)] = 1024
    bulk: Annotated[int, _about("bodies above 8 KiB that are scored at once", least=1)] = 4
    explain: Annotated[int, _about("requests that are explained at once", least=1)] = 2
    queue: Annotated[int, _about("requests of each kind that may wait", least=0)] = 64
    queue_ms: Annotated[int, _about("milliseconds that one waits before it is refused", least=1)] = 80
    deadline_ms: Annotated[
        int, _about("milliseconds from the whole request to its answer; X-Request-Timeout lowers it", least=1)
    ] = 2_000


class Oidc(Section, frozen=True):
    """Whose tokens (JWT) are believed beside keys; needs the extra oidc."""

    issuer: Annotated[str, _about("who signs them, as their claim iss says; empty: no tokens")] = ""
    audience: Annotated[str, _about("for whom they must be, as their claim aud says")] = "detectory"
    jwks: Annotated[str, _about("address or file of the issuer's public keys (JWKS)")] = ""
    algorithms: Annotated[tuple[str, ...], _about("signature algorithms that are believed")] = (
        "RS256",
        "ES256",
        "EdDSA",
    )
    prefix: Annotated[str, _about("what stands before our scopes in the claim scope: 'detectory:' say")] = ""


class Canary(Section, frozen=True):
    """How a challenger is tried beside the champion, and what takes it out."""

    steps: Annotated[tuple[int, ...], _about("percent of the entities that get its answer, in order")] = STEPS
    least_rows: Annotated[int, _about("rows that both versions answer before a step up", least=1)] = 1_000
    least_s: Annotated[int, _about("seconds before a step up", least=0)] = 600
    unproven: Annotated[
        int, _about("largest step, in percent, before labels show it to be better", least=0, most=100)
    ] = 10
    alpha: Annotated[
        float, _about("how likely labels decide between equals, at any look", least=1e-6, most=0.5)
    ] = 0.05
    guard_alpha: Annotated[
        float, _about("how likely the guards take out one as good", least=1e-6, most=0.5)
    ] = 0.02
    failed: Annotated[float, _about("share of the rows that it may fail", least=1e-6, most=0.5)] = 0.005
    slower: Annotated[float, _about("times the champion's time that it may take", least=1)] = 2.0
    silent_s: Annotated[int, _about("seconds without a row after which it is taken out", least=1)] = 43_200

    def __post_init__(self) -> None:
        rising = all(low < high for low, high in pairwise(self.steps))
        if not self.steps or not rising or not 0 <= self.steps[0] <= self.steps[-1] <= 100:
            raise ValueError("the steps are percentages that rise, each from 0 to 100")


class Otel(Section, frozen=True):
    """Where traces go. Credentials stand in the environment, where OpenTelemetry's own variables are read."""

    endpoint: Annotated[
        str, _about("address that takes traces as OTLP over HTTP, such as http://HOST:4318; empty: none")
    ] = ""
    sample: Annotated[
        float,
        _about("share of the traces begun here that are kept; a caller's is as it says", least=0, most=1),
    ] = 1.0
    service: Annotated[str, _about("name of this service in traces")] = "detectory"


class Objects(Section, frozen=True):
    """How buckets are reached. Who may is the environment's to say: no credentials stand here."""

    endpoint: Annotated[str, _about("address of an S3-compatible server; empty: Amazon's")] = ""
    region: Annotated[str, _about("region of the bucket; empty: the environment's")] = ""
    anonymous: Annotated[bool, _about("whether requests are unsigned, for public buckets")] = False
    allow_http: Annotated[bool, _about("whether an endpoint without TLS may be used")] = False
    retry_s: Annotated[int, _about("seconds for which one call is tried again", least=1, most=600)] = 20
    cache: Annotated[str, _about("folder for what is fetched; it may be removed at any time")] = (
        ".detectory/objects"
    )


class Ledger(Section, frozen=True):
    """Where predictions and labels are kept, and for how long."""

    url: Annotated[
        str,
        _about(
            "file of the ledger, or postgresql://USER@HOST/NAME, or env:NAME, file:PATH; none: keep nothing"
        ),
    ] = ".detectory/ledger.db"
    days: Annotated[int, _about("days for which predictions are kept; labels stay", least=1)] = 30
    keep: Annotated[
        float, _about("share that is kept of the rows that do not alert; alerts always are", least=0, most=1)
    ] = 1.0


class Settings(Section, frozen=True):
    """Everything that can be set."""

    store: Annotated[str, _about("folder of artifacts and versions; or s3://BUCKET/PREFIX, gs://…")] = (
        ".detectory"
    )
    model: Annotated[
        str, _about("exported versions to serve in place of the store's: a folder, or gs://…")
    ] = ""
    mirror: Annotated[str, _about("folder with the mirror of real lists; empty: none")] = ""
    network: Annotated[bool, _about("whether to fetch public real lists where there is no mirror")] = False
    detectors: Annotated[str, _about("folder with your own detectors")] = "detectors"
    seed: Annotated[int, _about("seed of every random choice of a run", least=0)] = 0
    threads: Annotated[int, _about("threads that fitting may use", least=1)] = 1
    signing: Signing = Signing()
    serving: Serving = Serving()
    limits: Limits = Limits()
    admission: Admission = Admission()
    oidc: Oidc = Oidc()
    otel: Otel = Otel()
    objects: Objects = Objects()
    canary: Canary = Canary()
    ledger: Ledger = Ledger()


@dataclass(frozen=True, slots=True)
class Origin:
    """One setting: its dotted key, its value, and where the value came from."""

    key: str
    value: Any
    where: str
    about: str


@dataclass(frozen=True, slots=True)
class Configuration:
    """Settings together with where each came from."""

    settings: Settings
    origins: tuple[Origin, ...]


def known_keys(section: type[Section] = Settings, prefix: str = "") -> dict[str, str]:
    """Every dotted key with what it is for.

    >>> known_keys()["serving.port"]
    'port to listen on; 0 takes a free one'
    """
    keys: dict[str, str] = {}
    for field in msgspec.structs.fields(section):
        if isinstance(field.type, type) and issubclass(field.type, Section):
            keys |= known_keys(field.type, f"{prefix}{field.name}.")
        else:
            keys[prefix + field.name] = field.type.__metadata__[0].description
    return keys


def variable_of(key: str) -> str:
    """The environment variable that sets a dotted key.

    >>> variable_of("mirror"), variable_of("serving.port")
    ('DETECTORY_MIRROR', 'DETECTORY__SERVING__PORT')
    """
    joined = key.upper().replace(".", "__")
    return f"{PREFIX}_{joined}" if "." in key else f"{PREFIX}{joined}"


def referred(key: str, value: str, *, env: Mapping[str, str], root: Path) -> str:
    """What a setting refers to: ``env:NAME`` a variable, ``file:PATH`` a file's first line, otherwise itself.

    Raises `BadSetting` where there is no such variable or file.

    >>> referred("limits.url", "env:REDIS", env={"REDIS": "redis://:secret@cache"}, root=Path())
    'redis://:secret@cache'
    """
    kind, _, name = value.partition(":")
    if kind == "env":
        if not env.get(name):
            raise BadSetting(key, why=f"the environment has no {name}")
        return env[name]
    if kind != "file":
        return value
    try:
        return (root / name).read_text(encoding="utf-8").partition("\n")[0].strip()
    except (OSError, UnicodeDecodeError) as error:
        raise BadSetting(key, why=f"{name} cannot be read") from error


def read(
    file: Path | None = None, *, env: Mapping[str, str] | None = None, given: Sequence[str] = ()
) -> Configuration:
    """Read the layers and check every key.

    ``file`` may be absent; ``given`` are ``key=value`` pairs. Raises `BadSetting` for an unknown
    key or a value that does not fit, naming the place.
    """
    values: dict[str, tuple[Any, str]] = {}
    for layer in (_from_file(file), _from_environment(env or {}), _from_pairs(given)):
        for key, value, where in layer:
            _check_known(key, where)
            values[key] = (value, where)
    return _configured(values)


def _configured(values: Mapping[str, tuple[Any, str]]) -> Configuration:
    settings = Settings()
    for key, (value, where) in values.items():
        settings = _replaced(settings, key, value, where)
    origins = tuple(
        Origin(key, _value_of(settings, key), values[key][1] if key in values else "built in", about)
        for key, about in known_keys().items()
    )
    return Configuration(settings, origins)


def _replaced(settings: Settings, key: str, value: Any, where: str) -> Settings:
    tree: dict[str, Any] = msgspec.to_builtins(settings)
    *path, last = key.split(".")
    node = tree
    for part in path:
        node = node[part]
    node[last] = (
        value.split(",") if isinstance(node[last], (list, tuple)) and isinstance(value, str) else value
    )
    try:
        return msgspec.convert(tree, Settings, strict=False)
    except msgspec.ValidationError as error:
        raise BadSetting(key, why=str(error), where=where) from error


def _value_of(settings: Settings, key: str) -> Any:
    value: Any = settings
    for part in key.split("."):
        value = getattr(value, part)
    return value


def _check_known(key: str, where: str) -> None:
    if key not in known_keys():
        raise BadSetting(key, why=did_you_mean(key, known_keys()), where=where)


def _from_file(file: Path | None) -> Iterator[tuple[str, Any, str]]:
    if file is None or not file.is_file():
        return
    text = file.read_text(encoding="utf-8")
    try:
        tree = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise BadSetting(file.name, why=str(error), where=str(file)) from error
    for key, value in _flat(tree):
        yield key, value, f"{file.name}:{_line_of(text, key)}"


def _flat(tree: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in tree.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{prefix}{name}.")
        else:
            yield prefix + name, value


def _line_of(text: str, key: str) -> int:
    """The 1-based line that sets the key; tomllib does not keep positions."""
    section, _, name = key.rpartition(".")
    current = ""
    for number, line in enumerate(text.splitlines(), start=1):
        stripped = line.strip()
        if stripped.startswith("["):
            current = stripped.strip("[] ")
        elif current == section and stripped.split("=")[0].strip() == name:
            return number
    return 1


def _from_environment(env: Mapping[str, str]) -> Iterator[tuple[str, Any, str]]:
    for variable in sorted(env):
        if variable.startswith(PREFIX) and variable not in NOT_SETTINGS:
            key = variable.removeprefix(PREFIX).removeprefix("_").lower().replace("__", ".")
            yield key, env[variable], f"environment {variable}"


def _from_pairs(given: Sequence[str]) -> Iterator[tuple[str, Any, str]]:
    for pair in given:
        key, equals, value = pair.partition("=")
        if not equals:
            raise BadSetting(pair, why="it is not of the form key=value", where="--set")
        yield key.strip(), value, "--set"
