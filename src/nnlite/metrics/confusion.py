"""What is right and what is wrong among the answers yes and no, at one threshold or at many.

An output above a threshold says yes. All figures of this kind come from one count: how many of the
truly positive, and how many of the truly negative, lie between each two neighbouring thresholds.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from nnlite.foundation.errors import value_error
from nnlite.foundation.types import Array
from nnlite.metrics.base import Metric, as_arrays, weights_like


class ConfusionMetric(Metric):
    """A figure that is worked out from right and wrong answers at thresholds.

    A subclass gives `counts` its thresholds, in ascending order, when it is made; with
    `apart=True`, every output of a sample is counted by itself.
    """

    _levels = np.zeros(0)

    def counts(self, thresholds: Sequence[float], apart: bool = False) -> None:
        """Count at these thresholds from now on."""
        self._levels, self._apart = np.array(thresholds, np.float64), apart
        self.reset_state()

    def reset_state(self) -> None:
        """Forget all batches."""
        self._positives = self._negatives = np.zeros((len(self._levels) + 1, 1))

    def answers(self, y_true: Any, y_pred: Any, sample_weight: Any) -> tuple[Array, Array, Array]:
        """Return truth, prediction and weights in one shape, a row for each sample."""
        y, a = as_arrays(y_true, y_pred)
        if y.shape != a.shape:
            rule = f"{type(self).__name__} takes a yes or a no for each output."
            received = f"y_true of shape {y.shape}, y_pred of shape {a.shape}"
            remedy = "Of class numbers, nnlite.utils.to_categorical(y) makes such rows."
            raise value_error(rule, received, None, remedy)
        if y.min() < 0 or y.max() > 1:
            rule = f"{type(self).__name__} takes 1 for yes and 0 for no as the truth."
            raise value_error(rule, f"y_true from {y.min():g} to {y.max():g}")
        weights = weights_like(1.0 if sample_weight is None else sample_weight, a.shape)
        rows = len(a), -1
        return y.reshape(rows), a.reshape(rows), weights.reshape(rows)

    def count_in(self, y: Array, a: Array, weights: Array) -> None:
        """Add a batch: truth, prediction and weights have one shape (n, k)."""
        a = a if a.dtype.kind == "f" else a.astype(np.float64)
        levels, outputs = self._levels.astype(a.dtype), a.shape[1] if self._apart else 1
        # The number of thresholds below each output, and the column that it is counted in.
        places = np.searchsorted(levels, a, side="left") * outputs + np.arange(a.shape[1]) % outputs
        size = (len(levels) + 1) * outputs
        counted = [
            np.bincount(places.ravel(), (weights * share).ravel(), size).reshape(-1, outputs)
            for share in (y, 1 - y)
        ]
        self._positives = self._positives + counted[0]
        self._negatives = self._negatives + counted[1]

    @property
    def true_positives(self) -> Array:
        """The weight of the answers yes that are right, (thresholds, outputs)."""
        return _above(self._positives)

    @property
    def false_positives(self) -> Array:
        """The weight of the answers yes that are wrong, (thresholds, outputs)."""
        return _above(self._negatives)

    @property
    def false_negatives(self) -> Array:
        """The weight of the answers no that are wrong, (thresholds, outputs)."""
        return np.cumsum(self._positives, axis=0)[:-1]

    @property
    def true_negatives(self) -> Array:
        """The weight of the answers no that are right, (thresholds, outputs)."""
        return np.cumsum(self._negatives, axis=0)[:-1]


def _above(counted: Array) -> Array:
    return np.cumsum(counted[::-1], axis=0)[::-1][1:]


def share_of(part: Array, whole: Array) -> Array:
    """Return part/whole, and 0 where there is nothing.

    >>> share_of(np.array([1.0, 0.0]), np.array([4.0, 0.0]))
    array([0.25, 0.  ])
    """
    return np.divide(part, whole, out=np.zeros_like(whole), where=whole != 0)
