"""What metrics are called on a page, and of which less is better."""

from __future__ import annotations

from detectory.judge.cells import Cell, Tone, barred, measured
from detectory.metrics import Interval

#: how a metric is called on the page; one that is not listed shows its key
TITLES = {
    "accuracy": "Accuracy",
    "label_accuracy": "Label accuracy, end to end",
    "precision_at_budget": "Precision",
    "precision_at_prevalence": "Precision at the declared prevalence",
    "recall_at_budget": "Recall",
    "recall_seen_at_budget": "Recall, seen kinds",
    "recall_unseen_at_budget": "Recall, unseen kinds",
    "f1_at_budget": "F1",
    "fpr_at_budget": "False positive rate",
    "recall_negative_at_budget": "Recall of the negative class",
    "macro_f1_at_budget": "Macro-F1 of alert and no alert",
    "macro_f1_of_majority": "Macro-F1 of the majority vote",
    "roc_auc": "ROC AUC",
    "average_precision": "Average precision",
    "recall_at_fpr_1e-1": "Recall at FPR 10 %",
    "recall_at_fpr_1e-2": "Recall at FPR 1 %",
    "recall_at_fpr_1e-3": "Recall at FPR 0.1 %",
    "recall_at_fpr_1e-4": "Recall at FPR 0.01 %",
    "recall_seen_at_fpr_1e-1": "Recall at FPR 10 %, seen",
    "recall_seen_at_fpr_1e-2": "Recall at FPR 1 %, seen",
    "recall_seen_at_fpr_1e-3": "Recall at FPR 0.1 %, seen",
    "recall_seen_at_fpr_1e-4": "Recall at FPR 0.01 %, seen",
    "recall_unseen_at_fpr_1e-1": "Recall at FPR 10 %, unseen",
    "recall_unseen_at_fpr_1e-2": "Recall at FPR 1 %, unseen",
    "recall_unseen_at_fpr_1e-3": "Recall at FPR 0.1 %, unseen",
    "recall_unseen_at_fpr_1e-4": "Recall at FPR 0.01 %, unseen",
    "brier": "Brier score",
    "ece": "Calibration error (ECE)",
    "log_loss": "Log loss",
    "macro_f1": "Macro-F1 of the family head",
    "family_accuracy": "Accuracy of the family head",
    "alerts_a_day": "Alerts a day, expected",
    "mae": "Mean absolute error (MAE)",
    "mae_seen": "MAE, seen populations",
    "mae_unseen": "MAE, unseen populations",
    "mae_lift": "MAE below the best baseline's, as a share",
    "rmse": "Root mean squared error (RMSE)",
    "median_ae": "Median absolute error",
    "p90_ae": "90th percentile of the absolute error",
    "smape": "Symmetric mean absolute percentage error (SMAPE)",
    "r2": "R²",
    "bias": "Mean error (bias)",
    "coverage": "Coverage of the intervals",
    "width": "Mean width of the intervals",
    "interval_score": "Interval score",
}
LESS_IS_BETTER = frozenset(
    {"fpr_at_budget", "brier", "ece", "log_loss", "alerts_a_day"}
    | {"mae", "mae_seen", "mae_unseen", "rmse", "median_ae", "p90_ae", "smape", "bias", "width"}
    | {"interval_score"}
)


def shown(metric: str, value: Interval | None, *, mark: float | None = None, tone: Tone = "") -> Cell:
    """A metric's cell; a bar only where more is better, or a long bar would look like good news."""
    return measured(value, tone=tone) if metric in LESS_IS_BETTER else barred(value, mark=mark, tone=tone)


def title_of(metric: str) -> str:
    """How a metric is called on the page."""
    return TITLES.get(metric, metric)
