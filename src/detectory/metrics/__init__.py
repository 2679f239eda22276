"""Numbers about a judgement: arrays in, numbers out, each with an interval on request.

In: truth, decisions or scores of the same rows, and optional row weights. Out: floats, ``NaN`` where
a number is not defined (recall without positives). Nothing here reads a file or rounds.
"""

from detectory.metrics.arithmetic import (
    NAN as NAN,
    Floats as Floats,
    mean_defined as mean_defined,
    ratio as ratio,
    rounded as rounded,
)
from detectory.metrics.decisions import (
    accuracy as accuracy,
    confusion_matrix as confusion_matrix,
    f1 as f1,
    f1_by_class as f1_by_class,
    macro_f1 as macro_f1,
    precision as precision,
    precision_at as precision_at,
    recall as recall,
)
from detectory.metrics.interval import (
    LEVEL as LEVEL,
    UNDEFINED as UNDEFINED,
    Interval as Interval,
)
from detectory.metrics.probabilities import (
    brier as brier,
    calibration_bin as calibration_bin,
    expected_calibration_error as expected_calibration_error,
    log_loss as log_loss,
    sigmoid as sigmoid,
)
from detectory.metrics.rankings import (
    Ranking as Ranking,
    area_under_precision as area_under_precision,
    area_under_roc as area_under_roc,
    average_precision as average_precision,
    recall_around as recall_around,
    recall_at_fpr as recall_at_fpr,
    roc_auc as roc_auc,
    share_within as share_within,
)
from detectory.metrics.resampling import (
    TIMES as TIMES,
    Measure as Measure,
    bootstrap as bootstrap,
    difference as difference,
    intervals as intervals,
)
from detectory.metrics.shares import (
    clopper_pearson as clopper_pearson,
    clopper_pearson_upper as clopper_pearson_upper,
    wilson as wilson,
)
from detectory.schema import Array as Array
