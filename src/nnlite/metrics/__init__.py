"""Metrics: figures for people, as functions (per sample) and as classes (over batches)."""

from __future__ import annotations

from typing import Any

import numpy as np

from nnlite import losses
from nnlite.foundation.errors import told, type_error
from nnlite.foundation.registry import Registry
from nnlite.foundation.types import Shape
from nnlite.losses import mean_absolute_error, mean_squared_error
from nnlite.metrics.accuracy import (
    Accuracy,
    BinaryAccuracy,
    CategoricalAccuracy,
    SparseCategoricalAccuracy,
    accuracy,
    binary_accuracy,
    categorical_accuracy,
    fitting_accuracy,
    sparse_categorical_accuracy,
)
from nnlite.metrics.base import FunctionMetric, Metric
from nnlite.metrics.errors import (
    MeanAbsoluteError,
    MeanSquaredError,
    R2Score,
    RootMeanSquaredError,
    r2_score,
    root_mean_squared_error,
)

__all__ = [
    "MAE",
    "MSE",
    "Accuracy",
    "BinaryAccuracy",
    "CategoricalAccuracy",
    "MeanAbsoluteError",
    "MeanSquaredError",
    "Metric",
    "R2Score",
    "RootMeanSquaredError",
    "SparseCategoricalAccuracy",
    "accuracy",
    "binary_accuracy",
    "categorical_accuracy",
    "get",
    "mae",
    "mean_absolute_error",
    "mean_squared_error",
    "mse",
    "r2_score",
    "root_mean_squared_error",
    "sparse_categorical_accuracy",
]

mse = MSE = mean_squared_error
mae = MAE = mean_absolute_error

KNOWN = Registry(
    "metric",
    Metric,
    {
        "acc": Accuracy,
        "mse": MeanSquaredError,
        "mae": MeanAbsoluteError,
        "rmse": RootMeanSquaredError,
        "r2": R2Score,
    },
    {
        accuracy: Accuracy,
        binary_accuracy: BinaryAccuracy,
        categorical_accuracy: CategoricalAccuracy,
        sparse_categorical_accuracy: SparseCategoricalAccuracy,
        mean_squared_error: MeanSquaredError,
        root_mean_squared_error: RootMeanSquaredError,
        mean_absolute_error: MeanAbsoluteError,
        r2_score: R2Score,
    },
)


def get(identifier: Any, truth: Shape = (), prediction: Shape = ()) -> Metric:
    """Return the metric that a name, a function, a class or an object means.

    "accuracy" becomes the kind that fits truth and predictions of these shapes. The name under
    which it appears in the history is the one it was asked for by.

    >>> get("mse").name
    'mse'
    """
    if isinstance(identifier, np.ndarray):
        raise type_error(
            "metrics are given in a list: names, functions or objects.",
            told(identifier),
            remedy="An array becomes one by its tolist().",
        )
    if isinstance(identifier, losses.Loss):
        return FunctionMetric(identifier, identifier.name)
    if isinstance(identifier, str) and identifier in losses.KNOWN and identifier not in KNOWN:
        return FunctionMetric(losses.get(identifier), identifier)
    found = KNOWN.find(identifier)
    if callable(found) and not isinstance(found, Metric | type):
        return FunctionMetric(found)
    fitting = fitting_accuracy(truth, prediction) if found is Accuracy and prediction else found
    metric = KNOWN.get(fitting)
    if isinstance(identifier, str) and identifier != found.__name__:
        metric.name = identifier
    elif found is Accuracy:
        metric.name = found.default_name
    return metric
