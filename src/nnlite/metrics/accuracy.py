"""Accuracies: the share of right answers, for yes or no, one-hot rows, and class numbers."""

from __future__ import annotations

from typing import Any

import numpy as np

from nnlite.foundation.checks import DType, Name, Number
from nnlite.foundation.errors import must_define, value_error
from nnlite.foundation.types import Array, Shape
from nnlite.losses.base import mean_over_outputs
from nnlite.metrics.base import Metric, as_arrays, check_equal_shapes


class _HitRate(Metric):
    """The share of right answers."""

    def hits(self, y: Array, a: Array) -> Array:
        """Return for every answer whether it is right."""
        raise must_define(self, "hits(y, a)")

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Count the right answers of this batch."""
        self.add(self.hits(*as_arrays(y_true, y_pred)), sample_weight)

    def for_each(self, y_true: Any, y_pred: Any) -> Array:
        """Return for every sample the share of its answers that are right."""
        hits = np.atleast_1d(self.hits(*as_arrays(y_true, y_pred)))
        return mean_over_outputs(hits.astype(np.float64))


class BinaryAccuracy(_HitRate):
    """The share of outputs on the right side of the threshold.

    >>> BinaryAccuracy()([[1], [0]], [[0.9], [0.8]])
    0.5
    """

    default_name = "binary_accuracy"

    def __init__(self, name: Name = None, threshold: Number = 0.5, dtype: DType = None) -> None:
        super().__init__(name, dtype)
        self.threshold = threshold

    def hits(self, y: Array, a: Array) -> Array:
        """Return for every output whether it is on the right side."""
        check_equal_shapes(y, a)
        return np.equal(y, np.greater(a, self.threshold))


class CategoricalAccuracy(_HitRate):
    """The share of samples whose largest output is that of the one-hot truth.

    >>> CategoricalAccuracy()([[0, 1], [1, 0]], [[0.2, 0.8], [0.3, 0.7]])
    0.5
    """

    default_name = "categorical_accuracy"

    def hits(self, y: Array, a: Array) -> Array:
        """Return for every sample whether its class is found."""
        check_equal_shapes(y, a)
        return np.asarray(y.argmax(-1) == a.argmax(-1))


class SparseCategoricalAccuracy(_HitRate):
    """The share of samples whose largest output is that of their class number.

    >>> SparseCategoricalAccuracy()([1, 0], [[0.2, 0.8], [0.3, 0.7]])
    0.5
    """

    default_name = "sparse_categorical_accuracy"

    def hits(self, y: Array, a: Array) -> Array:
        """Return for every sample whether its class is found."""
        self.check_rows(y, a)
        guess = a.argmax(-1)
        hits: Array = np.equal(y.reshape(guess.shape), guess)
        return hits

    def check_rows(self, y: Array, a: Array) -> None:
        """Raise unless there is a class number for each row of outputs."""
        if a.ndim < 2 or y.size * a.shape[-1] != a.size:
            rule = "sparse_categorical_accuracy takes one class number for each row of outputs."
            received = f"y_true of shape {y.shape}, y_pred of shape {a.shape}"
            remedy = "For one-hot rows use categorical_accuracy; for one output, binary_accuracy."
            raise value_error(rule, received, None, remedy)


class Accuracy(_HitRate):
    """The share of predicted labels that are the true ones.

    Probabilities are no labels: "accuracy", as a name, finds the labels first.

    >>> Accuracy()([2, 0, 1], [2, 1, 1]).__round__(4)
    0.6667
    """

    default_name = "accuracy"

    def hits(self, y: Array, a: Array) -> Array:
        """Return for every label whether it is the true one."""
        whole = np.equal(y, np.floor(y)).all() and not np.equal(a, np.floor(a)).all()
        if whole or y.shape != a.shape:
            rule = "Accuracy compares labels: it counts where y_pred is the same as y_true."
            wrong = f"y_pred from {a.min():g} to {a.max():g}, of shape {a.shape}"
            remedy = 'For the outputs of a network, use metrics=["accuracy"], by its name.'
            raise value_error(rule, f"y_true of shape {y.shape}, {wrong}", None, remedy)
        return np.equal(y, a)


class FittingAccuracy(_HitRate):
    """The share of right answers, of the kind that fits: what "accuracy" means.

    >>> FittingAccuracy()([[1], [0]], [[0.9], [0.8]])
    0.5
    """

    default_name = "accuracy"

    def hits(self, y: Array, a: Array) -> Array:
        """Return for every answer whether it is right, by the kind that fits."""
        return fitting_accuracy(y.shape[1:], a.shape[1:])().hits(y, a)


def fitting_accuracy(truth: Shape, prediction: Shape) -> type[_HitRate]:
    """Return the accuracy for truth and predictions of these shapes, as Keras chooses it.

    >>> fitting_accuracy((1,), (1,)).__name__, fitting_accuracy((), (10,)).__name__
    ('BinaryAccuracy', 'SparseCategoricalAccuracy')
    """
    if not prediction or prediction[-1] == 1:
        return BinaryAccuracy
    return CategoricalAccuracy if truth == prediction else SparseCategoricalAccuracy


def binary_accuracy(y_true: Any, y_pred: Any, threshold: float = 0.5) -> Array:
    """Return for every sample the share of its outputs on the right side of the threshold.

    >>> binary_accuracy([[1], [0]], [[0.9], [0.8]])
    array([1., 0.])
    """
    return BinaryAccuracy(threshold=threshold).for_each(y_true, y_pred)


def categorical_accuracy(y_true: Any, y_pred: Any) -> Array:
    """Return for every sample whether the largest output is that of the one-hot truth.

    >>> categorical_accuracy([[0, 1], [1, 0]], [[0.2, 0.8], [0.3, 0.7]])
    array([1., 0.])
    """
    return CategoricalAccuracy().for_each(y_true, y_pred)


def sparse_categorical_accuracy(y_true: Any, y_pred: Any) -> Array:
    """Return for every sample whether the largest output is that of its class number.

    >>> sparse_categorical_accuracy([1, 0], [[0.2, 0.8], [0.3, 0.7]])
    array([1., 0.])
    """
    return SparseCategoricalAccuracy().for_each(y_true, y_pred)


def accuracy(y_true: Any, y_pred: Any) -> Array:
    """Return for every sample whether the prediction is right, by the kind of accuracy that fits.

    One output: binary; one-hot truth: categorical; class numbers: sparse categorical.

    >>> accuracy([[1], [0]], [[0.9], [0.8]])
    array([1., 0.])
    >>> accuracy([1, 0], [[0.2, 0.8], [0.3, 0.7]])
    array([1., 0.])
    """
    return FittingAccuracy().for_each(y_true, y_pred)
