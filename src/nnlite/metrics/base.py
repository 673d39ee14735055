"""A metric is a number for people: how good the network is, in units they understand.

Functions compare a batch; classes add up over batches, so a smaller last batch counts by its size.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from nnlite.foundation.checks import Name
from nnlite.foundation.configuration import Configurable
from nnlite.foundation.errors import must_define, value_error
from nnlite.foundation.types import Array
from nnlite.given.data import unpaired
from nnlite.given.numbers import as_numbers, in_order
from nnlite.given.targets import without_ones


class Metric(Configurable):
    """A running figure: `update_state(y_true, y_pred)` for each batch, then `result()`.

    Of your own, it may keep the arrays that it is given: nobody writes to them again.
    """

    def __init__(self, name: Name = None) -> None:
        self.name = name or self.default_name
        self.reset_state()

    default_name = "metric"

    def reset_state(self) -> None:
        """Forget all batches."""
        self.total = 0.0
        self.count = 0

    def update_state(self, y_true: Any, y_pred: Any) -> None:
        """Take a batch into account."""
        raise must_define(self, "update_state(y_true, y_pred)")

    def result(self) -> float:
        """Return the figure over all batches since the last reset."""
        return self.total / self.count if self.count else 0.0

    def __call__(self, y_true: Any, y_pred: Any) -> float:
        """Take a batch into account and return the figure so far."""
        self.update_state(*as_arrays(y_true, y_pred))
        return self.result()


class FunctionMetric(Metric):
    """The mean over the samples of any function of (y_true, y_pred), the user's own as well."""

    def __init__(self, function: Callable[[Any, Any], Any], name: str | None = None) -> None:
        self.function, own = function, getattr(function, "name", type(function).__name__)
        super().__init__(name or getattr(function, "__name__", own))

    def update_state(self, y_true: Any, y_pred: Any) -> None:
        """Add the function's values for this batch."""
        values = np.asarray(self.function(y_true, y_pred))
        self.total += float(values.mean()) * len(y_pred)
        self.count += len(y_pred)


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
