"""Accuracies that give a network k guesses."""

from __future__ import annotations

from typing import Any

import numpy as np

from nnlite.foundation.checks import DType, Flag, Name, PositiveInteger
from nnlite.foundation.errors import value_error
from nnlite.foundation.types import Array
from nnlite.metrics.accuracy import CategoricalAccuracy, SparseCategoricalAccuracy
from nnlite.metrics.base import check_equal_shapes


def among_the_largest(a: Array, right: Array, k: int) -> Array:
    """Return for each row whether fewer than k outputs are larger than that of its class."""
    own = np.take_along_axis(a, right[..., None], axis=-1)
    return np.asarray(np.greater(a, own).sum(axis=-1) < k)


class TopKCategoricalAccuracy(CategoricalAccuracy):
    """The share of samples whose class, of the one-hot truth, is among the k largest outputs.

    >>> TopKCategoricalAccuracy(k=2)([[0, 0, 1], [1, 0, 0]], [[0.5, 0.3, 0.2], [0.3, 0.5, 0.2]])
    0.5
    """

    default_name = "top_k_categorical_accuracy"

    def __init__(self, k: PositiveInteger = 5, name: Name = None, dtype: DType = None) -> None:
        super().__init__(name, dtype)
        self.k = k

    def hits(self, y: Array, a: Array) -> Array:
        """Return for every sample whether its class is among the k largest."""
        check_equal_shapes(y, a)
        return among_the_largest(a, y.argmax(-1), self.k)


class SparseTopKCategoricalAccuracy(SparseCategoricalAccuracy):
    """The share of samples whose class number is that of one of the k largest outputs.

    With `from_sorted_ids=True`, a row of predictions holds class numbers, the best guess first.

    >>> SparseTopKCategoricalAccuracy(k=2)([2, 0], [[0.5, 0.3, 0.2], [0.3, 0.5, 0.2]])
    0.5
    """

    default_name = "sparse_top_k_categorical_accuracy"

    def __init__(
        self,
        k: PositiveInteger = 5,
        name: Name = None,
        dtype: DType = None,
        from_sorted_ids: Flag = False,
    ) -> None:
        super().__init__(name, dtype)
        self.k, self.from_sorted_ids = k, from_sorted_ids

    def hits(self, y: Array, a: Array) -> Array:
        """Return for every sample whether its class is among the k best guesses."""
        self.check_rows(y, a)
        right = y.reshape(a.shape[:-1])
        if self.from_sorted_ids:
            return np.asarray(np.equal(right[..., None], a[..., : self.k]).any(axis=-1))
        if right.size and not 0 <= right.min() <= right.max() < a.shape[-1]:
            rule = f"Class numbers must be 0 to {a.shape[-1] - 1} for {a.shape[-1]} outputs."
            raise value_error(rule, f"y_true from {right.min():g} to {right.max():g}")
        return among_the_largest(a, right.astype(np.int64), self.k)


def top_k_categorical_accuracy(y_true: Any, y_pred: Any, k: int = 5) -> Array:
    """Return for every sample whether its class is among the k largest outputs.

    >>> top_k_categorical_accuracy([[0, 0, 1]], [[0.5, 0.3, 0.2]], k=2)
    array([0.])
    """
    return TopKCategoricalAccuracy(k).for_each(y_true, y_pred)


def sparse_top_k_categorical_accuracy(
    y_true: Any, y_pred: Any, k: int = 5, from_sorted_ids: bool = False
) -> Array:
    """Return for every sample whether its class number is among the k best guesses.

    >>> sparse_top_k_categorical_accuracy([1], [[0.5, 0.3, 0.2]], k=2)
    array([1.])
    """
    metric = SparseTopKCategoricalAccuracy(k, from_sorted_ids=from_sorted_ids)
    return metric.for_each(y_true, y_pred)
