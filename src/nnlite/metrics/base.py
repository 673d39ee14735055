"""A metric is a number for people: how good the network is, in units they understand.

Functions compare a batch; classes add up over batches, so a smaller last batch counts by its size.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from nnlite.foundation.checks import DType, Name
from nnlite.foundation.configuration import Configurable
from nnlite.foundation.errors import must_define, value_error
from nnlite.foundation.types import Array, Shape
from nnlite.given.data import unpaired
from nnlite.given.numbers import as_numbers, check_finite, in_order
from nnlite.given.targets import without_ones
from nnlite.losses import Loss
from nnlite.losses.base import mean_over_outputs


class Metric(Configurable):
    """A running figure: `update_state(y_true, y_pred)` for each batch, then `result()`.

    Of your own, it may keep the arrays that it is given: nobody writes to them again. One that
    shall count samples by their weights takes `update_state(y_true, y_pred, sample_weight=None)`.

    Parameters
    ----------
    name
        What it is called in the history.
    dtype
        Taken for the sake of Keras scripts: figures add up in float64.
    """

    def __init__(self, name: Name = None, dtype: DType = None) -> None:
        self.name = name or self.default_name
        self.reset_state()

    default_name = "metric"

    def reset_state(self) -> None:
        """Forget all batches."""
        self.total = 0.0
        self.count: float = 0

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Take a batch into account, each sample by its weight."""
        raise must_define(self, "update_state(y_true, y_pred)")

    def add(self, values: Array, sample_weight: Any = None) -> None:
        """Add numbers, a row for each sample, to what `result` is the mean of."""
        if sample_weight is None:
            self.total += float(np.count_nonzero(values) if values.dtype == bool else values.sum())
            self.count += values.size
        else:
            weights = weights_like(sample_weight, values.shape)
            self.total += float((values * weights).sum())
            self.count += float(weights.sum())

    def result(self) -> Any:
        """Return the figure over all batches since the last reset."""
        return self.total / self.count if self.count else 0.0

    def is_several(self, output_shape: Shape) -> bool:
        """Return whether `result` gives several numbers for an output of that shape."""
        return False

    def __call__(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> Any:
        """Take a batch into account and return the figure so far."""
        weights = () if sample_weight is None else (sample_weight,)
        self.update_state(*as_arrays(y_true, y_pred), *weights)
        return self.result()


class FunctionMetric(Metric):
    """The mean over the samples of any function of (y_true, y_pred), the user's own as well."""

    def __init__(self, function: Callable[[Any, Any], Any], name: str | None = None) -> None:
        self.function, own = function, getattr(function, "name", type(function).__name__)
        super().__init__(name or getattr(function, "__name__", own))

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Add the function's values for this batch."""
        samples = len(y_pred)
        if sample_weight is None:
            self.total += float(np.mean(self.values(y_true, y_pred))) * samples
            self.count += samples
            return
        weights = weights_like(sample_weight, (samples,))
        if isinstance(self.function, Loss):
            y, a = self.function.prepare(y_true, y_pred)
            values = self.function.values(y, a)
        else:
            values = self.values(y_true, y_pred)
        # A figure for the whole batch is that of each of its samples.
        self.add(mean_over_outputs(np.atleast_1d(values)) + np.zeros(samples), weights)

    def values(self, y_true: Any, y_pred: Any) -> Array:
        """Return what the function says, as numbers."""
        return as_numbers(self.function(y_true, y_pred), f"What {self.name} returns")


def weights_like(sample_weight: Any, shape: Shape) -> Array:
    """Return a weight for each number: from one for all, for each sample, or for each number.

    >>> weights_like([1, 2], (2, 3))
    array([[1., 1., 1.],
           [2., 2., 2.]])
    """
    weights = as_numbers(sample_weight, "sample_weight").astype(np.float64)
    check_finite(weights, "sample_weight")
    given = weights.shape
    if weights.ndim == len(shape) + 1 and given[-1] == 1:
        weights = weights[..., 0]
    weights = weights.reshape(*weights.shape, *[1] * (len(shape) - weights.ndim))
    try:
        return np.broadcast_to(weights, shape)
    except ValueError:
        rule = "sample_weight must have one number for each sample."
        received = f"sample_weight of shape {given} for numbers of shape {shape}"
        raise value_error(rule, received) from None


def as_arrays(y_true: Any, y_pred: Any) -> tuple[Array, Array]:
    """Return truth and prediction as arrays of as many samples; (n,) is reshaped for (n, 1)."""
    y, a = in_order(as_numbers(y_true, "y_true")), in_order(as_numbers(y_pred, "y_pred"))
    if not (y.ndim and a.ndim):
        y, a = np.atleast_1d(y, a)
    if len(y) != len(a) or not a.size:
        raise unpaired(y, a)
    if y.shape != a.shape and without_ones(y.shape) == without_ones(a.shape):
        y = y.reshape(a.shape)
    return y, a


def as_equal_shapes(y_true: Any, y_pred: Any) -> tuple[Array, Array]:
    """Return truth and prediction as arrays of one shape: (n,) never spreads over (n, 1)."""
    y, a = as_arrays(y_true, y_pred)
    check_equal_shapes(y, a)
    return y, a


def check_equal_shapes(y: Array, a: Array) -> None:
    """Raise unless truth and prediction have one shape."""
    if y.shape != a.shape:
        received = f"y_true of shape {y.shape}, y_pred of shape {a.shape}"
        raise value_error("y_true and y_pred must have the same shape.", received)
