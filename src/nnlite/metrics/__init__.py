"""Metrics: figures for people, as functions (per sample) and as classes (over batches)."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any

import numpy as np

from .. import losses
from ..configuration import resolve
from ..errors import explain_error, look_up, told
from ..losses import mean_absolute_error, mean_squared_error
from ..types import Shape
from .accuracy import (
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
from .base import FunctionMetric, Metric
from .errors import (
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

    "accuracy" becomes the kind that fits truth and predictions of these shapes. The name under
    which it appears in the history is the one it was asked for by.

    >>> get("mse").name
    'mse'
    """
    if isinstance(identifier, Metric):
        return identifier
    if isinstance(identifier, np.ndarray):
        raise TypeError(
            explain_error(
                "metrics are given in a list: names, functions or objects.",
                told(identifier),
                remedy="An array becomes one by its tolist().",
            )
        )
    if isinstance(identifier, dict):
        return resolve("metric", identifier, Metric, _NAMED)
    if isinstance(identifier, str):
        if identifier not in _NAMED and identifier in losses.NAMED:
            return FunctionMetric(losses.get(identifier), identifier)
        found: Any = look_up("metric", identifier, _NAMED)
        name = identifier if identifier != found.__name__ else found.default_name
    elif isinstance(identifier, type) or (
        isinstance(identifier, Hashable) and identifier in _FUNCTIONS
    ):
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
