"""The sections of the server: where it listens, who may ask, how much at once, where its traces go."""

from typing import Annotated, Literal

from detectory.settings.section import Section, about


class Serving(Section, frozen=True):
    """Where the server listens and what it takes."""

    host: Annotated[str, about("address to listen on; another than this machine's needs keys")] = "127.0.0.1"
    port: Annotated[int, about("port to listen on; 0 takes a free one", least=0, most=65_535)] = 8080
    max_body_bytes: Annotated[int, about("largest request body", least=1)] = 4 << 20
    max_rows: Annotated[int, about("most rows in one request", least=1)] = 10_000
    max_explained_rows: Annotated[
        int, about("most rows in one request for reasons, which cost a hundred times a score", least=1)
    ] = 1_000
    digits: Annotated[
        int, about("digits behind the point of a score or a value that is answered", least=1, most=6)
    ] = 4
    access_log: Annotated[bool, about("whether the log hears of requests that succeed, too")] = False
    poll_s: Annotated[
        float, about("seconds between two looks at who is to answer, champion and challenger", least=0.05)
    ] = 1.0
    headers_s: Annotated[
        float, about("seconds in which the head of a request must have come", least=0.05)
    ] = 5.0
    body_s: Annotated[
        float,
        about("seconds for the body after its head, and without progress for whoever reads", least=0.05),
    ] = 10.0
    idle_s: Annotated[float, about("seconds that a connection may rest between requests", least=0.05)] = 15.0
    drain_delay: Annotated[
        float,
        about("seconds to serve on after SIGTERM, not ready; 5 behind Kubernetes", least=0, most=20),
    ] = 0.5
    docs: Annotated[bool, about("whether /docs and /openapi.json are answered, to everybody")] = True
    insecure: Annotated[bool, about("whether others may reach the server although there is no key")] = False
    anonymous: Annotated[
        tuple[str, ...], about("scopes of whoever shows no key, where there are keys; none: no answer")
    ] = ()
    proxies: Annotated[
        tuple[str, ...], about("networks (CIDR) of proxies whose X-Forwarded-For is believed")
    ] = ()


class Limits(Section, frozen=True):
    """How many rows a caller may have scored in a minute."""

    anonymous: Annotated[
        int, about("rows a minute from one address (IPv6: one /64) without a key; 0: no limit", least=0)
    ] = 10
    keyed: Annotated[int, about("rows a minute with one key; 0: no limit", least=0)] = 60_000_000
    url: Annotated[
        str,
        about("redis://… where processes share the counts; or env:NAME, file:PATH that hold it"),
    ] = ""
    when_away: Annotated[
        Literal["count_alone", "refuse"], about("while that Redis is away: count_alone or refuse")
    ] = "count_alone"


class Admission(Section, frozen=True):
    """How much is done at once, and how long anybody waits."""

    in_flight: Annotated[int, about("KiB of small bodies that are scored at once", least=1)] = 1024
    bulk: Annotated[int, about("bodies above 8 KiB that are scored at once", least=1)] = 4
    explain: Annotated[int, about("requests that are explained at once", least=1)] = 2
    queue: Annotated[int, about("requests of each kind that may wait", least=0)] = 64
    queue_ms: Annotated[int, about("milliseconds that one waits before it is refused", least=1)] = 80
    deadline_ms: Annotated[
        int, about("milliseconds from the whole request to its answer; X-Request-Timeout lowers it", least=1)
    ] = 2_000


class Oidc(Section, frozen=True):
    """Whose tokens (JWT) are believed beside keys; needs the extra oidc."""

    issuer: Annotated[str, about("who signs them, as their claim iss says; empty: no tokens")] = ""
    audience: Annotated[str, about("for whom they must be, as their claim aud says")] = "detectory"
    jwks: Annotated[str, about("address or file of the issuer's public keys (JWKS)")] = ""
    algorithms: Annotated[tuple[str, ...], about("signature algorithms that are believed")] = (
        "RS256",
        "ES256",
        "EdDSA",
    )
    prefix: Annotated[str, about("what stands before our scopes in the claim scope: 'detectory:' say")] = ""


class Otel(Section, frozen=True):
    """Where traces go. Credentials stand in the environment, where OpenTelemetry's own variables are read."""

    endpoint: Annotated[
        str, about("address that takes traces as OTLP over HTTP, such as http://HOST:4318; empty: none")
    ] = ""
    sample: Annotated[
        float,
        about("share of the traces begun here that are kept; a caller's is as it says", least=0, most=1),
    ] = 1.0
    service: Annotated[str, about("name of this service in traces")] = "detectory"
