"""Where the loss stands: a network should beat whoever always gives the same answer."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from nnlite.explain.lines import short
from nnlite.explain.watching import Judgement, WatchedStep
from nnlite.foundation.types import Array
from nnlite.losses import CrossEntropy, SparseCategoricalCrossentropy

HALF = 0.5


def has_to_learn(step: WatchedStep) -> bool:
    """Return whether the loss is more than half of that of the best constant answer."""
    return bool(step.judgements) and step.loss - step.penalty > HALF * baseline_loss(step)


def rising_loss(step: WatchedStep, reach: float | None) -> Iterator[str]:
    """Find a step that makes the loss on its own batch much larger."""
    before, after = step.loss, step.loss_after
    if after is None or not (after > 2 * before or math.isnan(after)):
        return
    if after <= HALF * baseline_loss(step):
        return
    remedy = f", or scale the inputs, which reach {short(reach)}" if reach else ""
    yield (
        f"This step makes the loss on its own batch rise from {before:.4g} to {after:.4g}: it goes "
        f"too far. Take a smaller learning rate than {step.rate:g}{remedy}."
    )


def baseline_loss(step: WatchedStep) -> float:
    """Return the loss of always answering with the mean of y; -inf if it cannot be told."""
    losses = [_constant_loss(judged) for judged in step.judgements]
    if -math.inf in losses:
        return -math.inf
    return sum(judged.weight * loss for judged, loss in zip(step.judgements, losses, strict=True))


def _constant_loss(judged: Judgement) -> float:
    loss, y, shape = judged.loss, judged.y, judged.gradient.shape
    if isinstance(loss, SparseCategoricalCrossentropy):
        shares = np.bincount(y.reshape(-1), minlength=shape[-1]) / y.size
        answer: Array = np.broadcast_to(shares, shape)
    elif y.shape == shape:
        answer = np.broadcast_to(y.mean(axis=0), shape)
    else:
        return -math.inf
    values = loss.values_of if isinstance(loss, CrossEntropy) else loss.values
    return float(values(y, answer.astype(judged.gradient.dtype)).mean())
