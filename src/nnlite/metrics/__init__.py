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

__all__ = ["MAE", "MSE", "Metric", "get", "mae", "mse"]
__all__ += ["MeanAbsoluteError", "MeanSquaredError", "R2Score", "RootMeanSquaredError"]
__all__ += ["mean_absolute_error", "mean_squared_error", "r2_score", "root_mean_squared_error"]
__all__ += ["Accuracy", "BinaryAccuracy", "CategoricalAccuracy", "SparseCategoricalAccuracy"]
__all__ += ["accuracy", "binary_accuracy", "categorical_accuracy", "sparse_categorical_accuracy"]

mse = MSE = mean_squared_error
mae = MAE = mean_absolute_error

_SHORT: dict[str, type[Metric]] = {"mse": MeanSquaredError, "mae": MeanAbsoluteError}
_SHORT |= {"acc": Accuracy, "r2": R2Score, "rmse": RootMeanSquaredError}
_FUNCTIONS: dict[Any, type[Metric]] = {
    accuracy: Accuracy,
    binary_accuracy: BinaryAccuracy,
    categorical_accuracy: CategoricalAccuracy,
    sparse_categorical_accuracy: SparseCategoricalAccuracy,
    mean_squared_error: MeanSquaredError,
    root_mean_squared_error: RootMeanSquaredError,
    mean_absolute_error: MeanAbsoluteError,
    r2_score: R2Score,
}
KNOWN = Registry("metric", Metric, _SHORT, _FUNCTIONS)


def get(identifier: Any, truth: Shape = (), prediction: Shape = ()) -> Metric:
    """Return the metric that a name, a function, a class or an object means.

    "accuracy" becomes the kind that fits truth and predictions of these shapes. The name under
    which it appears in the history is the one it was asked for by.

    >>> get("mse").name
    'mse'
    """
    if isinstance(identifier, np.ndarray):
        rule = "metrics are given in a list: names, functions or objects."
        raise type_error(rule, told(identifier), None, "An array becomes one by its tolist().")
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
