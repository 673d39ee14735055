"""Losses for numbers: how far is the prediction from the truth?"""

from __future__ import annotations

from typing import Any

import numpy as np

from nnlite.foundation.checks import Positive
from nnlite.foundation.types import Array
from nnlite.losses.base import Loss, mean_over_outputs, outputs_per_sample


class MeanSquaredError(Loss):
    """L = (1/k) Σ (a − y)², so dL/da = (2/k)(a − y).

    >>> MeanSquaredError()([[1.0], [2.0]], [[1.0], [4.0]])
    2.0
    """

    name = "mean_squared_error"

    def values(self, y: Array, a: Array) -> Array:
        """Return the mean of (a − y)² for every sample."""
        return mean_over_outputs(np.square(a - y))

    def gradient(self, y: Array, a: Array) -> Array:
        """Return (2/k)(a − y)."""
        return (a - y) * (2 / outputs_per_sample(a))


class HalfSquaredError(Loss):
    """L = (1/k) Σ ½(a − y)², so dL/da = (1/k)(a − y): the course's loss, without the factor 2.

    >>> HalfSquaredError()([[1.0], [2.0]], [[1.0], [4.0]])
    1.0
    """

    name = "half_squared_error"

    def values(self, y: Array, a: Array) -> Array:
        """Return the mean of ½(a − y)² for every sample."""
        return mean_over_outputs(0.5 * np.square(a - y))

    def gradient(self, y: Array, a: Array) -> Array:
        """Return (1/k)(a − y)."""
        return (a - y) / outputs_per_sample(a)


class MeanAbsoluteError(Loss):
    """L = (1/k) Σ |a − y|, so dL/da = (1/k) sign(a − y).

    >>> MeanAbsoluteError()([[1.0], [2.0]], [[1.0], [4.0]])
    1.0
    """

    name = "mean_absolute_error"

    def values(self, y: Array, a: Array) -> Array:
        """Return the mean of |a − y| for every sample."""
        return mean_over_outputs(np.abs(a - y))

    def gradient(self, y: Array, a: Array) -> Array:
        """Return (1/k) sign(a − y)."""
        sign: Array = np.sign(a - y)
        return sign / outputs_per_sample(a)


class Huber(Loss):
    """L = ½e² where |e| ≤ δ, else δ(|e| − ½δ), with e = a − y; so dL/da = e cut to ±δ.

    >>> Huber(delta=1.0)([[0.0], [0.0]], [[0.5], [3.0]])
    1.3125
    """

    name = "huber"

    def __init__(self, delta: Positive = 1.0, **options: Any) -> None:
        super().__init__(**options)
        self.delta = delta

    def values(self, y: Array, a: Array) -> Array:
        """Return the mean Huber loss for every sample."""
        size = np.abs(a - y)
        inside = np.minimum(size, self.delta)
        return mean_over_outputs(inside * (size - 0.5 * inside))

    def gradient(self, y: Array, a: Array) -> Array:
        """Return (1/k) e, cut to ±δ."""
        error: Array = np.clip(a - y, -self.delta, self.delta)
        return error / outputs_per_sample(a)
