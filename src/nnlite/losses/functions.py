"""The losses as functions: one value per sample."""

from __future__ import annotations

from typing import Any

import numpy as np

from nnlite.foundation.types import Array
from nnlite.losses import crossentropy, divergence, regression
from nnlite.losses.base import Loss


def _per_sample(loss: Loss, y_true: Any, y_pred: Any) -> Array:
    y, a = loss.prepare(y_true, y_pred)
    with np.errstate(under="ignore"):
        return loss.values(y, a)


def mean_squared_error(y_true: Any, y_pred: Any) -> Array:
    """Return the mean of (ŷ − y)² for every sample.

    >>> mean_squared_error([[1.0], [2.0]], [[1.0], [4.0]])
    array([0., 4.])
    """
    return _per_sample(regression.MeanSquaredError(), y_true, y_pred)


def half_squared_error(y_true: Any, y_pred: Any) -> Array:
    """Return the mean of ½(ŷ − y)² for every sample.

    >>> half_squared_error([[1.0], [2.0]], [[1.0], [4.0]])
    array([0., 2.])
    """
    return _per_sample(regression.HalfSquaredError(), y_true, y_pred)


def mean_absolute_error(y_true: Any, y_pred: Any) -> Array:
    """Return the mean of |ŷ − y| for every sample.

    >>> mean_absolute_error([[1.0], [2.0]], [[1.0], [4.0]])
    array([0., 2.])
    """
    return _per_sample(regression.MeanAbsoluteError(), y_true, y_pred)


def huber(y_true: Any, y_pred: Any, delta: float = 1.0) -> Array:
    """Return the Huber loss of every sample.

    >>> huber([[0.0], [0.0]], [[0.5], [3.0]])
    array([0.125, 2.5  ])
    """
    return _per_sample(regression.Huber(delta), y_true, y_pred)


def kl_divergence(y_true: Any, y_pred: Any) -> Array:
    """Return how far the prediction is from the truth, both distributions, for every sample.

    >>> kl_divergence([[0.5, 0.5]], [[0.25, 0.75]]).round(4)
    array([0.1438])
    """
    return _per_sample(divergence.KLDivergence(), y_true, y_pred)


def hinge(y_true: Any, y_pred: Any) -> Array:
    """Return the hinge loss of every sample.

    >>> hinge([[1.0], [-1.0]], [[0.25], [-3.0]])
    array([0.75, 0.  ])
    """
    return _per_sample(divergence.Hinge(), y_true, y_pred)


def binary_crossentropy(
    y_true: Any, y_pred: Any, from_logits: bool = False, label_smoothing: float = 0.0
) -> Array:
    """Return the binary cross-entropy of every sample.

    >>> binary_crossentropy([[1.0], [0.0]], [[0.5], [0.5]]).round(4)
    array([0.6931, 0.6931])
    """
    loss = crossentropy.BinaryCrossentropy(from_logits, label_smoothing)
    return _per_sample(loss, y_true, y_pred)


def categorical_crossentropy(
    y_true: Any, y_pred: Any, from_logits: bool = False, label_smoothing: float = 0.0
) -> Array:
    """Return the cross-entropy of every sample, for one-hot truth.

    >>> categorical_crossentropy([[0.0, 1.0]], [[0.75, 0.25]]).round(4)
    array([1.3863])
    """
    loss = crossentropy.CategoricalCrossentropy(from_logits, label_smoothing)
    return _per_sample(loss, y_true, y_pred)


def sparse_categorical_crossentropy(y_true: Any, y_pred: Any, from_logits: bool = False) -> Array:
    """Return the cross-entropy of every sample, for class numbers.

    >>> sparse_categorical_crossentropy([1], [[0.75, 0.25]]).round(4)
    array([1.3863])
    """
    return _per_sample(crossentropy.SparseCategoricalCrossentropy(from_logits), y_true, y_pred)
