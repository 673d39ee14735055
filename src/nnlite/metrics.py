"""A metric is a number for people: how good the network is, in units they understand.

Functions compare a batch; classes add up over batches, so that a smaller last batch counts by its size.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from . import losses, targets
from .configuration import Configurable, resolve
from .errors import explain_error
from .types import Array, Shape


class Metric(Configurable):
    """A running figure: `update_state(y_true, y_pred)` for each batch, then `result()`."""

    def __init__(self, name: str | None = None) -> None:
        self.name = name or self.default_name
        self.reset_state()

    default_name = "metric"

    def reset_state(self) -> None:
        """Forget all batches."""
        self.total = 0.0
        self.count = 0

    def update_state(self, y_true: Any, y_pred: Any) -> None:
        """Take a batch into account."""
        raise TypeError(
            explain_error(f"{type(self).__name__} must define update_state(y_true, y_pred).")
        )

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
        self.function = function
        super().__init__(name or getattr(function, "__name__", type(function).__name__))

    def update_state(self, y_true: Any, y_pred: Any) -> None:
        """Add the function's values for this batch."""
        values = np.asarray(self.function(y_true, y_pred))
        self.total += float(values.mean()) * len(y_pred)
        self.count += len(y_pred)


def as_arrays(y_true: Any, y_pred: Any) -> tuple[Array, Array]:
    """Return truth and prediction as arrays with as many samples; (n,) is reshaped to fit (n, 1)."""
    y = np.atleast_1d(targets.as_numbers(y_true, "y_true"))
    a = np.atleast_1d(targets.as_numbers(y_pred, "y_pred"))
    if len(y) != len(a):
        raise ValueError(
            explain_error(
                "y_true and y_pred must have the same number of samples.",
                f"y_true of shape {y.shape}, y_pred of shape {a.shape}",
            )
        )
    if y.shape != a.shape and y.size == a.size:
        y = y.reshape(a.shape)
    return y, a


def _as_equal_shapes(y_true: Any, y_pred: Any) -> tuple[Array, Array]:
    y, a = as_arrays(y_true, y_pred)
    if y.shape != a.shape:
        raise ValueError(
            explain_error(
                "y_true and y_pred must have the same shape.",
                f"y_true of shape {y.shape}, y_pred of shape {a.shape}",
            )
        )
    return y, a


def _hits_binary(y: Array, a: Array, threshold: float = 0.5) -> Array:
    return np.equal(y, np.greater(a, threshold))


def _hits_categorical(y: Array, a: Array) -> Array:
    return np.equal(y.argmax(-1), a.argmax(-1))


def _hits_sparse(y: Array, a: Array) -> Array:
    guess = a.argmax(-1)
    return np.equal(y.reshape(guess.shape), guess)


def binary_accuracy(y_true: Any, y_pred: Any, threshold: float = 0.5) -> Array:
    """Return for every sample the share of its outputs on the right side of the threshold.

    >>> binary_accuracy([[1], [0]], [[0.9], [0.8]])
    array([1., 0.])
    """
    y, a = _as_equal_shapes(y_true, y_pred)
    return losses.mean_over_outputs(_hits_binary(y, a, threshold).astype(np.float64))


def categorical_accuracy(y_true: Any, y_pred: Any) -> Array:
    """Return for every sample whether the largest output is that of the one-hot truth.

    >>> categorical_accuracy([[0, 1], [1, 0]], [[0.2, 0.8], [0.3, 0.7]])
    array([1., 0.])
    """
    y, a = _as_equal_shapes(y_true, y_pred)
    return losses.mean_over_outputs(np.atleast_1d(_hits_categorical(y, a)).astype(np.float64))


def sparse_categorical_accuracy(y_true: Any, y_pred: Any) -> Array:
    """Return for every sample whether the largest output is that of its class number.

    >>> sparse_categorical_accuracy([1, 0], [[0.2, 0.8], [0.3, 0.7]])
    array([1., 0.])
    """
    y, a = as_arrays(y_true, y_pred)
    if a.ndim < 2 or y.size * a.shape[-1] != a.size:
        raise ValueError(
            explain_error(
                "sparse_categorical_accuracy takes one class number for each row of outputs.",
                f"y_true of shape {y.shape}, y_pred of shape {a.shape}",
                remedy="For one-hot rows use categorical_accuracy; for one output, "
                "binary_accuracy.",
            )
        )
    return losses.mean_over_outputs(_hits_sparse(y, a).astype(np.float64))


def accuracy(y_true: Any, y_pred: Any) -> Array:
    """Return for every sample whether the prediction is right, by the kind of accuracy that fits.

    One output: binary; one-hot truth: categorical; class numbers: sparse categorical.

    >>> accuracy([[1], [0]], [[0.9], [0.8]])
    array([1., 0.])
    >>> accuracy([1, 0], [[0.2, 0.8], [0.3, 0.7]])
    array([1., 0.])
    """
    y, a = as_arrays(y_true, y_pred)
    return fitting_accuracy(y.shape[1:], a.shape[1:]).function(y, a)


def mean_squared_error(y_true: Any, y_pred: Any) -> Array:
    """Return the mean of (ŷ − y)² for every sample.

    >>> mean_squared_error([[1.0], [2.0]], [[1.0], [4.0]])
    array([0., 4.])
    """
    return losses.mean_squared_error(y_true, y_pred)


def mean_absolute_error(y_true: Any, y_pred: Any) -> Array:
    """Return the mean of |ŷ − y| for every sample.

    >>> mean_absolute_error([[1.0], [2.0]], [[1.0], [4.0]])
    array([0., 2.])
    """
    return losses.mean_absolute_error(y_true, y_pred)


def root_mean_squared_error(y_true: Any, y_pred: Any) -> float:
    """Return √ of the mean of (ŷ − y)² over everything: an error in the units of y.

    >>> root_mean_squared_error([[0.0], [0.0]], [[3.0], [3.0]])
    3.0
    """
    return RootMeanSquaredError()(y_true, y_pred)


def r2_score(y_true: Any, y_pred: Any) -> float:
    """Return the share of the variance of y that is explained: 1 is perfect, 0 is its mean.

    >>> r2_score([[1.0], [2.0], [3.0]], [[1.0], [2.0], [3.0]])
    1.0
    """
    return R2Score()(y_true, y_pred)


class _HitRate(Metric):
    """The share of right answers."""

    function: Callable[..., Array]

    def hits(self, y: Array, a: Array) -> Array:
        """Return for every answer whether it is right."""
        raise TypeError(explain_error(f"{type(self).__name__} must define hits(y, a)."))

    def update_state(self, y_true: Any, y_pred: Any) -> None:
        """Count the right answers of this batch."""
        hits = self.hits(y_true, y_pred)
        self.total += np.count_nonzero(hits)
        self.count += hits.size

    def __call__(self, y_true: Any, y_pred: Any) -> float:
        """Take a batch into account and return the share so far."""
        type(self).function(y_true, y_pred)
        return super().__call__(y_true, y_pred)


class BinaryAccuracy(_HitRate):
    """The share of outputs on the right side of the threshold.

    >>> BinaryAccuracy()([[1], [0]], [[0.9], [0.8]])
    0.5
    """

    default_name = "binary_accuracy"
    function = staticmethod(binary_accuracy)

    def __init__(self, name: str | None = None, threshold: float = 0.5) -> None:
        self.threshold = threshold
        super().__init__(name)

    def hits(self, y: Array, a: Array) -> Array:
        """Return for every output whether it is on the right side."""
        return _hits_binary(y, a, self.threshold)


class CategoricalAccuracy(_HitRate):
    """The share of samples whose largest output is that of the one-hot truth.

    >>> CategoricalAccuracy()([[0, 1], [1, 0]], [[0.2, 0.8], [0.3, 0.7]])
    0.5
    """

    default_name = "categorical_accuracy"
    function = staticmethod(categorical_accuracy)

    def hits(self, y: Array, a: Array) -> Array:
        """Return for every sample whether its class is found."""
        return _hits_categorical(y, a)


class SparseCategoricalAccuracy(_HitRate):
    """The share of samples whose largest output is that of their class number.

    >>> SparseCategoricalAccuracy()([1, 0], [[0.2, 0.8], [0.3, 0.7]])
    0.5
    """

    default_name = "sparse_categorical_accuracy"
    function = staticmethod(sparse_categorical_accuracy)

    def hits(self, y: Array, a: Array) -> Array:
        """Return for every sample whether its class is found."""
        return _hits_sparse(y, a)


class Accuracy(Metric):
    """The share of right answers, of the kind that fits: see `fitting_accuracy`.

    >>> Accuracy()([[1], [0]], [[0.9], [0.8]])
    0.5
    """

    default_name = "accuracy"

    def update_state(self, y_true: Any, y_pred: Any) -> None:
        """Count the right answers of this batch."""
        hits = fitting_accuracy(y_true.shape[1:], y_pred.shape[1:])().hits(y_true, y_pred)
        self.total += np.count_nonzero(hits)
        self.count += hits.size


def fitting_accuracy(truth: Shape, prediction: Shape) -> type[_HitRate]:
    """Return the accuracy for truth and predictions of these shapes, as Keras chooses it.

    >>> fitting_accuracy((1,), (1,)).__name__, fitting_accuracy((), (10,)).__name__
    ('BinaryAccuracy', 'SparseCategoricalAccuracy')
    """
    if not prediction or prediction[-1] == 1:
        return BinaryAccuracy
    return CategoricalAccuracy if truth == prediction else SparseCategoricalAccuracy


class MeanSquaredError(Metric):
    """The mean of (ŷ − y)².

    >>> MeanSquaredError()([[1.0], [2.0]], [[1.0], [4.0]])
    2.0
    """

    default_name = "mean_squared_error"

    def update_state(self, y_true: Any, y_pred: Any) -> None:
        """Add the squared errors of this batch."""
        error = (y_pred - y_true).ravel()
        self.total += float(np.dot(error, error))
        self.count += error.size


class RootMeanSquaredError(MeanSquaredError):
    """√ of the mean of (ŷ − y)²: an error in the units of y.

    >>> RootMeanSquaredError()([[0.0], [0.0]], [[3.0], [3.0]])
    3.0
    """

    default_name = "root_mean_squared_error"

    def result(self) -> float:
        """Return the root of the mean over all batches."""
        return float(super().result() ** 0.5)


class MeanAbsoluteError(Metric):
    """The mean of |ŷ − y|.

    >>> MeanAbsoluteError()([[1.0], [2.0]], [[1.0], [4.0]])
    1.0
    """

    default_name = "mean_absolute_error"

    def update_state(self, y_true: Any, y_pred: Any) -> None:
        """Add the errors of this batch."""
        error = np.abs(y_pred - y_true)
        self.total += float(error.sum())
        self.count += error.size


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
        self.mean: Array | float = 0.0
        self.spread: Array | float = 0.0
        self.error: Array | float = 0.0

    def update_state(self, y_true: Any, y_pred: Any) -> None:
        """Merge this batch into mean, spread and error (Chan's formula, which keeps its digits)."""
        y = np.asarray(y_true, dtype=np.float64).reshape(len(y_true), -1)
        a = np.asarray(y_pred, dtype=np.float64).reshape(len(y_pred), -1)
        if not len(y):
            return
        mean = y.mean(axis=0)
        step = mean - self.mean
        total = self.count + len(y)
        self.spread = (
            self.spread + np.square(y - mean).sum(axis=0) + step**2 * (self.count * len(y) / total)
        )
        self.mean = self.mean + step * (len(y) / total)
        self.error = self.error + np.square(a - y).sum(axis=0)
        self.count = total

    def result(self) -> float:
        """Return R² over all batches, the mean over the outputs."""
        if not self.count:
            return 0.0
        error, spread = np.asarray(self.error), np.asarray(self.spread)
        varies = spread > 0
        score = np.where(error == 0, 1.0, 0.0)
        score[varies] = 1 - error[varies] / spread[varies]
        return float(score.mean())


mse = MSE = mean_squared_error
mae = MAE = mean_absolute_error

_FUNCTIONS: dict[Callable[..., Any], type[Metric]] = {
    accuracy: Accuracy,
    binary_accuracy: BinaryAccuracy,
    categorical_accuracy: CategoricalAccuracy,
    sparse_categorical_accuracy: SparseCategoricalAccuracy,
    mean_squared_error: MeanSquaredError,
    root_mean_squared_error: RootMeanSquaredError,
    mean_absolute_error: MeanAbsoluteError,
    r2_score: R2Score,
}
_NAMED: dict[str, type[Metric]] = {
    "acc": Accuracy,
    "mse": MeanSquaredError,
    "mae": MeanAbsoluteError,
    "rmse": RootMeanSquaredError,
    "r2": R2Score,
    **{metric.default_name: metric for metric in _FUNCTIONS.values()},
    **{metric.__name__: metric for metric in _FUNCTIONS.values()},
}


def get(identifier: Any, truth: Shape = (), prediction: Shape = ()) -> Metric:
    """Return the metric that a name, a function, a class or an object means.

    "accuracy" becomes the kind that fits truth and predictions of these shapes. The name under which
    it appears in the history is the one it was asked for by.

    >>> get("mse").name
    'mse'
    """
    if isinstance(identifier, Metric):
        return identifier
    if isinstance(identifier, str):
        found: Any = resolve_name(identifier)
        name = identifier if identifier != found.__name__ else found.default_name
    elif isinstance(identifier, type) or identifier in _FUNCTIONS:
        found = _FUNCTIONS.get(identifier, identifier)
        name = getattr(found, "default_name", "")
    elif isinstance(identifier, losses.Loss):
        return FunctionMetric(identifier, identifier.name)
    elif callable(identifier):
        return FunctionMetric(identifier)
    else:
        return resolve("metric", identifier, Metric, _NAMED)
    if found is Accuracy and prediction:
        found = fitting_accuracy(truth, prediction)
    metric: Metric = resolve("metric", found, Metric, _NAMED)
    metric.name = name
    return metric


def resolve_name(name: str) -> type[Metric]:
    """Return the class a metric's name means; losses may be watched as metrics, too."""
    if name not in _NAMED and name.lower() not in _NAMED and name in losses._NAMED:
        loss = losses.get(name)
        return type(name, (_LossMetric,), {"loss": loss, "default_name": loss.name})
    from .errors import look_up

    return look_up("metric", name, _NAMED)


class _LossMetric(Metric):
    """A loss that is only watched."""

    loss: losses.Loss

    def update_state(self, y_true: Any, y_pred: Any) -> None:
        """Add the losses of this batch."""
        self.total += self.loss(y_true, y_pred) * len(y_pred)
        self.count += len(y_pred)
