"""Has the network learned anything yet? It should beat whoever always gives the same answer."""

from __future__ import annotations

import numpy as np

from ..losses import CrossEntropy, SparseCategoricalCrossentropy
from ..types import Array
from .step import Judgement, Step

WELL_BELOW = 0.1


def has_learned(step: Step) -> bool:
    """Return whether the loss is a tenth or less of that of the best constant answer."""
    baseline = baseline_loss(step)
    return baseline is not None and step.loss - step.penalty <= WELL_BELOW * baseline


def baseline_loss(step: Step) -> float | None:
    """Return the loss of always answering with the mean of y; None if it cannot be told."""
    losses = [_constant_loss(judged) for judged in step.judgements]
    if not losses or any(loss is None for loss in losses):
        return None
    shares = (judged.objective.weight for judged in step.judgements)
    return sum(share * loss for share, loss in zip(shares, losses, strict=True) if loss is not None)


def _constant_loss(judged: Judgement) -> float | None:
    loss, y, shape = judged.objective.loss, judged.y, judged.gradient.shape
    if isinstance(loss, SparseCategoricalCrossentropy):
        shares = np.bincount(y.reshape(-1), minlength=shape[-1]) / y.size
        answer: Array = np.broadcast_to(shares, shape)
    elif y.shape == shape:
        answer = np.broadcast_to(y.mean(axis=0), shape)
    else:
        return None
    values = loss.values_of if isinstance(loss, CrossEntropy) else loss.values
    with np.errstate(all="ignore"):
        return float(values(y, answer.astype(judged.gradient.dtype)).mean())
