"""Settings: what can be set, where it is read from, and what it refers to."""

from detectory.settings.masked import masked as masked
from detectory.settings.reading import (
    FILE as FILE,
    Configuration as Configuration,
    Origin as Origin,
    known_keys as known_keys,
    read as read,
    variable_of as variable_of,
)
from detectory.settings.references import referred as referred
from detectory.settings.sections import (
    Canary as Canary,
    Ledger as Ledger,
    Objects as Objects,
    Ray as Ray,
    Settings as Settings,
    Signing as Signing,
)
from detectory.settings.serving import (
    Admission as Admission,
    Limits as Limits,
    Oidc as Oidc,
    Otel as Otel,
    Serving as Serving,
)
from detectory.settings.tracking import (
    Mlflow as Mlflow,
    Tracking as Tracking,
    Wandb as Wandb,
)
