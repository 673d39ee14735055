"""Errors of predicted numbers, in several units, and the share of the variance they explain."""

from __future__ import annotations

from typing import Any

import numpy as np

from nnlite import losses
from nnlite.losses import Loss
from nnlite.metrics.base import Metric, as_equal_shapes, weights_like


def root_mean_squared_error(y_true: Any, y_pred: Any) -> float:
    """Return √ of the mean of (ŷ − y)² over everything: an error in the units of y.

    >>> root_mean_squared_error([[0.0], [0.0]], [[3.0], [3.0]])
    3.0
    """
    return float(RootMeanSquaredError()(y_true, y_pred))


def r2_score(y_true: Any, y_pred: Any) -> float:
    """Return the share of the variance of y that is explained: 1 is perfect, 0 is its mean.

    >>> r2_score([[1.0], [2.0], [3.0]], [[1.0], [2.0], [3.0]])
    1.0
    """
    return float(R2Score()(y_true, y_pred))


class MeanOfALoss(Metric):
    """The mean of what a loss says of each sample."""

    loss: Loss

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Add the values of this batch, from numbers that hold them: small types wrap around."""
        y, a = as_equal_shapes(y_true, y_pred)
        if y.dtype != a.dtype or a.dtype.char not in "fd":
            y = y.astype(np.result_type(y, a, np.float32))
        self.add(self.loss.values(y, a), sample_weight)


class MeanSquaredError(MeanOfALoss):
    """The mean of (ŷ − y)².

    >>> MeanSquaredError()([[1.0], [2.0]], [[1.0], [4.0]])
    2.0
    """

    default_name, loss = "mean_squared_error", losses.MeanSquaredError()


class RootMeanSquaredError(MeanSquaredError):
    """√ of the mean of (ŷ − y)²: an error in the units of y.

    >>> RootMeanSquaredError()([[0.0], [0.0]], [[3.0], [3.0]])
    3.0
    """

    default_name = "root_mean_squared_error"

    def result(self) -> float:
        """Return the root of the mean over all batches."""
        return float(super().result() ** 0.5)


class MeanAbsoluteError(MeanOfALoss):
    """The mean of |ŷ − y|.

    >>> MeanAbsoluteError()([[1.0], [2.0]], [[1.0], [4.0]])
    1.0
    """

    default_name, loss = "mean_absolute_error", losses.MeanAbsoluteError()


class R2Score(Metric):
    """1 − Σ(ŷ − y)² / Σ(y − mean y)²: the share of the variance that is explained.

    Several outputs are averaged. If y never varies there is nothing to explain: 1 for a perfect
    prediction, else 0.

    >>> R2Score()([[1.0], [2.0], [3.0]], [[2.0], [2.0], [2.0]])
    0.0
    """

    default_name = "r2_score"

    def reset_state(self) -> None:
        """Forget all batches."""
        self.count = 0
        self.mean = self.spread = self.error = np.zeros(1)

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Merge this batch into mean, spread and error (Chan's formula, which keeps its digits)."""
        y, a = as_equal_shapes(y_true, y_pred)
        y = y.reshape(len(y), -1).astype(np.float64, copy=False)
        a = a.reshape(len(a), -1).astype(np.float64, copy=False)
        weights = weights_like(1.0 if sample_weight is None else sample_weight, (len(y), 1))
        count = float(weights.sum())
        if not count:
            return
        mean = (weights * y).sum(axis=0) / count
        step = mean - self.mean
        total = self.count + count
        between = step**2 * (self.count * count / total)
        self.spread = self.spread + (weights * np.square(y - mean)).sum(axis=0) + between
        self.mean = self.mean + step * (count / total)
        self.error = self.error + (weights * np.square(a - y)).sum(axis=0)
        self.count = total

    def result(self) -> float:
        """Return R² over all batches, the mean over the outputs."""
        if not self.count:
            return 0.0
        varies = self.spread > 0
        score = np.where(self.error == 0, 1.0, 0.0)
        score[varies] = 1 - self.error[varies] / self.spread[varies]
        return float(score.mean())
