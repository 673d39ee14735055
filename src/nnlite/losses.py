"""A loss says how wrong a prediction is, and which way it should move.

Value and gradient stand side by side. The classes give the mean over the samples, the functions one
value per sample. `y` is the truth, `a` the prediction, m the number of samples, k of outputs.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from . import targets
from .activations import ActivationFunction, sigmoid, softmax
from .configuration import Configurable, resolve
from .errors import explain_error
from .types import Array, Shape


class Loss(Configurable):
    """A loss L(y, a), averaged over the samples.

    A subclass writes `values(y, a)`, one value per sample, and `gradient(y, a)`, the gradient of
    their *sum* for `a`. The rest follows.
    """

    name = ""

    def __call__(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> float:
        """Return the mean loss over the samples."""
        y, a = self.prepare(y_true, y_pred)
        with np.errstate(under="ignore"):
            values = self.values(y, a)
        if sample_weight is not None:
            values = values * np.asarray(sample_weight, dtype=values.dtype)
        return float(values.mean())

    def backprop(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> Array:
        """Return the gradient of the mean loss for the prediction, in its shape."""
        y, a = self.prepare(y_true, y_pred)
        with np.errstate(under="ignore"):
            grad = self.gradient(y, a) / len(a)
        if sample_weight is not None:
            weights = np.asarray(sample_weight, dtype=grad.dtype)
            grad *= weights.reshape(-1, *[1] * (grad.ndim - 1))
        return np.asarray(grad)

    def values(self, y: Array, a: Array) -> Array:
        """Return the loss of every sample."""
        raise TypeError(explain_error(f"{type(self).__name__} must define values(y, a)."))

    def gradient(self, y: Array, a: Array) -> Array:
        """Return the gradient of the sum of the samples' losses for `a`."""
        raise TypeError(explain_error(f"{type(self).__name__} must define gradient(y, a)."))

    def check_targets(self, y: Any, output_shape: Shape, dtype: Any) -> Array:
        """Return the truth as an array that fits an output of that shape, or explain why not."""
        return targets.numbers(y, output_shape, dtype, self.name)

    def check_predictions(self, a: Array) -> None:
        """Raise if these cannot be predictions that this loss understands."""

    def prepare(self, y_true: Any, y_pred: Any) -> tuple[Array, Array]:
        """Return truth and prediction as floating arrays of matching shapes."""
        a = np.asarray(y_pred)
        if a.dtype.kind != "f":
            a = targets.as_numbers(a, "y_pred").astype(np.float64)
        if a.ndim == 0:
            a = a.reshape(1)
        shape = a.shape[1:]
        y = self.check_targets(y_true, shape, a.dtype)
        if len(y) != len(a):
            raise ValueError(
                explain_error(
                    "y_true and y_pred must have the same number of samples.",
                    f"y_true of shape {np.shape(y_true)}, y_pred of shape {np.shape(y_pred)}",
                    f"loss '{self.name}'",
                )
            )
        self.check_predictions(a)
        return y, a


def mean_over_outputs(values: Array) -> Array:
    """Return one value per sample: the mean over everything but the first axis."""
    if values.ndim == 2 and values.shape[1] == 1:
        return values[:, 0]
    return values if values.ndim == 1 else values.reshape(len(values), -1).mean(axis=1)


def outputs_per_sample(a: Array) -> int:
    """Return how many numbers the prediction has for each sample."""
    return a.size // max(len(a), 1)


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
        return np.sign(a - y) / outputs_per_sample(a)


class Huber(Loss):
    """L = ½e² where |e| ≤ δ, else δ(|e| − ½δ), with e = a − y; so dL/da = e cut to ±δ.

    >>> Huber(delta=1.0)([[0.0], [0.0]], [[0.5], [3.0]])
    1.3125
    """

    name = "huber"

    def __init__(self, delta: float = 1.0) -> None:
        if not delta > 0:
            raise ValueError(explain_error("delta must be above 0.", f"delta={delta!r}"))
        self.delta = float(delta)

    def values(self, y: Array, a: Array) -> Array:
        """Return the mean Huber loss for every sample."""
        size = np.abs(a - y)
        inside = np.minimum(size, self.delta)
        return mean_over_outputs(inside * (size - 0.5 * inside))

    def gradient(self, y: Array, a: Array) -> Array:
        """Return (1/k) e, cut to ±δ."""
        return np.clip(a - y, -self.delta, self.delta) / outputs_per_sample(a)


class CrossEntropy(Loss):
    """What the three cross-entropies share: they can be computed from the logits z.

    With `from_logits=True`, `y_pred` holds z, the numbers before the activation. The
    gradient for z is a − y: the slope of the activation cancels that of the logarithm. A model whose
    last activation is the loss's own is computed this way, too.
    """

    activation: ActivationFunction

    def __init__(self, from_logits: bool = False) -> None:
        self.from_logits = bool(from_logits)

    def values(self, y: Array, a: Array) -> Array:
        """Return the cross-entropy of every sample."""
        return self.values_from_logits(y, a) if self.from_logits else self.values_of(y, a)

    def gradient(self, y: Array, a: Array) -> Array:
        """Return the gradient for the prediction, or for the logits."""
        if self.from_logits:
            return self.gradient_from_logits(y, self.activation.forpass(a))
        return self.gradient_of(y, a)

    def values_of(self, y: Array, a: Array) -> Array:
        """Return the loss of every sample from probabilities."""
        raise TypeError(explain_error(f"{type(self).__name__} must define values_of(y, a)."))

    def gradient_of(self, y: Array, a: Array) -> Array:
        """Return the gradient for probabilities."""
        raise TypeError(explain_error(f"{type(self).__name__} must define gradient_of(y, a)."))

    def values_from_logits(self, y: Array, z: Array) -> Array:
        """Return the loss of every sample from the logits."""
        raise TypeError(
            explain_error(f"{type(self).__name__} must define values_from_logits(y, z).")
        )

    def gradient_from_logits(self, y: Array, a: Array) -> Array:
        """Return the gradient for the logits, where `a` is their activation."""
        return a - y

    def check_predictions(self, a: Array) -> None:
        """Raise unless probabilities lie between 0 and 1."""
        if not self.from_logits and a.size and (a.min() < 0 or a.max() > 1):
            raise ValueError(
                explain_error(
                    "Predictions must be probabilities, from 0 to 1.",
                    f"y_pred from {a.min():g} to {a.max():g}",
                    f"loss '{self.name}'",
                    f"End the model with a {self.activation.name} activation, "
                    "or use from_logits=True.",
                )
            )


class BinaryCrossentropy(CrossEntropy):
    """L = −(y ln a + (1 − y) ln(1 − a)), so dL/da = (a − y) / (a(1 − a)); from z: dL/dz = a − y.

    From the logits, L = max(z, 0) − z·y + ln(1 + e^−|z|), which never overflows.

    >>> BinaryCrossentropy(from_logits=True)([[0.0]], [[10000.0]])
    10000.0
    """

    name = "binary_crossentropy"
    activation = sigmoid

    def values_of(self, y: Array, a: Array) -> Array:
        """Return −(y ln a + (1 − y) ln(1 − a)), the mean over the outputs."""
        wrong, right = _logarithm(1 - a), _logarithm(a)
        return mean_over_outputs(-(y * right + (1 - y) * wrong))

    def gradient_of(self, y: Array, a: Array) -> Array:
        """Return (1/k)(a − y) / (a(1 − a)), as (1 − y)/(1 − a) − y/a, which keeps its digits."""
        slope = (1 - y) / _positive(1 - a) - y / _positive(a)
        return slope / outputs_per_sample(a)

    def values_from_logits(self, y: Array, z: Array) -> Array:
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


class CategoricalCrossentropy(CrossEntropy):
    """L = −Σ y ln a for one-hot y, so dL/da = −y/a; from z through softmax: dL/dz = a − y.

    From the logits, L = ln Σ e^z − Σ y·z.

    >>> CategoricalCrossentropy(from_logits=True)([[1.0, 0.0]], [[0.0, 10000.0]])
    10000.0
    """

    name = "categorical_crossentropy"
    activation = softmax

    def values_of(self, y: Array, a: Array) -> Array:
        """Return −Σ y ln a."""
        return mean_over_outputs(-(y * _logarithm(a)).sum(axis=-1))

    def gradient_of(self, y: Array, a: Array) -> Array:
        """Return −y/a."""
        return -y / _positive(a) / _places(a)

    def values_from_logits(self, y: Array, z: Array) -> Array:
        """Return ln Σ e^z − Σ y·z, with the largest z taken off both."""
        shifted = z - z.max(axis=-1, keepdims=True)
        correct = (shifted * y).sum(axis=-1)
        return mean_over_outputs(_log_sum_exp(shifted) * y.sum(axis=-1) - correct)

    def gradient_from_logits(self, y: Array, a: Array) -> Array:
        """Return a − y."""
        dz = a * y.sum(axis=-1, keepdims=True) - y
        return dz if a.ndim == 2 else dz / _places(a)

    def check_targets(self, y: Any, output_shape: Shape, dtype: Any) -> Array:
        """Return the truth as one-hot rows."""
        return targets.one_hot_rows(y, output_shape, dtype, self.name)


class SparseCategoricalCrossentropy(CrossEntropy):
    """L = −ln a[y] where y is the number of the class; from z through softmax: dL/dz = a − one-hot(y).

    >>> SparseCategoricalCrossentropy(from_logits=True)([0], [[0.0, 10000.0]])
    10000.0
    """

    name = "sparse_categorical_crossentropy"
    activation = softmax

    def values_of(self, y: Array, a: Array) -> Array:
        """Return −ln a[y]."""
        return mean_over_outputs(-_logarithm(_pick(a, y)))

    def gradient_of(self, y: Array, a: Array) -> Array:
        """Return −1/a at the class of each sample, 0 elsewhere."""
        grad = np.zeros_like(a)
        np.put_along_axis(grad, y[..., None], -1 / _positive(_pick(a, y))[..., None], axis=-1)
        return grad / _places(a)

    def values_from_logits(self, y: Array, z: Array) -> Array:
        """Return ln Σ e^z − z[y], with the largest z taken off both."""
        shifted = z - z.max(axis=-1, keepdims=True)
        correct = _pick(shifted, y)
        return mean_over_outputs(_log_sum_exp(shifted) - correct)

    def gradient_from_logits(self, y: Array, a: Array) -> Array:
        """Return a − 1 at the class of each sample, a elsewhere."""
        dz = a.copy()
        if a.ndim == 2:
            dz[np.arange(len(y)), y] -= 1
            return dz
        np.put_along_axis(dz, y[..., None], _pick(a, y)[..., None] - 1, axis=-1)
        return dz / _places(a)

    def check_targets(self, y: Any, output_shape: Shape, dtype: Any) -> Array:
        """Return the truth as class numbers."""
        return targets.class_numbers(y, output_shape, self.name)


def _places(a: Array) -> int:
    """Return how many predictions of classes each sample holds: 1, or more for (m, places, k)."""
    return outputs_per_sample(a) // a.shape[-1]


def _pick(a: Array, y: Array) -> Array:
    """Return a[y] along the last axis, for every sample."""
    if a.ndim == 2:
        return np.asarray(a[np.arange(len(y)), y])
    return np.take_along_axis(a, y[..., None], axis=-1)[..., 0]


def _log_sum_exp(shifted: Array) -> Array:
    """Return ln Σ e^z along the last axis, for rows whose largest z is 0."""
    return np.log(np.exp(shifted).sum(axis=-1))


def _positive(p: Array) -> Array:
    """Return p, where a probability of 0 stands for the smallest one its dtype can hold."""
    return np.maximum(p, np.finfo(p.dtype).tiny)


def _logarithm(p: Array) -> Array:
    return np.log(_positive(p))


def _per_sample(loss_class: type[Loss], y_true: Any, y_pred: Any, **options: Any) -> Array:
    loss = loss_class(**options)
    y, a = loss.prepare(y_true, y_pred)
    with np.errstate(under="ignore"):
        return loss.values(y, a)


def mean_squared_error(y_true: Any, y_pred: Any) -> Array:
    """Return the mean of (ŷ − y)² for every sample.

    >>> mean_squared_error([[1.0], [2.0]], [[1.0], [4.0]])
    array([0., 4.])
    """
    return _per_sample(MeanSquaredError, y_true, y_pred)


def half_squared_error(y_true: Any, y_pred: Any) -> Array:
    """Return the mean of ½(ŷ − y)² for every sample.

    >>> half_squared_error([[1.0], [2.0]], [[1.0], [4.0]])
    array([0., 2.])
    """
    return _per_sample(HalfSquaredError, y_true, y_pred)


def mean_absolute_error(y_true: Any, y_pred: Any) -> Array:
    """Return the mean of |ŷ − y| for every sample.

    >>> mean_absolute_error([[1.0], [2.0]], [[1.0], [4.0]])
    array([0., 2.])
    """
    return _per_sample(MeanAbsoluteError, y_true, y_pred)


def huber(y_true: Any, y_pred: Any, delta: float = 1.0) -> Array:
    """Return the Huber loss of every sample.

    >>> huber([[0.0], [0.0]], [[0.5], [3.0]])
    array([0.125, 2.5  ])
    """
    return _per_sample(Huber, y_true, y_pred, delta=delta)


def binary_crossentropy(y_true: Any, y_pred: Any, from_logits: bool = False) -> Array:
    """Return the binary cross-entropy of every sample.

    >>> binary_crossentropy([[1.0], [0.0]], [[0.5], [0.5]]).round(4)
    array([0.6931, 0.6931])
    """
    return _per_sample(BinaryCrossentropy, y_true, y_pred, from_logits=from_logits)


def categorical_crossentropy(y_true: Any, y_pred: Any, from_logits: bool = False) -> Array:
    """Return the cross-entropy of every sample, for one-hot truth.

    >>> categorical_crossentropy([[0.0, 1.0]], [[0.75, 0.25]]).round(4)
    array([1.3863])
    """
    return _per_sample(CategoricalCrossentropy, y_true, y_pred, from_logits=from_logits)


def sparse_categorical_crossentropy(y_true: Any, y_pred: Any, from_logits: bool = False) -> Array:
    """Return the cross-entropy of every sample, for class numbers.

    >>> sparse_categorical_crossentropy([1], [[0.75, 0.25]]).round(4)
    array([1.3863])
    """
    return _per_sample(SparseCategoricalCrossentropy, y_true, y_pred, from_logits=from_logits)


mse = MSE = mean_squared_error
mae = MAE = mean_absolute_error

_FUNCTIONS: dict[Callable[..., Array], type[Loss]] = {
    mean_squared_error: MeanSquaredError,
    half_squared_error: HalfSquaredError,
    mean_absolute_error: MeanAbsoluteError,
    huber: Huber,
    binary_crossentropy: BinaryCrossentropy,
    categorical_crossentropy: CategoricalCrossentropy,
    sparse_categorical_crossentropy: SparseCategoricalCrossentropy,
}
_NAMED: dict[str, type[Loss]] = {
    "mse": MeanSquaredError,
    "mae": MeanAbsoluteError,
    **{loss.name: loss for loss in _FUNCTIONS.values()},
    **{loss.__name__: loss for loss in _FUNCTIONS.values()},
}


def get(identifier: Any) -> Loss:
    """Return the loss that a name, a function, a class or an object means.

    >>> get("mse")
    MeanSquaredError()
    """
    if identifier in _FUNCTIONS if callable(identifier) else False:
        return _FUNCTIONS[identifier]()
    if callable(identifier) and not isinstance(identifier, Loss | type):
        raise TypeError(
            explain_error(
                "A loss of your own needs its gradient beside its value.",
                f"{identifier!r}",
                remedy="Write a class that extends nnlite.losses.Loss, with values(y, a) "
                "and gradient(y, a).",
            )
        )
    return resolve("loss", identifier, Loss, _NAMED)
