"""Every error a user can meet, as one tree.

An error is raised with facts and builds its own sentences: *what* happened, *why*, *where*, and
how to *mend* it. Its ``code`` is the same on the command line, in JSON and over HTTP; its
``exit_code`` is the process's answer and its ``status`` the HTTP one. The tree::

    DetectoryError
    ├── UsageError          2   the command or call was wrong
    ├── ConfigurationError  3   settings, a detector's folder, a missing extra
    ├── DataError           4   input that cannot be used
    ├── GateFailed          5   a quality gate, a leak, a threshold that cannot be certified
    ├── NotFound            6   no such detector, version, artifact
    ├── Busy                7   somebody else holds it
    ├── OutsideError        8   disk, network, permission
    └── IntegrityError      9   a digest or a signature does not hold

What is not in the tree is a bug in Detectory (exit 1).
"""

from detectory.errors.busy import (
    NothingBefore as NothingBefore,
    NotReady as NotReady,
    Overloaded as Overloaded,
    RateLimited as RateLimited,
    RunBusy as RunBusy,
    RunUnfinished as RunUnfinished,
    TooLate as TooLate,
    TrialRunning as TrialRunning,
)
from detectory.errors.configuration import (
    BadDetector as BadDetector,
    BadParameter as BadParameter,
    BadSetting as BadSetting,
    BadSpace as BadSpace,
    CandidateTaken as CandidateTaken,
    CannotBeTaught as CannotBeTaught,
    KeyExists as KeyExists,
    LossNotFinite as LossNotFinite,
    MissingExtra as MissingExtra,
    NoKey as NoKey,
    OpenToAll as OpenToAll,
    RecordTooNew as RecordTooNew,
    UnknownCandidate as UnknownCandidate,
    UnknownKind as UnknownKind,
    UnknownParameter as UnknownParameter,
    UnknownWay as UnknownWay,
    UnreadableTensor as UnreadableTensor,
    UnsupportedHead as UnsupportedHead,
)
from detectory.errors.data import (
    LabelsMissing as LabelsMissing,
    MissingColumn as MissingColumn,
    ModelUnfit as ModelUnfit,
    ModelUnreadable as ModelUnreadable,
    NothingGood as NothingGood,
    NothingScored as NothingScored,
    NothingToLearn as NothingToLearn,
    NothingToRead as NothingToRead,
    PartLacks as PartLacks,
    StrayColumn as StrayColumn,
    UnlearnableTarget as UnlearnableTarget,
    UnreadableFile as UnreadableFile,
)
from detectory.errors.found import (
    NoChampion as NoChampion,
    NoModel as NoModel,
    NothingKept as NothingKept,
    NotMade as NotMade,
    NoTrial as NoTrial,
    NotTuned as NotTuned,
    UnknownApiKey as UnknownApiKey,
    UnknownDetector as UnknownDetector,
    UnknownFamily as UnknownFamily,
    UnknownRun as UnknownRun,
    UnknownVersion as UnknownVersion,
)
from detectory.errors.gates import (
    CannotCertify as CannotCertify,
    CannotCover as CannotCover,
    ContractBroken as ContractBroken,
    LeakFound as LeakFound,
    NothingFound as NothingFound,
    NothingWithinLimits as NothingWithinLimits,
    NotProven as NotProven,
    PromotionRefused as PromotionRefused,
    ScoresNotFinite as ScoresNotFinite,
    TooLarge as TooLarge,
)
from detectory.errors.integrity import (
    ArtifactDamaged as ArtifactDamaged,
    BundleRefused as BundleRefused,
    GoldenMismatch as GoldenMismatch,
    SignatureInvalid as SignatureInvalid,
    StudyDamaged as StudyDamaged,
)
from detectory.errors.ledger import (
    LabelConflict as LabelConflict,
    LedgerAway as LedgerAway,
    LedgerTooNew as LedgerTooNew,
    UnknownFeedback as UnknownFeedback,
    UnknownLabel as UnknownLabel,
    UnknownPrediction as UnknownPrediction,
)
from detectory.errors.outside import (
    CannotListen as CannotListen,
    ClusterAway as ClusterAway,
    DownloadFailed as DownloadFailed,
    FileRefused as FileRefused,
    NotSent as NotSent,
    OutputUnwritable as OutputUnwritable,
    PeerAway as PeerAway,
    StoreAway as StoreAway,
    StoreUnwritable as StoreUnwritable,
)
from detectory.errors.requests import (
    BodyTooLarge as BodyTooLarge,
    HeadTooLarge as HeadTooLarge,
    MethodNotAllowed as MethodNotAllowed,
    NoRowParses as NoRowParses,
    NoSuchRoute as NoSuchRoute,
    NotHttp as NotHttp,
    RequestInvalid as RequestInvalid,
    RequestMalformed as RequestMalformed,
    ScopeMissing as ScopeMissing,
    TooManyRows as TooManyRows,
    UnsupportedContent as UnsupportedContent,
    WhoAsks as WhoAsks,
)
from detectory.errors.students import NoSoftLabels as NoSoftLabels, OtherClasses as OtherClasses
from detectory.errors.tree import (
    Busy as Busy,
    ConfigurationError as ConfigurationError,
    DataError as DataError,
    DetectoryError as DetectoryError,
    GateFailed as GateFailed,
    IntegrityError as IntegrityError,
    NotFound as NotFound,
    OutsideError as OutsideError,
    UsageError as UsageError,
    all_errors as all_errors,
    did_you_mean as did_you_mean,
)
from detectory.errors.usage import (
    AmbiguousRun as AmbiguousRun,
    BadName as BadName,
    DetectorNotNamed as DetectorNotNamed,
    HeadAbsent as HeadAbsent,
    NegativeUnknown as NegativeUnknown,
    NoExample as NoExample,
    NoSuchFile as NoSuchFile,
    NotConfirmed as NotConfirmed,
    NotExplained as NotExplained,
    NoThreshold as NoThreshold,
    SetInVain as SetInVain,
    TargetExists as TargetExists,
    UnknownCode as UnknownCode,
    UnknownColumn as UnknownColumn,
    UnknownCommand as UnknownCommand,
    UnknownScope as UnknownScope,
    UnknownStage as UnknownStage,
)
