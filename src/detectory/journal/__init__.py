"""The journal: what each run did, kept beside the store's artifacts, one record a run.

Comes in: what the pipeline tells of a run while it goes on. Goes out: a `Record`, also of a run that failed
or was killed. Never: a row, a score, a secret, a path that no setting names. What it writes costs
milliseconds, and no result depends on it.
"""

from detectory.journal.book import Journal as Journal, Unreadable as Unreadable
from detectory.journal.parameters import parameters as parameters
from detectory.journal.record import (
    Choice as Choice,
    Environment as Environment,
    Failure as Failure,
    Gate as Gate,
    Git as Git,
    Metric as Metric,
    Process as Process,
    Record as Record,
    Series as Series,
    StageRun as StageRun,
    Tried as Tried,
)
from detectory.journal.running import Running as Running
