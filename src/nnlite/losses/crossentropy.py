"""Losses for probabilities: how surprised is the network by the truth?"""

from __future__ import annotations

from typing import Any

import numpy as np

from nnlite.activations import ActivationFunction, sigmoid, softmax
from nnlite.foundation.checks import Flag, Share
from nnlite.foundation.errors import must_define, value_error
from nnlite.foundation.types import Array, Shape
from nnlite.given import targets
from nnlite.kernels import row_sums
from nnlite.losses.base import Loss, mean_over_outputs, outputs_per_sample

SUMS_TO_1 = 1e-3
"""So close to 1 is the sum of a row of probabilities, also one that somebody typed."""


class CrossEntropy(Loss):
    """What the three cross-entropies share: they can be computed from the logits z.

    With `from_logits=True`, `y_pred` holds z, the numbers before the activation. The gradient for
    z is a − y: the slope of the activation cancels that of the logarithm. A model whose last
    activation is the loss's own is computed this way, too: it goes around `values` and `gradient`.
    """

    activation: ActivationFunction

    def __init__(self, from_logits: Flag = False, **options: Any) -> None:
        super().__init__(**options)
        self.from_logits = from_logits

    def values(self, y: Array, a: Array) -> Array:
        """Return the cross-entropy of every sample."""
        if self.from_logits:
            return self.values_from_logits(y, a, self.activation.forpass(a))
        return self.values_of(y, a)

    def gradient(self, y: Array, a: Array) -> Array:
        """Return the gradient for the prediction, or for the logits."""
        if self.from_logits:
            return self.gradient_from_logits(y, self.activation.forpass(a))
        return self.gradient_of(y, a)

    def values_of(self, y: Array, a: Array) -> Array:
        """Return the loss of every sample from probabilities."""
        raise must_define(self, "values_of(y, a)")

    def gradient_of(self, y: Array, a: Array) -> Array:
        """Return the gradient for probabilities."""
        raise must_define(self, "gradient_of(y, a)")

    def values_from_logits(self, y: Array, z: Array, a: Array) -> Array:
        """Return the loss of every sample from the logits, where `a` is their activation."""
        raise must_define(self, "values_from_logits(y, z, a)")

    def gradient_from_logits(self, y: Array, a: Array) -> Array:
        """Return the gradient for the logits, where `a` is their activation."""
        return a - y

    def check_predictions(self, a: Array) -> None:
        """Raise unless probabilities lie between 0 and 1."""
        if not self.from_logits and a.size and (a.min() < 0 or a.max() > 1):
            raise self.no_probabilities(a)

    def no_probabilities(self, a: Array) -> ValueError:
        """Return the error of predictions that this loss cannot learn from."""
        rule = "Predictions must be probabilities, from 0 to 1."
        received = f"y_pred from {a.min():g} to {a.max():g}"
        own = self.activation.name
        remedy = f"End the model with a {own} activation, or use from_logits=True."
        return value_error(rule, received, f"loss '{self.name}'", remedy)


class SmoothedCrossEntropy(CrossEntropy):
    """A cross-entropy that may be told to be less sure of the truth: label_smoothing s.

    The share s of every y is dealt out evenly: to yes and no, or to all k classes of a row.
    """

    def __init__(
        self, from_logits: Flag = False, label_smoothing: Share = 0.0, **options: Any
    ) -> None:
        super().__init__(from_logits, **options)
        self.label_smoothing = label_smoothing

    label_smoothing = 0.0

    def even(self, classes: int) -> float:
        """Return the number that each output of a row of so many gets for s = 1."""
        return 1 / classes

    def truth(self, y: Array) -> Array:
        """Return y(1 − s) + s/k."""
        s = self.label_smoothing
        return y * (1 - s) + s * self.even(y.shape[-1]) if s else y


class BinaryCrossentropy(SmoothedCrossEntropy):
    """L = −(y ln a + (1 − y) ln(1 − a)), so dL/da = (a − y) / (a(1 − a)); from z: dL/dz = a − y.

    From the logits, L = max(z, 0) − z·y + ln(1 + e^−|z|), which never overflows.

    >>> BinaryCrossentropy(from_logits=True)([[0.0]], [[10000.0]])
    10000.0
    """

    name = "binary_crossentropy"
    activation = sigmoid

    def even(self, classes: int) -> float:
        """Return ½: each output is a yes or a no of its own."""
        return 0.5

    def values_of(self, y: Array, a: Array) -> Array:
        """Return −(y ln a + (1 − y) ln(1 − a)), the mean over the outputs."""
        wrong, right = _logarithm(1 - a), _logarithm(a)
        return mean_over_outputs(-(y * right + (1 - y) * wrong))

    def gradient_of(self, y: Array, a: Array) -> Array:
        """Return (1/k)(a − y) / (a(1 − a)), as (1 − y)/(1 − a) − y/a, which keeps its digits."""
        slope = (1 - y) / _positive(1 - a) - y / _positive(a)
        return slope / outputs_per_sample(a)

    def values_from_logits(self, y: Array, z: Array, a: Array) -> Array:
        """Return max(z, 0) − z·y + ln(1 + e^−|z|), the mean over the outputs."""
        values = np.abs(z)
        np.negative(values, values)
        np.exp(values, values)
        np.log1p(values, values)
        values += np.maximum(z, 0) - z * y
        return mean_over_outputs(values)

    def gradient_from_logits(self, y: Array, a: Array) -> Array:
        """Return (1/k)(a − y)."""
        dz = a - y
        outputs = outputs_per_sample(a)
        return dz if outputs == 1 else dz / outputs

    def check_targets(self, y: Any, output_shape: Shape, dtype: Any) -> Array:
        """Return the truth, 0 to 1 for every output."""
        return targets.probabilities(y, output_shape, dtype, self.name)


class OfClasses(CrossEntropy):
    """What the losses of one class among several share: each row of a is divided by its sum."""

    activation = softmax

    def rows(self, y: Array, a: Array) -> Array:
        """Return the truth as one-hot rows, in the shape of a."""
        raise must_define(self, "rows(y, a)")

    def check_predictions(self, a: Array) -> None:
        """Take any numbers: they are shares of a sum."""

    def values_of(self, y: Array, a: Array, free_sums: bool = False) -> Array:
        """Return −Σ y ln a, of rows that are divided by their sums."""
        shares = np.minimum(a / _divisors(a, free_sums)[0], 1)
        return mean_over_outputs(-(self.rows(y, a) * _logarithm(shares)).sum(axis=-1))

    def gradient_of(self, y: Array, a: Array, free_sums: bool = False) -> Array:
        """Return −y/a, and Σy/Σa besides where Σa divides; what is cut off has no part in it.

        Raise if nothing is left to follow, since one output has it all, whatever the class.
        """
        (sums, divided), y = _divisors(a, free_sums), self.rows(y, a)
        shares = a / sums
        cut = (shares < 0) | (shares > 1) | divided & ((shares == 0) | (shares == 1))
        left, small = np.where(cut, 0, y), np.abs(a) < np.finfo(a.dtype).tiny
        shared = divided * left.sum(axis=-1, keepdims=True) / sums
        grad: Array = shared - left / np.where(small, _positive(a), a)
        if cut.any() and not grad.any() and np.ptp(a.argmax(-1)) == 0 and np.ptp(y.argmax(-1)) > 0:
            raise self.no_probabilities(a)
        return grad / _places(a)


class CategoricalCrossentropy(SmoothedCrossEntropy, OfClasses):
    """L = −Σ y ln a for one-hot y, so dL/da = −y/a; from z through softmax: dL/dz = a − y.

    From the logits, L = ln Σ e^z − Σ y·z. Rows of a that do not sum to 1, as those of a sigmoid,
    a ReLU or a linear layer, are divided by their sum: L = −Σ y ln(a/Σa), so dL/da = −y/a + Σy/Σa.
    A share a/Σa below 0 counts as the smallest positive number and one above 1 as 1, as Keras
    clips them: there the loss is flat, so the gradient is 0.

    >>> CategoricalCrossentropy(from_logits=True)([[1.0, 0.0]], [[0.0, 10000.0]])
    10000.0
    """

    name = "categorical_crossentropy"

    def rows(self, y: Array, a: Array) -> Array:
        """Return the truth as it is."""
        return y

    def values_from_logits(self, y: Array, z: Array, a: Array) -> Array:
        """Return ln Σ e^z − Σ y·z, with the largest z taken off both."""
        if _is_safe(a):
            return mean_over_outputs(-(y * np.log(a)).sum(axis=-1))
        shifted = z - z.max(axis=-1, keepdims=True)
        correct = (shifted * y).sum(axis=-1)
        return mean_over_outputs(_log_sum_exp(shifted) * y.sum(axis=-1) - correct)

    def gradient_from_logits(self, y: Array, a: Array) -> Array:
        """Return a − y."""
        dz: Array = a * y.sum(axis=-1, keepdims=True) - y
        return dz if a.ndim == 2 else dz / _places(a)

    def check_targets(self, y: Any, output_shape: Shape, dtype: Any) -> Array:
        """Return the truth as one-hot rows."""
        return targets.one_hot_rows(y, output_shape, dtype, self.name)


class SparseCategoricalCrossentropy(OfClasses):
    """L = −ln a[y] for class number y, so dL/da[y] = −1/a[y]; from z: dL/dz = a − one-hot(y).

    Rows of a that do not sum to 1 are divided by their sum: see `CategoricalCrossentropy`.

    >>> SparseCategoricalCrossentropy(from_logits=True)([0], [[0.0, 10000.0]])
    10000.0
    """

    name = "sparse_categorical_crossentropy"

    def rows(self, y: Array, a: Array) -> Array:
        """Return a row for each class number: 1 in its place, else 0."""
        one_hot = np.zeros_like(a)
        np.put_along_axis(one_hot, y[..., None], 1, axis=-1)
        return one_hot

    def values_from_logits(self, y: Array, z: Array, a: Array) -> Array:
        """Return ln Σ e^z − z[y], with the largest z taken off both."""
        right = _pick(a, y)
        if _is_safe(right):
            return mean_over_outputs(-np.log(right))
        shifted = z - z.max(axis=-1, keepdims=True)
        return mean_over_outputs(_log_sum_exp(shifted) - _pick(shifted, y))

    def gradient_from_logits(self, y: Array, a: Array) -> Array:
        """Return a − 1 at the class of each sample, a elsewhere."""
        dz: Array = a.copy()
        if a.ndim == 2:
            dz[np.arange(len(y)), y] -= 1
            return dz
        np.put_along_axis(dz, y[..., None], _pick(a, y)[..., None] - 1, axis=-1)
        return dz / _places(a)

    def check_targets(self, y: Any, output_shape: Shape, dtype: Any) -> Array:
        """Return the truth as class numbers."""
        return targets.class_numbers(y, output_shape, self.name)


def are_shares(a: Array) -> Array:
    """Return for each row whether it sums to 1, but for rounding, as a column."""
    return np.asarray(np.abs(a.sum(axis=-1, keepdims=True) - 1) <= SUMS_TO_1)


def _divisors(a: Array, free_sums: bool) -> tuple[Array, Array]:
    """Return what each row is divided by, as a column, and whether that is its sum.

    Else it is 1: for rows of zeros, and for those that sum to 1; but with `free_sums` only by
    chance, so that a little more of one output still changes the sum.
    """
    sums = a.sum(axis=-1, keepdims=True)
    divided = (np.abs(sums) >= np.finfo(a.dtype).tiny) & (free_sums | ~are_shares(a))
    return np.where(divided, sums, a.dtype.type(1)), divided


def _places(a: Array) -> int:
    """Return how many predictions of classes each sample holds: 1, or more for (m, places, k)."""
    return outputs_per_sample(a) // int(a.shape[-1])


def _pick(a: Array, y: Array) -> Array:
    """Return a[y] along the last axis, for every sample."""
    if a.ndim == 2:
        return np.asarray(a[np.arange(len(y)), y])
    return np.take_along_axis(a, y[..., None], axis=-1)[..., 0]


def _log_sum_exp(shifted: Array) -> Array:
    """Return ln Σ e^z along the last axis, for rows whose largest z is 0."""
    return np.log(row_sums(np.exp(shifted)))


def _is_safe(p: Array) -> bool:
    """Return whether −ln p is as exact as the way through the logits, which takes longer."""
    return bool(p.min(initial=1) > 1e-30)


def _positive(p: Array) -> Array:
    """Return p, where a probability of 0 stands for the smallest one its dtype can hold."""
    positive: Array = np.maximum(p, np.finfo(p.dtype).tiny)
    return positive


def _logarithm(p: Array) -> Array:
    return np.log(_positive(p))
