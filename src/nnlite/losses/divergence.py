"""Two more losses: how far apart two distributions are, and how far on the right side an answer."""

from __future__ import annotations

from typing import Any

import numpy as np

from nnlite.foundation.errors import value_error
from nnlite.foundation.types import Array, Shape
from nnlite.given import targets
from nnlite.losses.base import Loss, mean_over_outputs, outputs_per_sample


class KLDivergence(Loss):
    """L = Σ y ln(y/a), over each row: 0 where a is y, so dL/da = −y/a.

    It is the cross-entropy less the surprise that is in y itself: the gradient is the same.

    >>> KLDivergence()([[1.0, 0.0]], [[1.0, 0.0]])
    0.0
    """

    name = "kl_divergence"

    def values(self, y: Array, a: Array) -> Array:
        """Return Σ y ln(y/a), the mean over the places of each sample."""
        values = y * (np.log(_positive(y)) - np.log(_positive(a)))
        return mean_over_outputs(values.sum(axis=-1) if a.ndim > 1 else values)

    def gradient(self, y: Array, a: Array) -> Array:
        """Return −y/a."""
        places = outputs_per_sample(a) // (a.shape[-1] if a.ndim > 1 else 1)
        return -y / _positive(a) / places

    def check_targets(self, y: Any, output_shape: Shape, dtype: Any) -> Array:
        """Return the truth, 0 to 1 for every output."""
        return targets.probabilities(y, output_shape, dtype, self.name)

    def check_predictions(self, a: Array) -> None:
        """Raise unless probabilities lie between 0 and 1."""
        if a.size and (a.min() < 0 or a.max() > 1):
            rule = "Predictions must be probabilities, from 0 to 1."
            received = f"y_pred from {a.min():g} to {a.max():g}"
            remedy = "End the model with a softmax activation."
            raise value_error(rule, received, f"loss '{self.name}'", remedy)


class Hinge(Loss):
    """L = (1/k) Σ max(1 − y·a, 0) for y = ±1, so dL/da = −y/k where y·a < 1, else 0.

    An answer must be on the right side of 0, and at least 1 from it. Labels 0 and 1 stand for −1
    and 1.

    >>> Hinge()([[1.0], [-1.0]], [[0.25], [-3.0]])
    0.375
    """

    name = "hinge"

    def values(self, y: Array, a: Array) -> Array:
        """Return the mean of max(1 − y·a, 0) for every sample."""
        return mean_over_outputs(np.maximum(1 - y * a, 0))

    def gradient(self, y: Array, a: Array) -> Array:
        """Return −y/k where y·a < 1."""
        return np.where(y * a < 1, -y, a.dtype.type(0)) / outputs_per_sample(a)

    def truth(self, y: Array) -> Array:
        """Return −1 for 0."""
        return np.where(y == 0, y.dtype.type(-1), y)

    def check_targets(self, y: Any, output_shape: Shape, dtype: Any) -> Array:
        """Return the truth, one of two labels for every output."""
        array = targets.numbers(y, output_shape, dtype, self.name)
        if not any(np.isin(array, labels).all() for labels in ((-1, 1), (0, 1))):
            received = f"y from {array.min():g} to {array.max():g}"
            remedy = "To predict numbers, use mean_squared_error."
            rule = "hinge takes two labels: -1 and 1, or 0 and 1."
            raise value_error(rule, received, f"loss '{self.name}'", remedy)
        return array


def _positive(p: Array) -> Array:
    """Return p, where a probability of 0 stands for the smallest one its dtype can hold."""
    return np.asarray(np.maximum(p, np.finfo(p.dtype).tiny))
