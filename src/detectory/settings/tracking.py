"""Where runs are told of besides the journal. Secrets are references here; one written out is refused."""

from typing import Annotated, Literal
from urllib.parse import urlsplit

from detectory.settings.references import KINDS
from detectory.settings.section import Section, about


def _check_reference(name: str, value: str) -> None:
    """Raises ValueError, which tells nothing of the value."""
    if value and value.partition(":")[0] not in KINDS:
        raise ValueError(f"{name} says where a secret is, env:NAME or file:PATH, and holds none")


def _check_address(name: str, value: str) -> None:
    if urlsplit(value).password:
        raise ValueError(f"a password stands in {name}; let env:NAME or file:PATH hold it all")


class Mlflow(Section, frozen=True):
    """A tracking server of MLflow, or a database of its own here."""

    uri: Annotated[
        str, about("http(s):// of a server, sqlite:///FILE here, or env:NAME, file:PATH that hold it")
    ] = "sqlite:///mlflow.db"
    experiment: Annotated[str, about("experiment that runs are put in; empty: the detector's name")] = ""
    token: Annotated[str, about("token for the server: env:NAME or file:PATH")] = ""
    username: Annotated[str, about("user for the server, where it wants one: env:NAME or file:PATH")] = ""
    password: Annotated[str, about("that user's password: env:NAME or file:PATH")] = ""

    def __post_init__(self) -> None:
        for name in ("token", "username", "password"):
            _check_reference(name, getattr(self, name))
        _check_address("uri", self.uri)


class Wandb(Section, frozen=True):
    """Weights & Biases: files here that `wandb sync` sends, or its server at once."""

    mode: Annotated[Literal["offline", "online"], about("offline: files here; online: to the server")] = (
        "offline"
    )
    project: Annotated[str, about("project that runs are put in")] = "detectory"
    entity: Annotated[str, about("user or team whose project it is; empty: the key's")] = ""
    url: Annotated[str, about("address of a server of your own; empty: that of Weights & Biases")] = ""
    key: Annotated[str, about("API key, for online: env:NAME or file:PATH")] = ""
    folder: Annotated[str, about("folder of the runs that are written offline")] = "wandb"

    def __post_init__(self) -> None:
        _check_reference("key", self.key)
        _check_address("url", self.url)


class Tracking(Section, frozen=True):
    """Where runs are sent when they are over; the journal keeps them in any case."""

    sinks: Annotated[tuple[Literal["mlflow", "wandb"], ...], about("mlflow, wandb; empty: nowhere")] = ()
    patience_s: Annotated[
        float, about("seconds that sending to one of them may take, after a run", least=1)
    ] = 120.0
    mlflow: Mlflow = Mlflow()
    wandb: Wandb = Wandb()
