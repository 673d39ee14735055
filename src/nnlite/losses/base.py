"""A loss says how wrong a prediction is, and which way it should move.

Value and gradient stand side by side. The classes give the mean over the samples, the functions one
value per sample. `y` is the truth, `a` the prediction, m the number of samples, k of outputs.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from nnlite.foundation.checks import Name
from nnlite.foundation.configuration import Configurable
from nnlite.foundation.errors import must_define, told, type_error, value_error
from nnlite.foundation.types import Array, Shape
from nnlite.given import targets
from nnlite.given.data import unpaired
from nnlite.given.numbers import as_floats
from nnlite.given.sample_weights import weight_for_each
from nnlite.losses.reduction import MEAN, NONE, Reduction, times_the_mean


class OfTheClass:
    """A name that is that of the class, unless a subclass or an object has one of its own."""

    def __get__(self, owner: Any, kind: type) -> str:
        return kind.__name__


class Loss(Configurable):
    """A loss L(y, a), averaged over the samples.

    A subclass writes `values(y, a)`, one value per sample, and `gradient(y, a)`, the gradient of
    their *sum* for `a`. The rest follows. Nobody writes again to the arrays that it is given.

    Parameters
    ----------
    reduction
        "sum_over_batch_size" or "mean": the mean over the samples; "sum": their sum;
        "mean_with_sample_weight": the sum, divided by that of the weights; "none" or None: a call
        returns the loss of every sample, `fit` descends their sum and shows their mean, as in
        Keras.
    name
        What errors call it.
    """

    name: Any = OfTheClass()
    reduction: str | None = MEAN

    def __init__(self, reduction: Reduction = MEAN, name: Name = None) -> None:
        self.reduction = reduction
        self.name = name or self.name

    def __call__(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> Any:
        """Return the mean loss over the samples, or what `reduction` makes of them."""
        y, a = self.prepare(y_true, y_pred)
        with np.errstate(under="ignore"):
            values = one_for_each(self.values(y, a), len(a), self.name)
        weights = None
        if sample_weight is not None:
            weights = weight_for_each(sample_weight, len(values), values.dtype)
            values = values * weights
        if self.reduction in (NONE, None):
            return values
        return float(values.mean()) * times_the_mean(self.reduction, a, weights)

    def backprop(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> Array:
        """Return the gradient of the loss for the prediction, in its shape."""
        y, a = self.prepare(y_true, y_pred)
        with np.errstate(under="ignore"):
            grad = like_the_prediction(self.gradient(y, a), a, self.name) / len(a)
        weights = None
        if sample_weight is not None:
            weights = weight_for_each(sample_weight, len(grad), grad.dtype)
            grad *= weights.reshape(-1, *[1] * (grad.ndim - 1))
        return np.asarray(grad) * times_the_mean(self.reduction, a, weights)

    def values(self, y: Array, a: Array) -> Array:
        """Return the loss of every sample."""
        raise must_define(self, "values(y, a)")

    def gradient(self, y: Array, a: Array) -> Array:
        """Return the gradient of the sum of the samples' losses for `a`."""
        raise must_define(self, "gradient(y, a)")

    def truth(self, y: Array) -> Array:
        """Return the truth as `values` and `gradient` take it: as it is, unless smoothed."""
        return y

    def check_targets(self, y: Any, output_shape: Shape, dtype: Any) -> Array:
        """Return the truth as an array that fits an output of that shape, or explain why not."""
        return targets.numbers(y, output_shape, dtype, self.name)

    def check_predictions(self, a: Array) -> None:
        """Raise if these cannot be predictions that this loss understands."""

    def prepare(self, y_true: Any, y_pred: Any) -> tuple[Array, Array]:
        """Return truth and prediction as floating arrays of matching shapes."""
        a = np.atleast_1d(as_floats(y_pred, "y_pred"))
        where = f"loss '{self.name}'"
        if not a.size:
            raise unpaired(y_true, a, where)
        y = self.check_targets(y_true, a.shape[1:], a.dtype)
        if len(y) != len(a):
            raise unpaired(y_true, a, where)
        self.check_predictions(a)
        return self.truth(y), a


def one_for_each(values: Any, samples: int, loss: str) -> Array:
    """Return the values of a loss, its user's perhaps, as one number for each sample."""
    if isinstance(values, np.ndarray) and values.shape == (samples,):
        return values
    if np.shape(values) == (samples, 1):
        return np.asarray(values)[:, 0]
    rule = "values(y, a) must return one number for each sample."
    if isinstance(values, list | tuple | None):
        remedy = "End values with return and an array: np.asarray(...)."
        raise type_error(rule, told(values), f"loss '{loss}'", remedy)
    received = f"values of shape {np.shape(values)} for {samples} samples"
    remedy = "Leave out the mean over the samples: it is taken later."
    if np.ndim(values):
        remedy = "Take the mean over the outputs alone: values.reshape(len(y), -1).mean(axis=1)."
    raise value_error(rule, received, f"loss '{loss}'", remedy)


def like_the_prediction(slopes: Any, a: Array, loss: str) -> Array:
    """Return the gradient that a user's loss computed, as an array like the prediction."""
    if np.shape(slopes) != a.shape or np.asarray(slopes).dtype.kind not in "fiub":
        rule = "gradient(y, a) must return a number for each number of a."
        received = f"{told(slopes)} for a of shape {a.shape}"
        remedy = "For values of (y − a)²/2 it is a - y, not its mean nor its sum."
        raise value_error(rule, received, f"loss '{loss}'", remedy)
    return np.asarray(slopes, a.dtype)


def mean_over_outputs(values: Array) -> Array:
    """Return one value per sample: the mean over everything but the first axis."""
    if values.ndim == 2 and values.shape[1] == 1:
        return values[:, 0]
    return values if values.ndim == 1 else values.reshape(len(values), -1).mean(axis=1)


def outputs_per_sample(a: Array) -> int:
    """Return how many numbers the prediction has for each sample."""
    return a.size // max(len(a), 1)
