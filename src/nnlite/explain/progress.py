"""Has the network learned anything yet? It should beat whoever always gives the same answer."""

from __future__ import annotations

import numpy as np

from ..losses import CrossEntropy, SparseCategoricalCrossentropy
from ..types import Array
from .watching import Judgement, WatchedStep

HALF = 0.5


def has_to_learn(step: WatchedStep) -> bool:
    """Return whether the loss is more than half of that of the best constant answer."""
    if not step.judgements:
        return False
    baseline = baseline_loss(step)
    return baseline is None or step.loss - step.penalty > HALF * baseline


def baseline_loss(step: WatchedStep) -> float | None:
    """Return the loss of always answering with the mean of y; None if it cannot be told."""
    total = 0.0
    for judged in step.judgements:
        loss = _constant_loss(judged)
        if loss is None:
            return None
        total += judged.weight * loss
    return total


def _constant_loss(judged: Judgement) -> float | None:
    loss, y, shape = judged.loss, judged.y, judged.gradient.shape
    if isinstance(loss, SparseCategoricalCrossentropy):
        shares = np.bincount(y.reshape(-1), minlength=shape[-1]) / y.size
        answer: Array = np.broadcast_to(shares, shape)
    elif y.shape == shape:
        answer = np.broadcast_to(y.mean(axis=0), shape)
    else:
        return None
    values = loss.values_of if isinstance(loss, CrossEntropy) else loss.values
    return float(values(y, answer.astype(judged.gradient.dtype)).mean())
