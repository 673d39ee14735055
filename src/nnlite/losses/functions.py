"""The losses as functions: one value per sample."""

from __future__ import annotations

from typing import Any

import numpy as np

from nnlite.foundation.types import Array
from nnlite.losses.base import Loss
from nnlite.losses.crossentropy import (
    BinaryCrossentropy,
    CategoricalCrossentropy,
    SparseCategoricalCrossentropy,
)
from nnlite.losses.divergence import Hinge, KLDivergence
from nnlite.losses.regression import HalfSquaredError, Huber, MeanAbsoluteError, MeanSquaredError


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


def kl_divergence(y_true: Any, y_pred: Any) -> Array:
    """Return how far the prediction is from the truth, both distributions, for every sample.

    >>> kl_divergence([[0.5, 0.5]], [[0.25, 0.75]]).round(4)
    array([0.1438])
    """
    return _per_sample(KLDivergence, y_true, y_pred)


def hinge(y_true: Any, y_pred: Any) -> Array:
    """Return the hinge loss of every sample.

    >>> hinge([[1.0], [-1.0]], [[0.25], [-3.0]])
    array([0.75, 0.  ])
    """
    return _per_sample(Hinge, y_true, y_pred)


def binary_crossentropy(
    y_true: Any, y_pred: Any, from_logits: bool = False, label_smoothing: float = 0.0
) -> Array:
    """Return the binary cross-entropy of every sample.

    >>> binary_crossentropy([[1.0], [0.0]], [[0.5], [0.5]]).round(4)
    array([0.6931, 0.6931])
    """
    options = {"from_logits": from_logits, "label_smoothing": label_smoothing}
    return _per_sample(BinaryCrossentropy, y_true, y_pred, **options)


def categorical_crossentropy(
    y_true: Any, y_pred: Any, from_logits: bool = False, label_smoothing: float = 0.0
) -> Array:
    """Return the cross-entropy of every sample, for one-hot truth.

    >>> categorical_crossentropy([[0.0, 1.0]], [[0.75, 0.25]]).round(4)
    array([1.3863])
    """
    options = {"from_logits": from_logits, "label_smoothing": label_smoothing}
    return _per_sample(CategoricalCrossentropy, y_true, y_pred, **options)


def sparse_categorical_crossentropy(y_true: Any, y_pred: Any, from_logits: bool = False) -> Array:
    """Return the cross-entropy of every sample, for class numbers.

    >>> sparse_categorical_crossentropy([1], [[0.75, 0.25]]).round(4)
    array([1.3863])
    """
    return _per_sample(SparseCategoricalCrossentropy, y_true, y_pred, from_logits=from_logits)
