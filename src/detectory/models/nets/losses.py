"""What a net keeps small, one number a row: against the truth, and against a teacher (PyTorch).

A teacher's log-odds and logits are divided by a temperature, and so are the net's own; the loss is multiplied
by its square, so that gradients keep their size (Hinton, Vinyals and Dean 2015, arXiv 1503.02531).
"""

from __future__ import annotations

from typing import Any

import torch
from torch.nn import functional

from detectory.models.candidate import Head
from detectory.models.nets.training import Training


def hard(answer: Any, target: Any, *, head: Head, training: Training) -> Any:
    """float32[N] from float32[N, O] answers: log loss, absolute, squared or pinball error."""
    if head == "score":
        return functional.binary_cross_entropy_with_logits(answer[:, 0], target.float(), reduction="none")
    if head == "family":
        return functional.cross_entropy(answer, target, reduction="none")
    missed = target - answer[:, 0]
    if head == "value":
        return missed.abs() if training.objective == "absolute" else missed.square()
    quantile = training.quantile_of(head)
    return torch.maximum(quantile * missed, (quantile - 1) * missed)


def soft(answer: Any, told: Any, *, head: Head, temperature: float) -> Any:
    """float32[N]: cross-entropy with the teacher's softened chances, or the squared distance of numbers."""
    if head == "score":
        chance = torch.sigmoid(told / temperature)
        softened = answer[:, 0] / temperature
        found = functional.binary_cross_entropy_with_logits(softened, chance, reduction="none")
        return found * temperature**2
    if head == "family":
        chances = torch.softmax(told / temperature, dim=1)
        return functional.cross_entropy(answer / temperature, chances, reduction="none") * temperature**2
    return (told - answer[:, 0]).square()
